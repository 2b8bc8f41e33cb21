"""Verticals set upright: a small roll or tilt of the camera undone, when it is certain."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Lines = NDArray[np.float64]  # rows of (x, lean, length): x in -1..1, lean = dx/dy

WORK_PX = 900  # lines are sought in a copy of this size
MAX_LINES = 60  # only the longest are asked
MAX_LEAN = np.tan(np.radians(8))  # what leans more is no vertical of the building
AGREEMENT = np.tan(np.radians(0.4))
WORTH_IT = np.tan(np.radians(0.3))
MAX_ROLL = np.tan(np.radians(3))
MAX_TILT = np.tan(np.radians(4))  # lean at the picture's edge beside that of its middle
MIN_KEPT = 0.92  # share of width and height that must be left after the crop


def upright(pixels: Pixels) -> Pixels:
    """Return the picture with its verticals vertical, cropped and at its own size.

    Unless enough long lines agree, and on a small angle, the picture comes back as it is.
    """
    lean = _lean(_near_verticals(pixels))
    if lean is None:
        return pixels
    height, width = pixels.shape[:2]
    warp = _cropped(_warp(width, height, *lean), width, height)
    if warp is None:
        return pixels
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(
            pixels, warp, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def _near_verticals(pixels: Pixels) -> Lines:
    """Return the longest segments that stand almost upright."""
    small = shrunk(pixels, WORK_PX)
    found = cv2.createLineSegmentDetector().detect(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))[0]
    if found is None:
        return np.empty((0, 3), np.float64)
    rows, columns = small.shape[:2]
    x1, y1, x2, y2 = np.asarray(found, np.float64).reshape(-1, 4).T
    tall = np.abs(y2 - y1) >= 0.06 * rows
    x1, y1, x2, y2 = x1[tall], y1[tall], x2[tall], y2[tall]
    lines = np.column_stack(
        [(x1 + x2) / columns - 1, (x2 - x1) / (y2 - y1), np.abs(y2 - y1) / rows]
    )
    lines = lines[np.abs(lines[:, 1]) <= MAX_LEAN]
    longest = np.argsort(-lines[:, 2], kind="stable")[:MAX_LINES]
    return np.asarray(lines[longest], np.float64)


def shrunk(pixels: Pixels, longest_px: int) -> Pixels:
    """Return the picture, or a channel of it, made small enough to be judged quickly."""
    height, width = pixels.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lean(lines: Lines) -> tuple[float, float] | None:
    """Return (roll, tilt) so that a vertical at x leans roll + tilt * x, or None in doubt."""
    if len(lines) < 6:
        return None
    x, lean, length = lines.T
    first, second = np.triu_indices(len(lines), 1)
    apart = np.abs(x[first] - x[second]) > 0.3
    first, second = first[apart], second[apart]
    if not len(first):
        return None
    tilt = (lean[second] - lean[first]) / (x[second] - x[first])
    roll = lean[first] - tilt * x[first]
    agrees = np.abs(roll[:, None] + tilt[:, None] * x - lean) <= AGREEMENT
    best = agrees[np.argmax(agrees @ length)]
    share = length[best].sum() / length.sum()
    spread = x[best].max() - x[best].min()
    if best.sum() < 6 or length[best].sum() < 1.2 or share < 0.6 or spread < 0.8:
        return None
    slope, middle = np.polyfit(x[best], lean[best], 1, w=np.sqrt(length[best]))
    certain = abs(middle) <= MAX_ROLL and abs(slope) <= MAX_TILT
    worth_it = max(abs(middle), abs(slope)) >= WORTH_IT
    return (float(middle), float(slope)) if certain and worth_it else None


def _warp(width: int, height: int, roll: float, tilt: float) -> NDArray[np.float64]:
    """Return the matrix that leads from a place in the upright picture to its source."""
    half = np.array([width / 2, height / 2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    lean = roll + tilt * np.sign(corners[:, 0])
    source = corners + np.column_stack([lean * corners[:, 1], -roll * corners[:, 0]])
    matrix = cv2.getPerspectiveTransform(
        (corners + half).astype(np.float32), (source + half).astype(np.float32)
    )
    return np.asarray(matrix, np.float64)


def _cropped(warp: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64] | None:
    """Return `warp` drawn in until no place lies outside the source, or None if that is far."""
    half = np.array([width / 2, height / 2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    for kept in np.linspace(1, MIN_KEPT, 61):
        places = (corners * kept + half).reshape(-1, 1, 2)
        source = cv2.perspectiveTransform(places, warp).reshape(-1, 2)
        if (source >= 0).all() and (source <= [width, height]).all():
            offset = half * (1 - kept)
            inner = np.array([[kept, 0, offset[0]], [0, kept, offset[1]], [0, 0, 1]])
            return np.asarray(warp @ inner, np.float64)
    return None
