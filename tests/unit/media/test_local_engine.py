"""The local engine on real photographs: light, colour, straightness, and what the file says."""

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from chassis.errors import Rejected
from gateways.decoding import decoded
from media.gateways.geometry import correction
from media.gateways.grade import GRADES
from media.gateways.local import LocalEngine
from media.gateways.tone import tone
from photographs.figures import (
    apart,
    apart_76,
    chroma_of_neutrals,
    clipped,
    crushed,
    lab,
    light,
    noise_of_flats,
    similarity,
)
from photographs.made import (
    FLUORESCENT,
    TUNGSTEN,
    chart,
    darker,
    facade,
    lit,
    mixed,
    places,
    sky_of,
    tilted,
    turned,
)
from photographs.made import photo as sample
from unit.stages import facades

Pixels = NDArray[np.uint8]
WHITE_ROOM = "pexels-3965508"
WINDOWS = "pexels-2416933"
LIVING_ROOM = "pexels-5604956"


PLAIN = "professional-lighting"


def photo(name: str, longest_px: int = 320) -> Pixels:
    return sample(name, longest_px)


def in_process(content: bytes) -> Pixels:
    return np.asarray(decoded(content)[1])


ENGINE = LocalEngine(in_process, Path("nothing runs there"))


def file_of(pixels: Pixels, file_format: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, file_format, **options)
    return content.getvalue()


def enhanced(pixels: Pixels, template: str = "scandinavian") -> Pixels:
    result = ENGINE.enhance(file_of(pixels), "", template, unheard)
    return np.asarray(Image.open(io.BytesIO(result.content)))


def unheard(percent: int, step: str) -> None:
    """Hear a report and do nothing."""


def with_everything_and_rotation(pixels: Pixels) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise before it is shown
    exif[0x010F], exif[0x013B], exif[0x8298] = "Canon", "Kåre".encode(), "© Kåre".encode()
    camera = {0x9003: "2026:03:04 05:06:07", 0xA431: "SERIAL-77", 0x927C: b"MAKER-NOTE"}
    exif.get_ifd(0x8769).update(camera)
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 54.0, 0.0), 3: "E", 4: (10.0, 45.0, 0.0)})
    return file_of(pixels, "JPEG", exif=exif)


def test_the_result_is_a_jpeg_of_the_original_size() -> None:
    original = photo(LIVING_ROOM)

    result = ENGINE.enhance(file_of(original), "a bright room", "scandinavian", unheard)

    with Image.open(io.BytesIO(result.content)) as picture:
        picture.load()
        assert picture.format == "JPEG"
        assert picture.size == original.shape[1::-1]
    assert (result.model, result.alteration) == ("local-4", "technical")


def test_a_dark_photograph_becomes_brighter() -> None:
    dark = (photo(LIVING_ROOM) * 0.45).astype(np.uint8)

    before, after = (float(np.median(lab(it)[..., 0])) for it in (dark, enhanced(dark)))

    assert after > before + 20


def test_a_colour_cast_is_taken_out() -> None:
    cast = np.clip(photo(WHITE_ROOM) * np.array([1.0, 0.88, 0.70]), 0, 255).astype(np.uint8)

    before, after = (
        float(np.hypot(*np.median(lab(it)[..., 1:], axis=(0, 1)))) for it in (cast, enhanced(cast))
    )

    assert after < before / 3


@pytest.mark.parametrize("template", GRADES)
def test_windows_are_not_blown(template: str) -> None:
    original = photo(WINDOWS)

    after = enhanced(original, template)

    assert clipped(after) <= clipped(original) + 0.01
    assert crushed(after) <= crushed(original) + 0.01 or template == "twilight-exterior"


@pytest.mark.parametrize("stops", [0.0, 1.5, 2.5])
def test_a_short_exposure_is_undone_and_each_colour_stays_that_colour(stops: float) -> None:
    truth, after = patches(chart()), patches(enhanced(darker(chart(), stops), PLAIN))

    chroma, was = (np.hypot(it[:18, 1], it[:18, 2]) for it in (after, truth))
    assert (chroma / was).min() >= 0.90
    assert (chroma / was).max() <= 1.15
    turned = np.arctan2(after[:18, 2], after[:18, 1]) - np.arctan2(truth[:18, 2], truth[:18, 1])
    assert np.degrees(np.abs((turned + np.pi) % (2 * np.pi) - np.pi)).max() <= 4


def patches(picture: Pixels) -> NDArray[np.float64]:
    colours = lab(picture)
    return np.array([colours[place].reshape(-1, 3).mean(axis=0) for place in places()])


def test_noise_of_a_short_exposure_is_not_lifted_with_it() -> None:
    original = photo("7303782", 640)

    after = enhanced(darker(original, 2.5), PLAIN)

    assert noise_of_flats(after, original) <= 1.5 * noise_of_flats(original, original)
    assert 55 <= light(after) <= 75


def test_a_photograph_that_is_good_is_left_nearly_alone() -> None:
    original = photo(WINDOWS, 640)

    after = enhanced(original, PLAIN)

    assert apart_76(after, original) <= 12
    assert similarity(after, original) >= 0.93


@pytest.mark.parametrize(
    ("spoilt", "most"),
    [
        (lambda it: lit(it, TUNGSTEN), 4),
        (lambda it: lit(it, FLUORESCENT), 4),
        (mixed, 6),
    ],
)
def test_what_is_grey_is_grey_again_in_the_light_of_lamps(
    spoilt: Callable[[Pixels], Pixels], most: float
) -> None:
    original = photo("4352247")

    assert chroma_of_neutrals(spoilt(original), original) > 1.5 * most
    assert chroma_of_neutrals(enhanced(spoilt(original), PLAIN), original) <= most


@pytest.mark.parametrize("template", GRADES)
def test_a_sky_keeps_its_blue(template: str) -> None:
    house = facade(480)
    sky = sky_of(house)

    before, after = (lab(it)[sky] for it in (house, enhanced(house, template)))

    hue, was = (np.degrees(np.arctan2(it[:, 2], it[:, 1])).mean() for it in (after, before))
    assert abs(hue - was) <= 4
    assert (after - before)[:, 0].mean() <= 10


def test_what_is_black_stays_black_under_whatever_light() -> None:
    for median in range(8, 248):
        tones = tone(np.array([0, median, median + 8], np.uint8), GRADES["modern"])
        assert tones.light[0] == 0, median


def test_a_photograph_without_any_light_is_refused() -> None:
    with pytest.raises(Rejected) as refusal:
        enhanced(darker(photo(LIVING_ROOM), 9))

    assert refusal.value.code == "media.too_dark"


@pytest.mark.parametrize("degrees", [-3, -1, 1, 2])
def test_a_camera_that_was_rolled_is_set_upright(degrees: float) -> None:
    leaning = turned(photo("6963787", 900), degrees)

    assert lean_of(enhanced(leaning)) < 0.4 < lean_of(leaning)


@pytest.mark.parametrize("degrees", [-6, -4, 4, 6])
def test_a_camera_that_looked_up_or_down_is_set_upright(degrees: float) -> None:
    leaning = tilted(grid(), degrees)

    assert lean_of(enhanced(leaning)) < 0.4 < lean_of(leaning)


def test_verticals_that_stand_upright_are_left() -> None:
    assert correction(grid()) is None
    assert correction(photo("6963787", 900)) is None


def grid() -> Pixels:
    picture = np.full((600, 800, 3), 200, np.uint8)
    for x in range(40, 800, 80):
        picture[60:540, x : x + 4] = 60
    return picture


def lean_of(pixels: Pixels) -> float:
    """Return how far the picture's tall edges lean, in degrees."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    found = np.asarray(cv2.createLineSegmentDetector().detect(grey)[0]).reshape(-1, 4)
    across, down = found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]
    tall = np.abs(down) > 100
    return float(np.median(np.abs(np.degrees(np.arctan(across[tall] / down[tall])))))


def test_the_result_stands_as_displayed_and_says_nothing_of_the_original() -> None:
    original = photo(LIVING_ROOM, 300)
    tagged = with_everything_and_rotation(original)
    assert Image.open(io.BytesIO(tagged)).getexif().get_ifd(0x8825)

    result = ENGINE.enhance(tagged, "", "modern", unheard)

    assert Image.open(io.BytesIO(result.content)).size == original.shape[:2]
    assert not Image.open(io.BytesIO(result.content)).getexif()
    assert b"Exif" not in result.content


def test_a_heic_is_enhanced_as_the_same_photograph_in_another_format_is() -> None:
    original = photo(LIVING_ROOM)
    heic = ENGINE.enhance(file_of(original, "HEIF", quality=95), "", "modern", unheard)

    with Image.open(io.BytesIO(heic.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", original.shape[1::-1])
        apart = np.abs(np.asarray(picture).astype(int) - enhanced(original, "modern"))
    assert apart.mean() < 3


def test_the_same_photograph_gives_the_same_bytes() -> None:
    original = file_of(photo(LIVING_ROOM))

    first, second = (ENGINE.enhance(original, "", "modern", unheard) for _ in range(2))

    assert first == second


def test_each_template_has_a_look_of_its_own() -> None:
    rooms = [photo(name, 160) for name in (LIVING_ROOM, WINDOWS, WHITE_ROOM)]
    looks = [[enhanced(room, template) for room in rooms] for template in GRADES]

    far = [
        np.mean([apart(*pair) for pair in zip(one, other, strict=True)])
        for n, one in enumerate(looks)
        for other in looks[n + 1 :]
    ]

    assert len(looks) == 6
    assert min(far) >= 3


def test_warm_cozy_warms_the_light() -> None:
    grey = np.repeat(np.tile(np.arange(256, dtype=np.uint8), (64, 2))[..., None], 3, axis=2)

    warm = lab(enhanced(grey, "warm-cozy"))

    assert warm[..., 2][warm[..., 0] > 50].mean() > 2


def test_a_room_is_not_shown_at_dusk_and_a_house_is_with_another_sky() -> None:
    with pytest.raises(Rejected, match="media.no_sky"):
        enhanced(photo(LIVING_ROOM, 300), "twilight-exterior")

    house, _ = facades.facade(0)
    result = ENGINE.enhance(file_of(house), "", "twilight-exterior", unheard)

    assert (result.model, result.alteration) == ("dusk-1", "material")


def test_progress_is_reported_between_fifty_and_eighty() -> None:
    heard: list[tuple[int, str]] = []

    original = file_of(photo(LIVING_ROOM, 100))
    ENGINE.enhance(original, "", "modern", lambda *report: heard.append(report))

    assert [percent for percent, _ in heard] == sorted({percent for percent, _ in heard})
    assert (heard[0], heard[-1]) == ((50, "processing"), (80, "processing"))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 40), (2000, 1)])
def test_a_tiny_picture_keeps_its_size(width: int, height: int) -> None:
    assert enhanced(np.full((height, width, 3), 90, np.uint8)).shape == (height, width, 3)


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(Rejected) as refusal:
        ENGINE.enhance(file_of(photo(LIVING_ROOM, 50)), "", "baroque", unheard)

    assert refusal.value.code == "media.unknown_template"
