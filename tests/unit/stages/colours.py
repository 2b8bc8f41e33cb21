"""Colours: a chart of them, how far two pictures are apart to the eye, spaces to write them in."""

import colorsys
import io
import struct
from pathlib import Path

import cv2
import numpy as np
from interior_photos import get_all_photos
from numpy.typing import NDArray
from PIL import Image, ImageCms

PATCH = 16  # pixels: as much as a JPEG's colours share
RIM = 4  # pixels of a patch into which its neighbours bleed
SHAPE = (12, 8)  # patches
XY = tuple[float, float]
Lab = NDArray[np.float64]

SRGB = (0.64, 0.33), (0.30, 0.60), (0.15, 0.06)
D65, D50 = (0.3127, 0.3290), (0.3457, 0.3585)
DISPLAY_P3 = (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)
ADOBE_RGB = (0.64, 0.33), (0.21, 0.71), (0.15, 0.06)
PROPHOTO = (0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def chart() -> Image.Image:
    """Return a real photograph in patches of one colour each, a row of greys and one of hues."""
    columns, rows = SHAPE
    with Image.open(Path(str(get_all_photos()[0]))) as photograph:
        small = photograph.convert("RGB").resize(SHAPE, Image.Resampling.BOX)
    patches = Image.fromarray(np.asarray(small))  # without the photograph's own profile
    for column in range(columns):
        strong = colorsys.hsv_to_rgb(column / columns, 0.85, 0.8)
        patches.putpixel((column, rows - 1), tuple(round(255 * each) for each in strong))
        patches.putpixel((column, 0), (round(255 * column / (columns - 1)),) * 3)
    return patches.resize((columns * PATCH, rows * PATCH), Image.Resampling.NEAREST)


def apart(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return how far two pictures' patches are apart (CIEDE2000): on average, and at most."""
    assert (one.mode, one.size) == (other.mode, other.size)
    far = ciede2000(_lab(one), _lab(other))
    return float(far.mean()), float(far.max())


def _lab(picture: Image.Image) -> Lab:
    pixels = np.asarray(picture, np.float32) / 255
    rows, columns = (n // PATCH for n in pixels.shape[:2])
    patches = pixels.reshape(rows, PATCH, columns, PATCH, 3)
    colours = patches[:, RIM:-RIM, :, RIM:-RIM].mean(axis=(1, 3))
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2Lab), np.float64)


def ciede2000(one: Lab, other: Lab) -> NDArray[np.float64]:
    """Return the difference of colours (L, a, b in the last axis) as CIE 142-2001 has it."""
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(each, -1, 0) for each in (one, other))
    far = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    a1, a2 = (a * (1.5 - np.sqrt(far / (far + 25**7)) / 2) for a in (a1, a2))
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    light, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + turn / 2) % 360
    turned = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    waves = (-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.20, 4, -63)
    t = 1 + sum(share * np.cos(np.radians(times * hue + by)) for share, times, by in waves)
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    far = chroma**7
    rotated = (
        -2
        * np.sqrt(far / (far + 25**7))
        * np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    )
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, turned / sh
    return np.asarray(np.sqrt(dl**2 + dc**2 + dh**2 + rotated * dc * dh), np.float64)


def rgb_profile(primaries: tuple[XY, XY, XY], white: XY, gamma: float) -> bytes:
    """Return the ICC profile of an RGB space with a power curve."""
    told = _xyz(white)
    columns = np.column_stack([_xyz(each) for each in primaries])
    cone, pcs = BRADFORD @ told, BRADFORD @ np.array([0.9642, 1, 0.8249])
    adapted = np.linalg.inv(BRADFORD) @ np.diag(pcs / cone) @ BRADFORD
    matrix = adapted @ (columns * np.linalg.solve(columns, told))
    tags = {f"{name}XYZ": _xyz_tag(matrix[:, n]) for n, name in enumerate("rgb")}
    return _profile("RGB ", {**tags, **{f"{name}TRC": _curve(gamma) for name in "rgb"}})


def grey_profile(gamma: float) -> bytes:
    """Return the ICC profile of greys with a power curve."""
    return _profile("GRAY", {"kTRC": _curve(gamma)})


def _xyz(place: XY) -> NDArray[np.float64]:
    x, y = place
    return np.array([x / y, 1, (1 - x - y) / y])


def _fixed(value: float) -> bytes:
    return struct.pack(">l", round(value * 65_536))


def _xyz_tag(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">LH", 1, round(gamma * 256)) + b"\0\0"


def _profile(space: str, tags: dict[str, bytes]) -> bytes:
    name = b"desc\0\0\0\0" + struct.pack(">L", 5) + b"test\0" + b"\0" * 79
    white = np.array([0.9642, 1, 0.8249])
    tags = {"desc": name, "cprt": b"text\0\0\0\0free\0\0\0\0", "wtpt": _xyz_tag(white), **tags}
    table, body = struct.pack(">L", len(tags)), b""
    for tag, data in tags.items():
        place = 132 + 12 * len(tags) + len(body)
        table += tag.encode() + struct.pack(">LL", place, len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">L4xL", 128 + len(table) + len(body), 0x02400000) + b"mntr" + space.encode()
    head += b"XYZ " + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(map(_fixed, white))
    return head.ljust(128, b"\0") + table + body


def written_in(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return the numbers that mean a picture's colours (sRGB) in another space."""
    space = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    mode = "L" if space.profile.xcolor_space.strip() == "GRAY" else "RGB"
    meant = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), space, "RGB", mode, ImageCms.Intent.RELATIVE_COLORIMETRIC
    )
    return meant.apply(picture)
