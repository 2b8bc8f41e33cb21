"""Masks that customers draw: white marks what is to change, black what is to stay."""

import cv2
import numpy as np

from chassis.errors import Rejected
from gateways.pictures import Pixels
from media.gateways.holes import Mask

SHAPE = 0.01  # by which a mask's shape may differ from its picture's
HALF = 128
MOST = 0.5  # of the picture: what remains must tell what was behind


def mask_of(drawn: Pixels, width: int, height: int) -> Mask:
    """Return what a drawn mask marks in a picture of `width` x `height` pixels.

    Raises:
        Rejected: media.mask_mismatch (another shape), media.mask_empty (nothing is white),
            media.mask_too_large (more is white than half of the picture).
    """
    rows, columns = drawn.shape[:2]
    if abs(columns * height / (rows * width) - 1) > SHAPE:
        raise Rejected(
            "media.mask_mismatch",
            f"the mask is {columns} x {rows} pixels, the photograph {width} x {height}",
        )
    grey = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)
    mask = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_NEAREST) >= HALF)
    if not mask.any():
        raise Rejected("media.mask_empty", "nothing in the mask is white")
    if mask.mean() > MOST:
        raise Rejected("media.mask_too_large", "the mask marks more than half of the photograph")
    return mask
