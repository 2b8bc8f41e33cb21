"""What is believed of lines that lean."""

import numpy as np
import pytest

from media.gateways.geometry import correction
from photographs.made import photo, roll_matrix, tilt_matrix
from photographs.table import leaning


@pytest.mark.parametrize("degrees", [4, -4])
def test_a_tilt_is_not_taken_for_a_roll(degrees: float) -> None:
    shelves = photo("4389955", 1200)  # nearly all of their lines lie on one side
    spoilt = tilt_matrix(shelves.shape[1], shelves.shape[0], degrees)

    assert leaning(shelves, spoilt) <= 0.4


@pytest.mark.parametrize("degrees", [3, -2])
def test_a_roll_that_few_lines_tell_is_corrected_where_they_lie_far_apart(degrees: float) -> None:
    room = photo("6830376", 1200)
    spoilt = roll_matrix(room.shape[1], room.shape[0], degrees)

    assert leaning(room, spoilt) <= 0.4


def test_a_tap_that_leans_turns_no_kitchen() -> None:
    assert correction(photo("7303788", 1200)) is None


def test_a_straight_photograph_is_hardly_moved() -> None:
    for name in ("2416933", "6373478", "36444540"):
        assert leaning(photo(name, 1200), np.eye(3)) <= 0.3
