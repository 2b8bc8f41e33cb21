"""A photograph developed: its light corrected in proportion, its colours kept, a look added.

Lightness changes by a factor on the light, which a and b share; so a lifted colour stays that
colour. The factor follows the lightness of a place's surroundings, edges kept, so that texture
is neither flattened nor blown. Colour is worked at half the size, as cameras store it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from chassis.errors import Rejected
from media.gateways.balance import balanced, mixed_light
from media.gateways.gamut import Plane, drawn_in, plane
from media.gateways.geometry import Pixels, shrunk
from media.gateways.grade import Grade
from media.gateways.tone import FOOT, STEPS, Curve, Tone, tone

Planes = NDArray[np.float32]  # rows, columns, four: times, plus, a, b

PROXY_PX = 512
STRIP_ROWS = 256
MARGIN_ROWS = 8  # that a strip sees of its neighbours; even
TOO_DARK = 8  # L of the brightest places
WHITEST, BLACKEST, ROLL = 0.97, 0.018, 0.045  # L / 100; the roll begins that far inside
NOISY = 1.0  # σ in steps of 255


def develop(pixels: Pixels, grade: Grade) -> Pixels:
    """Return the photograph (RGB) with neutral light, corrected exposure and the grade.

    Raises `Rejected` (media.too_dark) where there is nothing to be seen in it.
    """
    height, width = pixels.shape[:2]
    even = cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    even = balanced(np.asarray(even, np.uint8))
    proxy = _light(shrunk(even, PROXY_PX))
    if np.percentile(proxy, 99.5) < TOO_DARK * 2.55:
        raise Rejected("media.too_dark", "there is nothing to be seen in the photograph")
    noise = _noise(even)
    given = tone(proxy, grade)
    noisy = noise * given.gain > NOISY
    planes = _coarse(even, proxy, given, grade, noisy)
    sigma = 3.5 * max(noise, 0.7) / 255 if noisy else None
    return _in_strips(even, planes, sigma)[:height, :width]


def _light(pixels: Pixels) -> Pixels:
    """Return L of CIE Lab as 0..255."""
    return np.asarray(cv2.extractChannel(cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab), 0), np.uint8)


def _noise(pixels: Pixels) -> float:
    """Return the noise's standard deviation (in steps of 255), read where nothing else is."""
    height, width = pixels.shape[:2]
    top, left = max(0, height // 2 - 512), max(0, width // 2 - 512)
    middle = cv2.cvtColor(pixels[top : top + 1024, left : left + 1024], cv2.COLOR_RGB2GRAY)
    detail = np.abs(middle - cv2.GaussianBlur(middle.astype(np.float32), (0, 0), 1.5))
    tiles = (max(1, detail.shape[1] // 16), max(1, detail.shape[0] // 16))
    means = cv2.resize(detail, tiles, interpolation=cv2.INTER_AREA)
    return float(np.percentile(means, 10) / 0.8)  # 0.8: a normal deviation's mean size


def _coarse(pixels: Pixels, proxy: Pixels, given: Tone, grade: Grade, noisy: bool) -> Planes:
    """Return at half the size: by what L is multiplied, what is added to it, a and b."""
    half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
    colours = cv2.resize(pixels, half, interpolation=cv2.INTER_AREA).astype(np.float32)
    lab = cv2.cvtColor(colours * np.float32(1 / 255), cv2.COLOR_RGB2Lab)
    light, red, yellow = map(plane, cv2.split(lab))
    share = plane(light * np.float32(0.01))
    around = _surroundings(share, proxy)
    factor = _of(around, (given.light + FOOT) / (STEPS + FOOT))
    factor = _sky_kept(factor, share, red, yellow, given)
    # The eye sees colour coarsely; fractions are kept, for a white wall shows every whole step.
    red, yellow = (plane(cv2.bilateralFilter(each, 9, 5, 4)) for each in (red, yellow))
    red, yellow = mixed_light(light, red, yellow)
    red, yellow = _coloured(light, factor, red, yellow, given, grade)
    # (L + 16) by the factor, and what differs from the surroundings by a little more.
    clarity = np.float32(grade.clarity * (0.3 if noisy else 1))
    clearer = clarity * (1 - around * around) * np.minimum(around * 4, 1)
    added = factor * (np.float32(FOOT) - clearer * around) - np.float32(FOOT)
    return plane(cv2.merge([plane(factor * (1 + clearer)), plane(added), red, yellow]))


def _surroundings(light: Plane, proxy: Pixels) -> Plane:
    """Return the lightness around each place, edges kept: a guided filter (He, Sun, Tang 2013).

    Its means are taken in the small copy and drawn large.
    """
    guide = plane(proxy * np.float32(1 / 255))
    side = max(3, max(guide.shape) // 16 * 2 + 1)
    mean, square = (plane(cv2.blur(each, (side, side))) for each in (guide, guide * guide))
    spread = square - mean * mean
    slope = plane(spread / (spread + np.float32(0.01)))
    size = (light.shape[1], light.shape[0])
    steep, rest = (
        plane(cv2.resize(cv2.blur(each, (side, side)), size, interpolation=cv2.INTER_LINEAR))
        for each in (slope, mean * (1 - slope))
    )
    return plane(np.clip(steep * light + rest, 0, 1))


def _of(places: Plane, curve: Curve) -> Plane:
    """Return the curve's value at each place (0..1), between its steps as well."""
    at = places * np.float32(len(curve) - 1)
    table = curve.astype(np.float32)[None]
    return np.asarray(cv2.remap(table, at, np.zeros_like(at), cv2.INTER_LINEAR), np.float32)


def _sky_kept(factor: Plane, light: Plane, red: Plane, yellow: Plane, given: Tone) -> Plane:
    """Return the factor so that what is blue and light, as a sky is, is hardly lightened.

    What a short exposure took from it is given back all the same: only a dark one was short.
    """
    blue = cv2.min((-yellow - 6) / 8, (-yellow - np.abs(red)) / 6)
    sky = cv2.blur(np.clip(blue, 0, 1), (5, 5))
    if sky.mean() < 0.01:
        return factor
    dark = np.clip((np.float32(0.42) - light) / np.float32(0.12), 0, 1)
    most = light + np.float32(0.07) + dark * (_of(light, given.exposed) - light)
    bound = np.minimum(factor, (most + np.float32(FOOT)) / (light + np.float32(FOOT)))
    return np.asarray(factor + sky * (bound - factor), np.float32)


def _coloured(
    light: Plane, factor: Plane, red: Plane, yellow: Plane, given: Tone, grade: Grade
) -> tuple[Plane, Plane]:
    """Return a and b scaled as the light was, tinted where they are near grey."""
    exposed = (_of(plane(light * np.float32(0.01)), given.exposed) * 100 + 16) / (light + 16)
    # What tone adds to the light is not all given to colour: half-tones would look painted.
    scale = exposed * (factor / exposed) ** np.float32(0.6) * np.float32(grade.saturation)
    neutral = np.exp(-(red * red + yellow * yellow) * (scale / 12) ** 2)
    after = np.clip((light + 16) * factor - 16, 0, 100)
    place = plane(after * np.float32(0.01))
    edges = np.clip(8 * STEPS * (1 - STEPS), 0, 1)  # pure black and pure white stay so
    tinted = []
    for channel, shadow, highlight in zip(
        (red, yellow), grade.shadows, grade.highlights, strict=True
    ):
        shift = _of(place, (shadow * (1 - STEPS) + highlight * STEPS) * edges)
        tinted.append(plane(channel * scale + shift * neutral))
    return tinted[0], tinted[1]


def _in_strips(pixels: Pixels, planes: Planes, sigma: float | None) -> Pixels:
    """Return the picture at full size; fractions of a large one are heavy, so by strips."""
    developed = np.empty_like(pixels)
    height = len(pixels)
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        first, last = max(0, top - MARGIN_ROWS), min(height, bottom + MARGIN_ROWS)
        strip = _detailed(_light(pixels[first:last]), planes[first // 2 : last // 2], sigma)
        developed[top:bottom] = strip[top - first : bottom - first]
    return developed


def _detailed(light: Pixels, planes: Planes, sigma: float | None) -> Pixels:
    """Return a strip in RGB: cleaned of noise of that size, lightened, clearer and sharpened."""
    size = (light.shape[1], light.shape[0])
    drawn = cv2.resize(planes, size, interpolation=cv2.INTER_LINEAR)
    times, plus, red, yellow = map(plane, cv2.split(drawn))
    lit = plane(light * np.float32(1 / 255))
    if sigma is not None:
        lit = plane(cv2.bilateralFilter(lit, 9, sigma, 3))
    lit = lit * times + plus
    amount = 0.3 if sigma is None else 0.15
    sharp = cv2.addWeighted(lit, 1 + amount, cv2.GaussianBlur(lit, (0, 0), 1.2), -amount, 0)
    lit = plane(_printed(plane(sharp)) * np.float32(100))
    colours = cv2.cvtColor(cv2.merge([lit, *drawn_in(lit, red, yellow)]), cv2.COLOR_Lab2RGB)
    return np.asarray(cv2.convertScaleAbs(colours, alpha=255), np.uint8)


def _printed(light: Plane) -> Plane:
    """Return the lightness between paper white and printer's black, neared and never passed."""
    over = np.maximum(light - np.float32(WHITEST - ROLL), 0)
    under = np.maximum(np.float32(BLACKEST + ROLL) - light, 0)
    high = np.float32(WHITEST) - np.float32(ROLL) * cv2.exp(over * np.float32(-1 / ROLL))
    low = np.float32(BLACKEST) + np.float32(ROLL) * cv2.exp(under * np.float32(-1 / ROLL))
    return np.asarray(np.where(over > 0, high, np.where(under > 0, low, light)), np.float32)
