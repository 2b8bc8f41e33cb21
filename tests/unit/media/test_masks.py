"""A mask is judged by the picture that it belongs to."""

import numpy as np
import pytest

from chassis.errors import Rejected
from gateways.pictures import Pixels
from media.gateways.masks import mask_of


def drawn(height: int, width: int, level: int = 255) -> Pixels:
    mask = np.zeros((height, width, 3), np.uint8)
    mask[: height // 2, : width // 4] = level
    return mask


def test_white_is_to_change_and_black_to_stay_at_the_picture_s_own_size() -> None:
    mask = mask_of(drawn(40, 80), 800, 400)

    assert mask.shape == (400, 800)
    assert mask[:200, :200].all()
    assert not mask[200:].any()
    assert not mask[:, 200:].any()


def test_a_smoothed_edge_is_cut_at_half() -> None:
    assert mask_of(drawn(40, 80, 128), 80, 40).any()
    with pytest.raises(Rejected) as refusal:
        mask_of(drawn(40, 80, 127), 80, 40)
    assert refusal.value.code == "media.mask_empty"


@pytest.mark.parametrize(("height", "fits"), [(400, True), (404, True), (405, False), (395, False)])
def test_its_shape_is_the_picture_s_within_a_hundredth(height: int, fits: bool) -> None:
    if fits:
        assert mask_of(drawn(height, 800), 1600, 800).any()
    else:
        with pytest.raises(Rejected) as refusal:
            mask_of(drawn(height, 800), 1600, 800)
        assert refusal.value.code == "media.mask_mismatch"


def test_more_than_half_of_a_picture_is_not_taken_out() -> None:
    whole = np.full((40, 80, 3), 255, np.uint8)
    with pytest.raises(Rejected) as refusal:
        mask_of(whole, 80, 40)
    assert refusal.value.code == "media.mask_too_large"
