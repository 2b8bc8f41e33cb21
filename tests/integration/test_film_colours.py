"""A film shows the colours of its photographs, and says of itself how it is to be shown."""

import io
import subprocess
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from integration.stages.small_films import ffmpeg, make_clip, make_film, shot
from unit.stages.colours import (
    ADOBE_RGB,
    D65,
    DISPLAY_P3,
    chart,
    ciede2000,
    grey_profile,
    rgb_profile,
    written_in,
)
from video.gateways.camera import course_of

SIDE = 1080  # pixels of a square film
MEAN, MOST = 1, 3.2  # CIEDE2000; most is strayed by a JPEG's own colours
ROOM = "kitchen"  # the camera tracks sideways: what is alike from left to right stays as it is


def bands() -> Image.Image:
    """Return colours of a real photograph, greys and hues, one below the other."""
    patches = np.asarray(chart().resize((12, 8), Image.Resampling.BOX))
    colours = patches[[7, 3, 0, 5], :10:2].reshape(-1, 1, 3)
    return Image.fromarray(np.repeat(np.repeat(colours, SIDE // len(colours), 0), SIDE, 1))


BANDS = bands()
HEIGHT = SIDE // 20
P3, ADOBE = (rgb_profile(each, D65, 2.2) for each in (DISPLAY_P3, ADOBE_RGB))
GREY, DARK = BANDS.convert("L").convert("RGB"), grey_profile(1.8)


def far(shown: Image.Image, twin: Image.Image) -> tuple[float, float]:
    """Return how far a frame's bands are from the photograph's: on average, and at most."""
    view = course_of(shot(room_type=ROOM), (1, 1)).view(0.5)
    rows, meant = np.asarray(shown), np.asarray(twin)
    found = []
    for middle in range(HEIGHT // 2, SIDE, HEIGHT):
        row = round(SIDE / 2 + (middle - view.y * SIDE) * view.zoom)
        if HEIGHT // 2 <= row < SIDE - HEIGHT // 2:
            seen = rows[row - 8 : row + 8, SIDE // 4 : -SIDE // 4].mean(axis=(0, 1))
            found.append(ciede2000(lab(seen), lab(meant[middle, 0])))
    assert len(found) > 12
    return float(np.mean(found)), float(max(found))


def lab(colour: NDArray[np.float64]) -> NDArray[np.float64]:
    pixel = (colour / 255).astype(np.float32).reshape(1, 1, 3)
    return np.asarray(cv2.cvtColor(pixel, cv2.COLOR_RGB2Lab)[0, 0], np.float64)


def told(film: Path) -> str:
    """Return what ffmpeg says of a film's pictures."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(film)]
    said = subprocess.run(command, capture_output=True, text=True).stderr
    return next(line for line in said.splitlines() if "Video:" in line)


@pytest.mark.parametrize(
    ("photograph", "profile", "twin"),
    [
        (BANDS, None, BANDS),
        (written_in(BANDS, P3), P3, BANDS),
        (written_in(BANDS, ADOBE), ADOBE, BANDS),
        (written_in(GREY, DARK), DARK, GREY),
    ],
    ids=["sRGB", "Display P3", "Adobe RGB", "grey"],
)
def test_a_film_shows_a_photographs_colours(
    photograph: Image.Image, profile: bytes | None, twin: Image.Image, tmp_path: Path
) -> None:
    photograph.save(tmp_path / "photo.jpg", quality=95, icc_profile=profile)
    make_clip(tmp_path / "photo.jpg", tmp_path / "clip.mp4", room_type=ROOM, native_audio=False)
    film = tmp_path / "film.mp4"
    make_film([tmp_path / "clip.mp4"], film)

    for each in (tmp_path / "clip.mp4", film):
        assert "yuv420p(tv, bt709, progressive)" in told(each)  # range, matrix, primaries, curve
    frame = ffmpeg("-ss", "0.5", "-i", film, "-frames:v", 1, "-f", "image2pipe", "-c:v", "png", "-")
    with Image.open(io.BytesIO(frame)) as shown, Image.open(tmp_path / "film.jpg") as thumbnail:
        mean, most = far(shown.convert("RGB"), twin)
        assert mean < MEAN
        assert most < MOST
        assert far(thumbnail.convert("RGB").resize(shown.size), twin)[1] < MOST
