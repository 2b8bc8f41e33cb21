"""Light and colour: what every photograph gets, and what each style template adds."""

import cv2
import numpy as np
from numpy.typing import NDArray

from chassis.domain import value
from media.gateways.geometry import Pixels, shrunk

Plane = NDArray[np.float32]
Curve = NDArray[np.float64]  # 256 values in 0..1, one for each step of a channel

PROXY_PX = 512  # the picture is judged from a copy of this size
STEPS = np.linspace(0, 1, 256)
STRIP_ROWS = 256
TOE = 0.04  # keeps the deepest shadows, which hold few steps, from being torn apart


@value
class Grade:
    """A template's look, in words a photographer uses.

    `brightness` is the lightness (0..1) at which the median should come to lie, `contrast` the
    strength of an S-curve, `clarity` the share of local contrast, `saturation` a factor. The two
    tints are shifts (green to red, blue to yellow) in CIE Lab for shadows and for highlights.
    """

    brightness: float
    contrast: float
    clarity: float
    saturation: float
    shadows: tuple[float, float] = (0.0, 0.0)
    highlights: tuple[float, float] = (0.0, 0.0)


GRADES = {
    "modern": Grade(brightness=0.74, contrast=0.16, clarity=0.35, saturation=1.08, shadows=(0, -2)),
    "scandinavian": Grade(
        brightness=0.82, contrast=0.06, clarity=0.25, saturation=0.95, highlights=(0, 1)
    ),
    "modern-minimalist": Grade(
        brightness=0.78, contrast=0.12, clarity=0.20, saturation=0.78, shadows=(0, -1)
    ),
    "luxury-high-end": Grade(
        brightness=0.68,
        contrast=0.22,
        clarity=0.40,
        saturation=1.10,
        shadows=(0, -2),
        highlights=(1, 4),
    ),
    "warm-cozy": Grade(
        brightness=0.72,
        contrast=0.10,
        clarity=0.25,
        saturation=1.10,
        shadows=(2, 4),
        highlights=(2, 8),
    ),
    "twilight-exterior": Grade(
        brightness=0.44,
        contrast=0.16,
        clarity=0.35,
        saturation=1.10,
        shadows=(2, -14),
        highlights=(3, 6),
    ),
    "professional-lighting": Grade(brightness=0.76, contrast=0.14, clarity=0.45, saturation=1.06),
}


def develop(pixels: Pixels, grade: Grade) -> Pixels:
    """Return the photograph (RGB) with neutral light, corrected exposure and the grade."""
    pixels = balanced(pixels)
    noise = _noise(pixels)
    light, red, yellow = (
        np.asarray(channel, np.uint8)
        for channel in cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab))
    )
    if noise > 1.5:
        light = np.asarray(cv2.bilateralFilter(light, 5, 3 * noise, 1.5), np.uint8)
    light = _sharpened(_toned(light, grade), noise)
    return _graded(light, _smoothed(red), _smoothed(yellow), grade)


def balanced(pixels: Pixels) -> Pixels:
    """Return the picture with the cast of its light taken out, as far as that is believable."""
    gains = _gains(shrunk(pixels, PROXY_PX))
    # A clipped window has lost its colour: towards white the gains fade, or it would turn pink.
    fade = np.clip((1 - STEPS) / 0.2, 0, 1)
    curves = STEPS[:, None] * (1 + (gains - 1) * fade[:, None])
    return np.asarray(cv2.LUT(pixels, _steps(curves).reshape(256, 1, 3)), np.uint8)


def _gains(proxy: Pixels) -> NDArray[np.float64]:
    """Return the gain of each channel: shades of grey over what may be grey, 85 % of the way."""
    colours = proxy.reshape(-1, 3) / 255
    high, low = colours.max(axis=1), colours.min(axis=1)
    # Black and clipped pixels say nothing of the light; strong colours are those of things.
    told = (high < 0.98) & (high > 0.15) & (high - low < 0.45 * high)
    if told.mean() < 0.05:
        return np.ones(3)
    light = np.mean(colours[told] ** 6, axis=0) ** (1 / 6)
    gains = np.clip((light.mean() / light) ** 0.85, 0.8, 1.3)
    weights = np.array([0.299, 0.587, 0.114])
    return np.asarray(gains / (weights @ (gains * light)) * (weights @ light), np.float64)


def _noise(pixels: Pixels) -> float:
    """Return the noise's standard deviation (in steps of 255), read where nothing else is."""
    height, width = pixels.shape[:2]
    top, left = max(0, height // 2 - 512), max(0, width // 2 - 512)
    middle = cv2.cvtColor(pixels[top : top + 1024, left : left + 1024], cv2.COLOR_RGB2GRAY)
    detail = np.abs(middle - cv2.GaussianBlur(middle.astype(np.float32), (0, 0), 1.5))
    tiles = (max(1, detail.shape[1] // 16), max(1, detail.shape[0] // 16))
    means = cv2.resize(detail, tiles, interpolation=cv2.INTER_AREA)
    return float(np.percentile(means, 10) / 0.8)  # 0.8: a normal deviation's mean size


def _toned(light: Pixels, grade: Grade) -> Pixels:
    """Return the lightness with the curve that suits this picture and local contrast."""
    toned = np.asarray(cv2.LUT(light, _steps(_curve(shrunk(light, PROXY_PX), grade))), np.uint8)
    local = cv2.createCLAHE(clipLimit=1.6, tileGridSize=(6, 6)).apply(toned)
    # Dark corners gain detail from it; white walls and windows would only turn grey.
    share = cv2.LUT(toned, (grade.clarity * (1 - STEPS**2)).astype(np.float32))
    return np.asarray(cv2.blendLinear(local, toned, share, 1 - share), np.uint8)


def _curve(proxy: Pixels, grade: Grade) -> Curve:
    dark, bright = np.percentile(proxy, (0.5, 99.5)) / 255
    black, white = min(dark, 0.04), max(bright, 0.65)
    curve = np.clip((STEPS - black) / (white - black), 0, 1)
    median = float(np.clip(np.interp(np.median(proxy) / 255, STEPS, curve), 0.02, 0.98))
    # A dark room is a dark room: the median is led towards the target, not nailed to it, and
    # a bright one is darkened only where the template asks for dusk.
    darkest = 1.6 if grade.brightness < 0.5 else 1.0
    gamma = np.clip(np.log(grade.brightness) / np.log(median), 0.5, darkest)
    curve = ((curve + TOE) ** gamma - TOE**gamma) / ((1 + TOE) ** gamma - TOE**gamma)
    curve = curve - grade.contrast * min(1.0, gamma) * np.sin(2 * np.pi * curve) / (2 * np.pi)
    return np.asarray(np.where(curve > 0.9, 0.9 + (curve - 0.9) * 0.85, curve), np.float64)


def _sharpened(light: Pixels, noise: float) -> Pixels:
    """Return the lightness unsharp-masked, less so where sharpening would sharpen noise."""
    amount = 0.6 if noise <= 1.5 else 0.3
    blurred = cv2.GaussianBlur(light, (0, 0), 1.2)
    return np.asarray(cv2.addWeighted(light, 1 + amount, blurred, -amount, 0), np.uint8)


def _smoothed(channel: Pixels) -> Plane:
    """Return an opponent channel (a or b) around 0, without the blocks and specks of its source.

    The eye sees colour coarsely and cameras store it so; half the size is enough. Fractions
    are kept, for a white wall shows every whole step of colour as a contour.
    """
    height, width = channel.shape
    small = (max(1, width // 2), max(1, height // 2))
    half = cv2.resize(channel.astype(np.float32) - 128, small, interpolation=cv2.INTER_AREA)
    smooth = cv2.bilateralFilter(half, 9, 5, 4)
    return np.asarray(
        cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def _graded(light: Pixels, red: Plane, yellow: Plane, grade: Grade) -> Pixels:
    """Return the picture in RGB, its colours scaled, and shifted by how light the place is."""
    neutral = np.clip(8 * STEPS * (1 - STEPS), 0, 1)  # pure black and pure white stay so
    shifts = [
        ((shadow * (1 - STEPS) + highlight * STEPS) * neutral).astype(np.float32)
        for shadow, highlight in zip(grade.shadows, grade.highlights, strict=True)
    ]
    graded = np.empty((*light.shape, 3), np.uint8)
    for top in range(0, light.shape[0], STRIP_ROWS):  # fractions of a large picture are heavy
        rows = slice(top, top + STRIP_ROWS)
        lab = [light[rows].astype(np.float32) * (100 / 255)]
        for channel, shift in zip((red, yellow), shifts, strict=True):
            lab.append(channel[rows] * grade.saturation + shift[light[rows]])
        colours = cv2.cvtColor(cv2.merge(lab), cv2.COLOR_Lab2RGB)
        graded[rows] = cv2.convertScaleAbs(np.clip(colours, 0, 1), alpha=255)
    return graded


def _steps(curve: Curve) -> Pixels:
    return np.clip(np.rint(curve * 255), 0, 255).astype(np.uint8)
