"""A photograph developed: its light corrected in proportion, its colours kept, a look added.

Lightness changes by a factor on the light, which a and b share; so a lifted colour stays that
colour. The factor follows the lightness of a place's surroundings, edges kept, so that texture
is neither flattened nor blown. Colour is worked at half the size, as cameras store it.
"""

import cv2
import numpy as np

from chassis.domain import value
from chassis.errors import Rejected
from media.gateways.around import Around, Strip, fitted, surroundings
from media.gateways.balance import balanced, mixed_light
from media.gateways.gamut import Plane, drawn_in, plane
from media.gateways.geometry import Pixels, shrunk
from media.gateways.grade import Grade
from media.gateways.tone import FOOT, STEPS, Curve, Tone, tone

Coarse = tuple[Plane, Plane, Plane, Plane, Plane]  # L, its surroundings, the factor, a, b

PROXY_PX = 512
STRIP_ROWS = 128
MARGIN_ROWS = 8  # that a strip sees of its neighbours; even
TOO_DARK = 8  # L of the brightest places
WHITEST, BLACKEST, ROLL = 96, 1.8, 4.5  # L; the roll begins that far inside
NOISY = 1.0  # σ in steps of 255


@value
class Recipe:
    """What is done to each strip of a photograph, as a small copy of it told.

    `sigma` is the size of the noise to be cleaned of (steps of 255), `lamps` what mixed light adds
    to a and b, and `sky` whether there may be one.
    """

    grade: Grade
    tone: Tone
    around: Around
    sigma: float | None
    lamps: tuple[Plane, Plane] | None
    sky: bool


def develop(pixels: Pixels, grade: Grade) -> Pixels:
    """Return the photograph (RGB) with neutral light, corrected exposure and the grade.

    Raises `Rejected` (media.too_dark) where there is nothing to be seen in it.
    """
    height, width = pixels.shape[:2]
    even = balanced(_even(pixels))
    recipe = _recipe(shrunk(even, PROXY_PX), _noise(even), grade)
    return _in_strips(even, recipe)[:height, :width]


def _even(pixels: Pixels) -> Pixels:
    """Return the picture with an even height and width, so that it has a half."""
    height, width = pixels.shape[:2]
    if not (height % 2 or width % 2):
        return pixels
    even = cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return np.asarray(even, np.uint8)


def _recipe(copy: Pixels, noise: float, grade: Grade) -> Recipe:
    proxy = _light(copy)
    if np.percentile(proxy, 99.5) < TOO_DARK * 2.55:
        raise Rejected("media.too_dark", "there is nothing to be seen in the photograph")
    given = tone(proxy, grade)
    light, red, yellow = _lab(copy)
    return Recipe(
        grade=grade,
        tone=given,
        around=fitted(proxy),
        sigma=3.5 * max(noise, 0.7) if noise * given.gain > NOISY else None,
        lamps=mixed_light(light, red, yellow),
        sky=bool(_blue(red, yellow).mean() >= 0.01),
    )


def _lab(pixels: Pixels) -> tuple[Plane, Plane, Plane]:
    """Return L (0..100), a and b."""
    shares = pixels.astype(np.float32) * np.float32(1 / 255)
    light, red, yellow = map(plane, cv2.split(cv2.cvtColor(shares, cv2.COLOR_RGB2Lab)))
    return light, red, yellow


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


def _in_strips(pixels: Pixels, recipe: Recipe) -> Pixels:
    """Return the picture at full size; fractions of a large one are heavy, so by strips."""
    developed = np.empty_like(pixels)
    height, width = pixels.shape[:2]
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        first, last = max(0, top - MARGIN_ROWS), min(height, bottom + MARGIN_ROWS)
        half = Strip(width=width // 2, height=height // 2, first=first // 2, last=last // 2)
        strip = _finished(pixels[first:last], half, recipe)
        developed[top:bottom] = strip[top - first : bottom - first]
    return developed


def _finished(pixels: Pixels, half: Strip, recipe: Recipe) -> Pixels:
    """Return a strip in RGB: cleaned of noise, lightened, clearer and sharpened."""
    coarse = _coarse(pixels, half, recipe)
    size = (pixels.shape[1], pixels.shape[0])
    times, plus, red, yellow = (
        plane(cv2.resize(each, size, interpolation=cv2.INTER_LINEAR))
        for each in (*_lightened(coarse, recipe), *_coloured(coarse, recipe))
    )
    lit = _light(pixels).astype(np.float32)
    if recipe.sigma is not None:
        lit = plane(cv2.bilateralFilter(lit, 9, recipe.sigma, 3))
    lit = lit * times + plus
    amount = 0.3 if recipe.sigma is None else 0.15
    sharp = cv2.addWeighted(lit, 1 + amount, cv2.GaussianBlur(lit, (0, 0), 1.2), -amount, 0)
    lit = _printed(plane(sharp))
    colours = cv2.cvtColor(cv2.merge([lit, *drawn_in(lit, red, yellow)]), cv2.COLOR_Lab2RGB)
    return np.asarray(cv2.convertScaleAbs(colours, alpha=255), np.uint8)


def _coarse(pixels: Pixels, half: Strip, recipe: Recipe) -> Coarse:
    """Return at half the size: L, its surroundings (0..1), the factor on L + 16, a and b."""
    size = (half.width, half.last - half.first)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    light, red, yellow = _lab(np.asarray(small, np.uint8))
    share = plane(light * np.float32(0.01))
    around = surroundings(share, recipe.around, half)
    factor = _of(around, (recipe.tone.light + FOOT) / (STEPS + FOOT))
    if recipe.sky:
        factor = _sky_kept(factor, share, _blue(red, yellow), recipe.tone)
    # The eye sees colour coarsely; fractions are kept, for a white wall shows every whole step.
    red, yellow = (plane(cv2.bilateralFilter(each, 9, 5, 4)) for each in (red, yellow))
    if recipe.lamps is not None:
        reds, yellows = map(half.of, recipe.lamps)
        red, yellow = plane(red - (light + 16) * reds), plane(yellow - (light + 16) * yellows)
    return light, around, factor, red, yellow


def _of(places: Plane, curve: Curve) -> Plane:
    """Return the curve's value at each place (0..1), between its steps as well."""
    at = places * np.float32(len(curve) - 1)
    table = curve.astype(np.float32)[None]
    return np.asarray(cv2.remap(table, at, np.zeros_like(at), cv2.INTER_LINEAR), np.float32)


def _blue(red: Plane, yellow: Plane) -> Plane:
    """Return how far each place is of a sky's blue (0..1)."""
    return plane(np.clip(cv2.min((-yellow - 6) / 8, (-yellow - np.abs(red)) / 6), 0, 1))


def _sky_kept(factor: Plane, light: Plane, blue: Plane, given: Tone) -> Plane:
    """Return the factor so that what is blue and light, as a sky is, is hardly lightened.

    What a short exposure took from it is given back all the same: only a dark one was short.
    """
    sky = cv2.blur(blue, (5, 5))
    dark = np.clip((np.float32(0.42) - light) / np.float32(0.12), 0, 1)
    most = light + np.float32(0.07) + dark * (_of(light, given.exposed) - light)
    bound = np.minimum(factor, (most + np.float32(FOOT)) / (light + np.float32(FOOT)))
    return np.asarray(factor + sky * (bound - factor), np.float32)


def _lightened(coarse: Coarse, recipe: Recipe) -> tuple[Plane, Plane]:
    """Return by what L (0..255) is multiplied, and what is then added, to become L (0..100).

    (L + 16) by the factor, and what differs from the surroundings by a little more.
    """
    _, around, factor, _, _ = coarse
    clarity = np.float32(recipe.grade.clarity * (1 if recipe.sigma is None else 0.3))
    clearer = clarity * (1 - around * around) * np.minimum(around * 4, 1)
    added = factor * (np.float32(FOOT) - clearer * around) - np.float32(FOOT)
    return plane(factor * (1 + clearer) * np.float32(1 / 2.55)), plane(added * np.float32(100))


def _coloured(coarse: Coarse, recipe: Recipe) -> tuple[Plane, Plane]:
    """Return a and b scaled as the light was, tinted where they are near grey."""
    light, _, factor, red, yellow = coarse
    given, grade = recipe.tone, recipe.grade
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


def _printed(light: Plane) -> Plane:
    """Return L between paper white and printer's black, neared and never passed."""
    within = light.clip(BLACKEST + ROLL, WHITEST - ROLL)
    beyond = light - within
    rolled = np.float32(ROLL) - np.float32(ROLL) * cv2.exp(np.abs(beyond) * np.float32(-1 / ROLL))
    return plane(within + np.copysign(rolled, beyond))
