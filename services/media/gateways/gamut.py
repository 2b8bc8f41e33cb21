"""What sRGB can show: chroma drawn in towards grey where a colour would be clipped."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

LIGHTS, HUES = 65, 129  # the table's rows (L 0..100) and columns (hue 0..360, both ends)
BRIGHTEST, DARKEST = 248 / 255, 10 / 255  # 253 counts as clipped, 3 as black; a JPEG strays
KNEE = 0.92  # from here on chroma is compressed


def plane(values: object) -> Plane:
    """Return what OpenCV gave as the plane that it is."""
    return np.asarray(values, np.float32)


def drawn_in(light: Plane, red: Plane, yellow: Plane) -> tuple[Plane, Plane]:
    """Return a and b so that no colour of that lightness (L 0..100) lies outside sRGB.

    Lightness and hue stay; up to the knee nothing changes.
    """
    chroma, hue = cv2.cartToPolar(red, yellow)
    across = hue * np.float32((HUES - 1) / (2 * np.pi))
    down = light * np.float32((LIGHTS - 1) / 100)
    most = cv2.remap(_most(), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = plane(cv2.divide(chroma, most)).ravel()
    strong = np.flatnonzero(share > KNEE)  # few, mostly
    if not strong.size:
        return red, yellow
    # Beyond the knee it nears the edge and never passes it: x becomes x / (1 + x).
    over = (share[strong] - np.float32(KNEE)) * np.float32(1 / (1 - KNEE))
    kept = np.ones_like(light)
    kept.flat[strong] = (KNEE + np.float32(1 - KNEE) * over / (1 + over)) / share[strong]
    return plane(red * kept), plane(yellow * kept)


@cache
def _most() -> Plane:
    """Return the greatest chroma in sRGB, by lightness and hue."""
    light = np.linspace(0, 100, LIGHTS, dtype=np.float32)[:, None]
    hue = np.linspace(0, 2 * np.pi, HUES, dtype=np.float32)[None]
    low = np.zeros((LIGHTS, HUES), np.float32)
    high = np.full_like(low, 140)
    for _ in range(14):
        middle = (low + high) / 2
        planes = [np.broadcast_to(light, middle.shape), middle * np.cos(hue), middle * np.sin(hue)]
        colours = cv2.cvtColor(cv2.merge([*map(np.ascontiguousarray, planes)]), cv2.COLOR_Lab2RGB)
        shown = (colours.max(axis=2) < BRIGHTEST) & (colours.min(axis=2) > DARKEST)
        low, high = np.where(shown, middle, low), np.where(shown, high, middle)
    return plane(np.maximum(low, 1e-3))  # a divisor
