"""Photographs made from good ones, so that the truth is known: dark, cast, turned, tilted.

Light is added up where it adds up, in linear values; noise is that of a sensor (grains of light,
and a floor), before the eight bits.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from interior_photos import get_all_photos
from PIL import Image

from chassis.domain import value
from photographs.figures import Floats, Pixels, lab

LONGEST_PX = 1440
TUNGSTEN = (1.22, 1.0, 0.60)  # how a lamp of about 3 900 K looks to a camera set to daylight
FLUORESCENT = (0.90, 1.06, 0.82)
DAYLIGHT = (0.90, 1.0, 1.16)
# The chart's patches in sRGB (BabelColor's means of thirty ColorChecker charts).
CHART = (
    (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
    (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
    (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (8, 133, 161),
    (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52),
)  # fmt: skip


@value
class Made:
    """A photograph that was spoilt, and what it was before."""

    name: str
    pixels: Pixels
    truth: Pixels


def twelve(longest_px: int = LONGEST_PX) -> list[Made]:
    """Return the twelve made photographs."""
    room = {name: photo(name, longest_px) for name in ROOMS}
    return [
        made("dark by 1.5 EV", room["5853819"], lambda it: darker(it, 1.5)),
        made("dark by 1.5 EV, windows", room["2416933"], lambda it: darker(it, 1.5)),
        made("dark by 2.5 EV", room["7303782"], lambda it: darker(it, 2.5)),
        made("dark by 2.5 EV, curtain", room["36236147"], lambda it: darker(it, 2.5)),
        made("tungsten", room["4352247"], lambda it: lit(it, TUNGSTEN)),
        made("tungsten, tiles", room["6373478"], lambda it: lit(it, TUNGSTEN)),
        made("fluorescent", room["36030587"], lambda it: lit(it, FLUORESCENT)),
        made("mixed light", room["4352247"], mixed),
        made("turned by 2°", room["4400637"], lambda it: turned(it, 2)),
        made("tilted by 4°", room["6615808"], lambda it: tilted(it, 4)),
        made("deep sky", facade(longest_px), lambda it: it),
        made("colour chart, dark by 1.5 EV", chart(), lambda it: darker(it, 1.5)),
    ]


ROOMS = (
    "5853819",
    "2416933",
    "7303782",
    "36236147",
    "4352247",
    "6373478",
    "36030587",
    "4400637",
    "6615808",
)


def made(name: str, truth: Pixels, spoil: Callable[[Pixels], Pixels]) -> Made:
    return Made(name=name, pixels=spoil(truth), truth=truth)


@cache
def photo(name: str, longest_px: int = LONGEST_PX) -> Pixels:
    """Return the sample photograph whose file's name holds `name`."""
    path = next(Path(path) for path in get_all_photos() if name in str(path))
    with Image.open(path) as picture:
        picture.thumbnail((longest_px, longest_px))
        return np.asarray(picture.convert("RGB"))


def linear(pixels: Pixels) -> Floats:
    coded = pixels / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def coded(values: Floats) -> Pixels:
    values = np.clip(values, 0, 1)
    found = np.where(values <= 0.0031308, 12.92 * values, 1.055 * values ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(found * 255), np.uint8)


def darker(pixels: Pixels, stops: float) -> Pixels:
    """Return the picture as a shorter exposure would show it, with a sensor's noise."""
    exact = linear(pixels) / 2**stops
    chance = np.random.default_rng(7).standard_normal(exact.shape)
    return coded(exact + chance * np.sqrt(2.5e-5 * exact + 4e-7))


def lit(pixels: Pixels, lamp: tuple[float, float, float]) -> Pixels:
    """Return the picture in the light of that lamp; what was brightest stays inside."""
    return coded(linear(pixels) * (np.array(lamp) / max(lamp)))


def mixed(pixels: Pixels) -> Pixels:
    """Return the picture lit by lamps from the left and by daylight from the right."""
    share = np.linspace(-1.5, 1.5, pixels.shape[1])
    share = (1 / (1 + np.exp(-3 * share)))[None, :, None]
    light = (1 - share) * np.array(TUNGSTEN) + share * np.array(DAYLIGHT)
    return coded(linear(pixels) * light / max(TUNGSTEN))


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """Return the picture as a camera that was rolled shows it, cut to what is there."""
    height, width = pixels.shape[:2]
    return _moved(pixels, roll_matrix(width, height, degrees))


def tilted(pixels: Pixels, degrees: float) -> Pixels:
    """Return the picture as a camera (28 mm) shows it that looked up, or down, by `degrees`."""
    height, width = pixels.shape[:2]
    return _moved(pixels, tilt_matrix(width, height, degrees))


def _moved(pixels: Pixels, matrix: Floats) -> Pixels:
    height, width = pixels.shape[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(pixels, matrix, (width, height), flags=flags))


def roll_matrix(width: int, height: int, degrees: float) -> Floats:
    """Return the matrix from a place in the turned picture to that of the straight one."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    return _inside(middle @ turn @ np.linalg.inv(middle), width, height)


def tilt_matrix(width: int, height: int, degrees: float) -> Floats:
    """Return the matrix from a place in the tilted picture to that of the straight one."""
    focal = 28 / 36 * max(height, width)
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    look = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    return _inside(camera @ look @ np.linalg.inv(camera), width, height)


def _inside(matrix: Floats, width: int, height: int) -> Floats:
    """Return the matrix drawn in until nothing is missing at the edges."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    for kept in np.linspace(1, 0.6, 161):
        drawn = matrix @ middle @ np.diag([kept, kept, 1]) @ np.linalg.inv(middle)
        found = cv2.perspectiveTransform(corners.reshape(1, -1, 2), drawn)[0]
        if (found >= 0).all() and (found <= [width, height]).all():
            return np.asarray(drawn)
    raise AssertionError("nothing is left of the picture")


def chart() -> Pixels:
    """Return a colour chart of 24 patches on grey card."""
    picture = np.full((480, 720, 3), 150, np.uint8)
    for place, colour in zip(places(), CHART, strict=True):
        picture[place] = colour
    return picture


def places() -> list[tuple[slice, slice]]:
    """Return where the chart's patches lie."""
    return [
        (
            slice(45 + 105 * row, 45 + 105 * row + 75),
            slice(52 + 106 * column, 52 + 106 * column + 86),
        )
        for row in range(4)
        for column in range(6)
    ]


def facade(longest_px: int = LONGEST_PX) -> Pixels:
    """Return a drawn house, its walls of real plaster, below a deep blue sky."""
    width, height = longest_px, longest_px * 2 // 3
    down = np.linspace(0, 1, height)[:, None, None]
    picture = np.broadcast_to(
        (1 - down) * (38, 86, 158) + down * (140, 178, 222), (height, width, 3)
    ).copy()
    wall = cv2.resize(
        photo("6615808", longest_px)[: longest_px // 2, : longest_px // 5], (width, height)
    )
    house = np.array([(0.12, 0.98), (0.12, 0.45), (0.5, 0.2), (0.88, 0.45), (0.88, 0.98)])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [(house * (width, height)).astype(np.int32)], 255)
    picture = np.where(mask[..., None] > 0, np.minimum(wall * (1.34, 1.28, 1.18), 246), picture)
    picture[int(height * 0.85) :] = (
        picture[int(height * 0.85) :] * 0.3 + np.array([66, 92, 48]) * 0.7
    )
    for x in (0.2, 0.42, 0.64):
        window = (
            slice(int(height * 0.52), int(height * 0.74)),
            slice(int(width * x), int(width * (x + 0.14))),
        )
        picture[window] = (58, 66, 78)
    grain = np.random.default_rng(3).normal(0, 1.2, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def sky_of(picture: Pixels) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Return where the drawn house's picture shows sky."""
    colours = lab(picture)
    blue = (colours[..., 2] < -12) & (colours[..., 0] > 25)
    blue[int(picture.shape[0] * 0.5) :] = False
    return np.asarray(blue)
