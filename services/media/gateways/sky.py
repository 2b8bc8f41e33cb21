"""Where a photograph of a house shows sky, if that is certain."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gateways.pictures import Pixels
from media.gateways.geometry import shrunk
from media.gateways.holes import Mask

Plane = NDArray[np.float32]

WORK_PX = 480
TOP_ROWS = 10  # of the copy: a sky reaches into them
SMOOTH = 1.2  # steps of lightness from a pixel to the next
BLUE = -4.0  # of b in CIE Lab: an overcast sky of the day has it, a white wall has not
BORDER = 4.0  # steps of lightness at the skyline, but for its faintest fifth
MIN_SHARE = 0.05
MIN_AGREED = 0.8  # of what seemed sky and what was cut out, in both
CUTS = 4


def sky_mask(pixels: Pixels) -> Plane | None:
    """Return how much of each pixel is sky, 0 to 1, or None where that is not certain.

    What is smooth, bright or blue and touches the upper edge is cut out (GrabCut) in a small
    copy. A sky is bluish and ends at a skyline; what fades into its surroundings is a wall.
    """
    copy = shrunk(pixels, WORK_PX)
    light, red, blue = cv2.split(cv2.cvtColor((copy / 255).astype(np.float32), cv2.COLOR_RGB2Lab))
    steps = _steps(np.asarray(light, np.float32))
    smooth = cv2.blur((steps < SMOOTH).astype(np.float32), (7, 7)) > 0.8
    seems_blue = (blue < 1.5 * BLUE) & (light > 30) & (red < 12)
    seems_bright = (light > max(55, np.percentile(light, 60))) & (blue < 8)
    seems = _from_above(smooth & (seems_blue | seems_bright), 0.03)
    if seems.mean() < MIN_SHARE / 2:
        return None
    sky = _from_above(_cut_out(copy, seems), 0)
    agreed = (sky & seems).sum() / max(1, (sky | seems).sum())
    if sky.mean() < MIN_SHARE or agreed < MIN_AGREED or np.median(blue[sky]) > BLUE:
        return None
    beside = (cv2.dilate(sky.astype(np.uint8), np.ones((3, 3))) > 0) & ~sky
    skyline = cv2.dilate(steps, np.ones((5, 5)))[beside]
    if not skyline.size or np.percentile(skyline, 20) < BORDER:
        return None
    return _to_the_edges(sky.astype(np.float32), copy, pixels)


def _steps(light: Plane) -> Plane:
    """Return how much the lightness changes from a pixel to the next."""
    calm = cv2.GaussianBlur(light, (0, 0), 1.0)
    across, down = (cv2.Sobel(calm, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    return np.asarray(np.hypot(across, down), np.float32)


def _from_above(marked: Mask, share: float) -> Mask:
    """Return the patches that lie at the upper edge with more than a share of its length."""
    number, labels = cv2.connectedComponents(marked.astype(np.uint8))
    at_the_edge = np.bincount(labels[:TOP_ROWS].ravel(), minlength=number)
    kept = at_the_edge > share * labels[:TOP_ROWS].size
    kept[0] = False
    return np.asarray(kept[labels])


def _cut_out(copy: Pixels, seems: Mask) -> Mask:
    marks = seems.astype(np.uint8)
    known = np.full(seems.shape, cv2.GC_PR_BGD, np.uint8)
    known[seems] = cv2.GC_PR_FGD
    known[cv2.erode(marks, np.ones((9, 9)), borderValue=1) > 0] = cv2.GC_FGD
    known[cv2.dilate(marks, np.ones((41, 41))) == 0] = cv2.GC_BGD
    if not (known == cv2.GC_FGD).any() or not (known == cv2.GC_BGD).any():
        return seems
    cv2.setRNGSeed(1)  # the same photograph, the same sky
    sky, rest = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(copy, known, (0, 0, 0, 0), rest, sky, CUTS, cv2.GC_INIT_WITH_MASK)
    return np.asarray((known == cv2.GC_FGD) | (known == cv2.GC_PR_FGD))


def _to_the_edges(sky: Plane, copy: Pixels, pixels: Pixels) -> Plane:
    """Return the mask at full size, its border where the photograph's edges are.

    A guided filter (He, Sun, Tang, ECCV 2010); what it fits is enlarged, not what comes of it.
    """
    radius, little = 4, 1e-4
    guide = _grey(copy)

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.blur(plane, (2 * radius + 1,) * 2), np.float32)

    about, share = mean(guide), mean(sky)
    slope = (mean(guide * sky) - about * share) / (mean(guide * guide) - about**2 + little)
    fitted = slope, share - slope * about
    size = pixels.shape[1::-1]
    slope, offset = (
        cv2.resize(mean(each), size, interpolation=cv2.INTER_LINEAR) for each in fitted
    )
    exact = slope * _grey(pixels) + offset
    far = cv2.blur(sky, (4 * radius + 1,) * 2)  # where all around is sky, or none is
    far = cv2.resize(far, size, interpolation=cv2.INTER_LINEAR)
    exact = np.where(far > 0.999, 1, np.where(far < 0.001, 0, exact))
    return np.asarray(np.clip((exact - 0.1) / 0.8, 0, 1), np.float32)


def _grey(pixels: Pixels) -> Plane:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) / 255, np.float32)
