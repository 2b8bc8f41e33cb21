"""Which holes are filled together."""

import numpy as np
from numpy.typing import NDArray

from media.gateways.holes import MAX_AREAS, areas


def marked(*lefts: int) -> NDArray[np.bool_]:
    mask = np.zeros((200, 1000), bool)
    for left in lefts:
        mask[90:110, left : left + 20] = True
    return mask


def test_holes_that_are_near_each_other_are_filled_together_and_others_apart() -> None:
    together, apart = areas(marked(100, 150)), areas(marked(100, 400))

    assert together == [(slice(4, 196), slice(14, 256))]
    assert [columns for _, columns in apart] == [slice(64, 156), slice(364, 456)]


def test_a_hole_lies_in_one_part_alone_and_many_are_one() -> None:
    for lefts in ((0, 60, 300, 800), range(0, 1000, 100)):
        mask = marked(*lefts)
        assert sum(mask[area].sum() for area in areas(mask)) == mask.sum()
    assert len(areas(marked(*range(0, 1000, 1000 // (MAX_AREAS + 1))))) == 1
