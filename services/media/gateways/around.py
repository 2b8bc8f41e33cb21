"""The lightness around each place, edges kept: a guided filter (He, Sun, Tang 2013).

Its means are taken in a small copy and drawn large, a strip of the picture at a time.
"""

import cv2
import numpy as np

from chassis.domain import value
from media.gateways.gamut import Plane, plane
from media.gateways.geometry import Pixels


@value
class Around:
    """What the lightness around a place is: `slope` times its own, and `rest` (small planes)."""

    slope: Plane
    rest: Plane


def fitted(light: Pixels) -> Around:
    """Return the filter for a picture of which this is a small copy (L as 0..255)."""
    guide = plane(light * np.float32(1 / 255))
    side = max(3, max(guide.shape) // 16 * 2 + 1)
    mean, square = (plane(cv2.blur(each, (side, side))) for each in (guide, guide * guide))
    spread = square - mean * mean
    slope = plane(spread / (spread + np.float32(0.01)))
    slope, rest = (plane(cv2.blur(each, (side, side))) for each in (slope, mean * (1 - slope)))
    return Around(slope=slope, rest=rest)


@value
class Strip:
    """Some rows of a picture: `first` to `last` of all that are of `width` and `height`."""

    width: int
    height: int
    first: int
    last: int

    def of(self, small: Plane) -> Plane:
        """Return these rows of a small plane that is drawn as large as the picture."""
        across, down = small.shape[1] / self.width, small.shape[0] / self.height
        places = np.array(
            [[across, 0, across / 2 - 0.5], [0, down, (self.first + 0.5) * down - 0.5]]
        )
        size = (self.width, self.last - self.first)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return plane(
            cv2.warpAffine(small, places, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        )


def surroundings(light: Plane, around: Around, strip: Strip) -> Plane:
    """Return the lightness (0..1) around each place of a strip with that lightness (0..1)."""
    return plane(np.clip(strip.of(around.slope) * light + strip.of(around.rest), 0, 1))
