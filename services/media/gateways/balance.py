"""White balance: the colour of the light taken out, as far as two witnesses agree on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from media.gateways.gamut import Plane, plane
from media.gateways.geometry import Pixels, shrunk
from media.gateways.tone import STEPS

Floats = NDArray[np.float64]

PROXY_PX = 256  # the light is judged from a copy of this size
SHARE = 0.97  # of a cast that is taken out; a little of an evening's warmth may stay
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])  # of red, green and blue in the luminance


def balanced(pixels: Pixels) -> Pixels:
    """Return the picture with the cast of its light taken out, as far as that is believable."""
    gains = _gains(shrunk(pixels, PROXY_PX))
    if np.abs(gains - 1).max() < 0.01:
        return pixels
    # A clipped window has lost its colour: towards white the gains fade, or it would turn pink.
    fade = np.clip((1 - STEPS) / 0.2, 0, 1)[:, None]
    curves = _coded(_linear(STEPS)[:, None] * (1 + (gains - 1) * fade))
    steps = np.clip(np.rint(curves * 255), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, steps.reshape(256, 1, 3)), np.uint8)


def _gains(proxy: Pixels) -> Floats:
    """Return the gain of each channel, of equal luminance; the smaller of two corrections.

    Shades of grey (Finlayson and Trezzi 2004) over what may be grey is one witness, the brightest
    surfaces that are not clipped the other; none where they disagree.
    """
    coded = proxy.reshape(-1, 3) / 255
    high, low = coded.max(axis=1), coded.min(axis=1)
    # Black and clipped pixels say nothing of the light; strong colours are those of things.
    told = (high < 0.98) & (high > 0.15) & (high - low < 0.6 * high)
    if told.mean() < 0.05:
        return np.ones(3)
    light = _linear(coded[told])
    grey = np.mean(light**3, axis=0) ** (1 / 3)
    luminance = light @ WEIGHTS
    bright = light[luminance >= np.quantile(luminance, 0.9)].mean(axis=0)
    first, second = (np.log(each.mean() / each) for each in (grey, bright))
    smaller = min(first, second, key=lambda each: float(np.abs(each).max()))
    agreed = first @ second > 0.3 * np.linalg.norm(first) * np.linalg.norm(second)
    if not agreed:
        return np.ones(3)
    # Below a blue sky the light is known: daylight, in which a warm wall is a warm wall.
    sky = (coded[:, 2] > 1.25 * coded[:, 0]) & (coded[:, 2] > 1.08 * coded[:, 1]) & (high > 0.3)
    share = SHARE * (0.4 if smaller[2] > 0 and sky.mean() > 0.1 else 1)
    gains = np.exp(np.clip(smaller * share, -0.6, 0.8))
    return np.asarray(gains * (WEIGHTS @ bright) / (WEIGHTS @ (gains * bright)), np.float64)


def mixed_light(light: Plane, red: Plane, yellow: Plane) -> tuple[Plane, Plane] | None:
    """Return what lamps and daylight add to a and b from place to place, halved.

    It is to be taken, times (L + 16), from the picture of which this is a small copy, and is None
    unless greys here are blue, and yellow there: a wall of one colour is left its own.
    """
    lit, reds, yellows = (
        plane(cv2.resize(each, (64, 64), interpolation=cv2.INTER_AREA))
        for each in (light, red, yellow)
    )
    foot = (lit + 16) / 116
    weight = np.exp(-((np.hypot(reds, yellows) / 25) ** 2)) * (lit > 30) * (lit < 97)
    weight = weight.astype(np.float32)
    near = cv2.GaussianBlur(weight, (0, 0), 9)
    red_light, yellow_light = (
        cv2.GaussianBlur(weight * each / foot, (0, 0), 9) / np.maximum(near, 1e-3)
        for each in (reds, yellows)
    )
    told = near > 0.25
    if told.mean() < 0.6:
        return None
    cold, warm = np.percentile(yellow_light[told], (5, 95))
    across = np.subtract(*np.percentile(red_light[told], (95, 5)))
    if not (cold < -2.5 and warm > 2.5 and warm - cold > 9 and warm - cold > 1.5 * across):
        return None
    half = np.float32(0.65 / 116)
    return plane(red_light * half), plane(yellow_light * half)


def _linear(coded: Floats) -> Floats:
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def _coded(linear: Floats) -> Floats:
    return np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    )
