"""Holes in real photographs, of which it is known what was there."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from interior_photos import get_all_photos
from numpy.typing import NDArray
from PIL import Image

from gateways.pictures import Pixels
from unit.stages.colours import ciede2000

Mask = NDArray[np.bool_]

# What is behind the things that people take out: walls, floors, curtains, and where they meet.
# The middle and half the size, as shares of the photograph's width and height.
HOLES = {
    "pexels-36236147": (0.50, 0.25, 0.12, 0.10),  # a wall, a curtain and the edge between them
    "pexels-3965508": (0.15, 0.86, 0.10, 0.06),  # a white wall and a light floor
    "pexels-6615808": (0.60, 0.90, 0.15, 0.06),  # painted boards
    "pexels-7303995": (0.30, 0.25, 0.14, 0.10),  # oak panels
    "pexels-6373478": (0.42, 0.12, 0.10, 0.08),  # tiles
    "pexels-6963788": (0.25, 0.18, 0.14, 0.10),  # ribs
    "pexels-7303782": (0.25, 0.90, 0.12, 0.06),  # a wooden floor
    "pexels-5853819": (0.35, 0.95, 0.15, 0.04),  # herringbone parquet
    "pexels-cup-of-couple-6963787": (0.50, 0.15, 0.18, 0.10),  # light on a wall
    "pexels-2560067": (0.20, 0.80, 0.15, 0.08),  # grass
    "pexels-7193656": (0.25, 0.86, 0.12, 0.07),  # a wall, a skirting and a floor
    "pexels-7247504": (0.60, 0.66, 0.15, 0.05),  # a panelled wall and cushions
}


def by_chance() -> dict[str, tuple[float, float, float, float]]:
    """Return twelve holes that nobody chose: in every third photograph, at random places."""
    names = sorted(Path(path).stem for path in get_all_photos())[::3][:12]
    places = np.random.default_rng(1).uniform(0.2, 0.8, (12, 2)).round(2).tolist()
    return {
        name: (across, down, 0.12, 0.08) for name, (across, down) in zip(names, places, strict=True)
    }


@cache
def photograph(name: str, longest_px: int) -> Pixels:
    path = next(Path(path) for path in get_all_photos() if Path(path).stem == name)
    with Image.open(path) as picture:
        picture.thumbnail((longest_px, longest_px))
        return np.asarray(picture.convert("RGB"))


def hole(pixels: Pixels, across: float, down: float, wide: float, high: float) -> Mask:
    """Return a hole with a wavy edge, as a hand draws it."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width]
    right, below = (x / width - across) / wide, (y / height - down) / high
    turn = np.arctan2(below, right)
    edge = 1 + 0.15 * np.sin(3 * turn) + 0.1 * np.sin(5 * turn + 1)
    return np.asarray(np.hypot(right, below) <= edge)


def apart(one: Pixels, other: Pixels, where: Mask) -> float:
    """Return the mean CIEDE2000 of two pictures' pixels within a mask."""
    seen, meant = (
        cv2.cvtColor(np.asarray(each[where][None] / 255, np.float32), cv2.COLOR_RGB2Lab)
        for each in (one, other)
    )
    return float(ciede2000(np.asarray(seen, np.float64), np.asarray(meant, np.float64)).mean())
