"""The local engine on real photographs: light, colour, straightness, and what the file says."""

import io
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from interior_photos import get_all_photos
from numpy.typing import NDArray
from PIL import Image

from chassis.errors import Rejected
from gateways.decoding import decoded
from media.gateways.grade import GRADES
from media.gateways.local import LocalEngine

Pixels = NDArray[np.uint8]
WHITE_ROOM = "pexels-3965508"
WINDOWS = "pexels-2416933"
LIVING_ROOM = "pexels-5604956"


@cache
def photo(name: str, longest_px: int = 320) -> Pixels:
    path = next(Path(path) for path in get_all_photos() if name in str(path))
    with Image.open(path) as picture:
        picture.thumbnail((longest_px, longest_px))
        return np.asarray(picture.convert("RGB"))


def in_process(content: bytes) -> Pixels:
    return np.asarray(decoded(content)[1])


ENGINE = LocalEngine(in_process)


def file_of(pixels: Pixels, file_format: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, file_format, **options)
    return content.getvalue()


def enhanced(pixels: Pixels, template: str = "scandinavian") -> Pixels:
    result = ENGINE.enhance(file_of(pixels), "", template, unheard)
    return np.asarray(Image.open(io.BytesIO(result.content)))


def unheard(percent: int, step: str) -> None:
    """Hear a report and do nothing."""


def lab(pixels: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab))


def with_position_and_rotation(pixels: Pixels) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise before it is shown
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 54.0, 0.0), 3: "E", 4: (10.0, 45.0, 0.0)})
    return file_of(pixels, "JPEG", exif=exif)


def test_the_result_is_a_jpeg_of_the_original_size_and_says_how_it_was_made() -> None:
    original = photo(LIVING_ROOM)

    result = ENGINE.enhance(file_of(original), "a bright room", "scandinavian", unheard)

    with Image.open(io.BytesIO(result.content)) as picture:
        picture.load()
        assert picture.format == "JPEG"
        assert picture.size == (result.width, result.height) == original.shape[1::-1]
        assert b"digitalsourcetype/algorithmicallyEnhanced<" in picture.info["xmp"]
    assert (result.model, result.alteration) == ("local-2", "technical")


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

    before, after = (
        float((it.min(axis=2) >= 253).mean()) for it in (original, enhanced(original, template))
    )

    assert after <= before + 0.005


def test_leaning_verticals_are_set_upright_and_certain_ones_are_left() -> None:
    grid = np.full((600, 800, 3), 200, np.uint8)
    for x in range(40, 800, 80):
        grid[60:540, x : x + 4] = 60
    turn = cv2.getRotationMatrix2D((400, 300), 1.5, 1)
    leaning = cv2.warpAffine(grid, turn, (800, 600), borderMode=cv2.BORDER_REPLICATE)

    assert lean_of(np.asarray(leaning, np.uint8)) > 1.2
    assert lean_of(enhanced(np.asarray(leaning, np.uint8))) < 0.3
    assert lean_of(enhanced(grid)) < 0.1


def lean_of(pixels: Pixels) -> float:
    """Return how far the picture's tall edges lean, in degrees."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    found = np.asarray(cv2.createLineSegmentDetector().detect(grey)[0]).reshape(-1, 4)
    across, down = found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]
    tall = np.abs(down) > 100
    return float(np.median(np.abs(np.degrees(np.arctan(across[tall] / down[tall])))))


def test_the_result_stands_as_displayed_and_does_not_tell_where_it_was_taken() -> None:
    original = photo(LIVING_ROOM, 300)
    tagged = with_position_and_rotation(original)
    assert Image.open(io.BytesIO(tagged)).getexif().get_ifd(0x8825)

    result = ENGINE.enhance(tagged, "", "modern", unheard)

    assert (result.width, result.height) == original.shape[:2]
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
    looks = [enhanced(photo(LIVING_ROOM, 160), template).astype(int) for template in GRADES]

    apart = [np.abs(one - other).mean() for n, one in enumerate(looks) for other in looks[n + 1 :]]

    assert len(looks) == 7
    assert min(apart) > 1


def test_warm_cozy_warms_the_light_and_twilight_turns_the_shadows_blue() -> None:
    grey = np.repeat(np.tile(np.arange(256, dtype=np.uint8), (64, 2))[..., None], 3, axis=2)

    warm, dusk = (lab(enhanced(grey, it)) for it in ("warm-cozy", "twilight-exterior"))

    assert warm[..., 2][warm[..., 0] > 50].mean() > 2
    assert dusk[..., 2][dusk[..., 0] < 40].mean() < -3


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
