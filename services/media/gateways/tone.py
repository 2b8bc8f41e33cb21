"""Exposure: how light each lightness of a photograph is to become, in proportion to the light."""

import numpy as np
from numpy.typing import NDArray

from chassis.domain import value
from media.gateways.geometry import Pixels
from media.gateways.grade import Grade

Curve = NDArray[np.float64]  # 256 values, one for each step of lightness (0..1)

STEPS = np.linspace(0, 1, 256)
FOOT = 0.16  # CIE Lab: (L + 16) grows as the cube root of the light, and a and b with it
BRIGHTNESS = 0.70  # where the median of a photograph is led
MAX_GAIN = 2.0  # of (L + 16): three stops
WHITE = 0.96  # where the brightest surface is led, if the exposure was short
DIM = 0.27  # where the median of a dark one is lifted by exposure, before tone
KNEE = 0.6  # from here on a long exposure is rolled off
TOE = 0.04  # keeps the deepest shadows, which hold few steps, from being torn apart


@value
class Tone:
    """How lightness changes: curves over the lightness that a place has (0..1).

    `exposed` undoes a short exposure, `light` adds the tone that suits the picture; `gain` is
    the exposure's factor.
    """

    exposed: Curve
    light: Curve
    gain: float


def tone(light: Pixels, grade: Grade) -> Tone:
    """Return the curves that suit a picture with this lightness (L as 0..255) and the grade."""
    dark, median, bright = np.percentile(light, (0.5, 50, 99.5)) / 255
    exposed = _exposed(dark, bright, _gain(median, bright))
    led = _led(exposed, float(np.interp(median, STEPS, exposed)))
    looked = led ** (np.log(grade.lightness) / np.log(0.5))
    looked = looked - grade.contrast * np.sin(2 * np.pi * looked) / (2 * np.pi)
    # A look may darken; what is nearly black stays as it is, or it would be black.
    held = np.clip((exposed - 0.08) / 0.27, 0, 1)
    looked = np.where(looked < exposed, exposed + (looked - exposed) * held, looked)
    return Tone(exposed=exposed, light=looked, gain=_gain(median, bright))


def _gain(median: float, bright: float) -> float:
    """Return the factor on (L + 16) that a short exposure needs, 1 for one that was right."""
    for_white = (WHITE + FOOT) / (bright + FOOT)
    for_middle = (DIM + FOOT) / (median + FOOT)  # a night with a lamp in it is lifted too
    return float(np.clip(max(for_white, for_middle), 1, MAX_GAIN))


def _exposed(dark: float, bright: float, gain: float) -> Curve:
    """Return the curve of a longer exposure: black stays black, what passes white is rolled off."""
    curve = (STEPS + FOOT) * gain - FOOT * (1 + (gain - 1) * (1 - STEPS) ** 8)
    curve = np.maximum(curve - min(dark, 0.03) * np.maximum(1 - curve, 0) ** 2, 0)
    most = float(np.interp(bright, STEPS, curve))
    if most > 1:
        over, reach = (np.maximum(each - KNEE, 0) / (1 - KNEE) for each in (curve, most))
        rolled = KNEE + (1 - KNEE) * over * (1 + over / reach**2) / (1 + over)
        curve = np.where(curve > KNEE, rolled, curve)
    return np.asarray(np.minimum(curve, 1.04), np.float64)


def _led(curve: Curve, median: float) -> Curve:
    """Return the curve with its median led towards the brightness wanted, not nailed to it.

    The darker it is the further; a bright photograph is never darkened.
    """
    share = np.interp(median, (0.25, 0.5), (0.8, 0.4))
    gamma = np.log(BRIGHTNESS) / np.log(np.clip(median, 0.02, 0.98))
    gamma = np.clip(gamma**share, 0.4, 1)
    led = ((curve + TOE) ** gamma - TOE**gamma) / ((1 + TOE) ** gamma - TOE**gamma)
    return np.asarray(np.maximum(led, 0), np.float64)  # rounded, black may lie below black
