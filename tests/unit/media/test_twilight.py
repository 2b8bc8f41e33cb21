"""A house at dusk: another sky where one is certain, and nothing painted."""

import cv2
import numpy as np
import pytest

from chassis.errors import Rejected
from media.gateways.sky import sky_mask
from media.gateways.twilight import twilight
from unit.stages.facades import WINDOW, facade
from unit.stages.known_holes import photograph

ROOMS = (  # what is likest to a sky: plain, bright, bluish walls at the upper edge; one blown out
    "pexels-3965508",
    "pexels-6707631",
    "pexels-7303773",
    "pexels-cup-of-couple-7303987",
    "pexels-2560067",
)


@pytest.mark.parametrize("number", range(6))
def test_the_sky_over_a_drawn_house_is_found(number: int) -> None:
    picture, sky = facade(number)

    share = sky_mask(picture)

    assert share is not None
    found = share > 0.5
    assert (found & sky).sum() / (found | sky).sum() >= 0.95


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_has_none(name: str) -> None:
    with pytest.raises(Rejected) as refusal:
        twilight(photograph(name, 480))

    assert refusal.value.code == "media.no_sky"


def test_a_plain_picture_has_none() -> None:
    assert sky_mask(np.full((300, 400, 3), (120, 160, 220), np.uint8)) is None
    assert sky_mask(np.zeros((1, 1, 3), np.uint8)) is None


def test_what_is_not_bluish_or_ends_nowhere_is_no_sky() -> None:
    picture, _ = facade(0)
    grey = np.repeat(picture.mean(2, keepdims=True).astype(np.uint8), 3, axis=2)
    fading = np.asarray(cv2.GaussianBlur(picture, (0, 0), 16), np.uint8)

    assert sky_mask(grey) is None
    assert sky_mask(fading) is None


def test_the_house_is_darker_and_bluer_and_its_windows_as_dark_as_its_walls() -> None:
    picture, sky = facade(0)

    dusk = twilight(picture)

    before, after = picture[~sky].mean(0), dusk[~sky].mean(0)
    assert after.mean() < 0.75 * before.mean()
    assert after[2] / after[0] > 1.1 * before[2] / before[0]
    assert dusk[WINDOW].mean() < picture[WINDOW].mean()
    assert dusk.dtype == np.uint8
    assert dusk.shape == picture.shape


def test_the_sky_is_deep_above_and_warm_below_and_keeps_its_clouds() -> None:
    picture, _ = facade(0)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    cloud = 40 * np.exp(-(((x - 130) / 50) ** 2) - ((y - 40) / 20) ** 2)
    clouded = np.clip(picture + cloud[..., None], 0, 255).astype(np.uint8)

    dusk, with_cloud = (twilight(each).astype(int) for each in (picture, clouded))

    above, below = dusk[5, 20], dusk[200, 20]
    assert above[2] > 1.3 * above[0]
    assert below[0] > below[2]
    assert with_cloud[35:45, 120:140].mean() > 1.1 * dusk[35:45, 120:140].mean()


def test_the_same_photograph_gives_the_same_dusk() -> None:
    picture, _ = facade(1)

    first, second = (twilight(picture) for _ in range(2))

    assert (first == second).all()
