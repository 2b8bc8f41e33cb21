"""A photograph of a house by day, shown at dusk: another sky, and its light on the house.

Nothing is painted: windows stay as they are.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from chassis.errors import Rejected
from gateways.pictures import Pixels
from media.gateways.sky import sky_mask

Colour = NDArray[np.float32]

TWILIGHT = "twilight-exterior"  # the template
ZENITH, DUSK, HORIZON = (  # linear RGB
    np.array(each, np.float32)
    for each in ((0.020, 0.045, 0.150), (0.110, 0.130, 0.290), (0.620, 0.310, 0.200))
)
TINT = np.array([0.86, 0.96, 1.28], np.float32)  # of what that sky lights
DARKER = (2**-2.2, 2**-1.0)  # the house, by 2.2 EV, and by less where it stood in the shade
HOUSE = 0.04  # its median light at dusk, linear
CLOUDS = (0.6, 1.5)  # how far the old sky's light and shade may go
STRIP_ROWS = 256
GAMMA = 2.2


def twilight(pixels: Pixels) -> Pixels:
    """Return the photograph (RGB) at dusk.

    Raises:
        Rejected: media.no_sky, where no sky is found that could be replaced cleanly.
    """
    sky = sky_mask(pixels)
    if sky is None:
        raise Rejected("media.no_sky", "no sky is clearly seen in this photograph")
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    linear = (np.arange(256) / 255).astype(np.float32) ** GAMMA
    usual = linear[int(np.median(grey[sky > 0.9]))]
    house = linear[max(1, int(np.median(grey[sky < 0.1])))] if (sky < 0.1).any() else 1
    lit = TINT * np.clip(HOUSE / house, *DARKER)
    horizon = np.percentile(np.nonzero(sky > 0.5)[0], 98) + 1
    dusk = np.empty_like(pixels)
    for top in range(0, len(pixels), STRIP_ROWS):  # fractions of a large picture are heavy
        rows = slice(top, top + STRIP_ROWS)
        heights = np.arange(top, top + len(pixels[rows])) / horizon
        clouds = np.clip(linear[grey[rows]] / usual, *CLOUDS)
        above = _gradient(heights)[:, None] * clouds[..., None]
        share = sky[rows, :, None]
        mixed = share * above + (1 - share) * linear[pixels[rows]] * lit
        dusk[rows] = np.rint(255 * np.clip(mixed, 0, 1) ** (1 / GAMMA))
    return dusk


def _gradient(heights: NDArray[np.float64]) -> Colour:
    """Return the sky's colour at heights from 0 (the upper edge) to 1 (the horizon)."""
    at = (0.0, 0.55, 1.0)
    return np.stack(
        [np.interp(heights, at, each) for each in np.stack([ZENITH, DUSK, HORIZON], 1)], 1
    ).astype(np.float32)
