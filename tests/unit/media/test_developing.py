"""A photograph developed: what neither the strips nor the file's format may add to it."""

import numpy as np
import pytest

from media.gateways import develop
from media.gateways.grade import GRADES
from photographs.develop import developed
from photographs.figures import clipped, crushed
from photographs.made import darker, photo


@pytest.mark.parametrize(
    ("name", "template"), [("36358763", "modern"), ("5604956", "luxury-high-end")]
)
def test_what_is_nearly_white_or_black_is_not_made_so_by_the_jpeg(name: str, template: str) -> None:
    original = photo(name, 480)

    after = developed(original, template)

    assert clipped(after) <= clipped(original) + 0.01
    assert crushed(after) <= crushed(original) + 0.01


def test_no_strip_shows_where_it_meets_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    dim = darker(photo("2416933", 600), 1)
    strips = develop.develop(dim, GRADES["modern"]).astype(int)
    monkeypatch.setattr(develop, "STRIP_ROWS", 10_000)

    assert np.abs(strips - develop.develop(dim, GRADES["modern"])).max() <= 1
