"""Verticals set upright: a small roll or tilt of the camera undone, when it is certain."""

import cv2
import numpy as np
from numpy.typing import NDArray

from chassis.domain import value

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Lines = NDArray[np.float64]  # rows of (place, lean, length): place in -1..1 across the lines

WORK_PX = 900  # lines are sought in a copy of this size
FOCAL = 28 / 36  # of the longest side: 28 mm, as homes are photographed
MAX_LINES = 80  # only the longest are asked
MAX_LEAN = np.tan(np.radians(9))  # what leans more is no vertical of the building
AGREEMENT = np.tan(np.radians(0.35))
WORTH_IT = np.tan(np.radians(0.3))
MAX_ROLL = np.tan(np.radians(4.5))
MAX_TILT = np.tan(np.radians(5))  # lean at the picture's edge beside that of its middle
MIN_KEPT = 0.82  # share of width and height that must be left after the crop


def upright(pixels: Pixels) -> Pixels:
    """Return the picture with its verticals vertical, cropped and at its own size.

    Unless enough long lines agree, and on a small angle, the picture comes back as it is.
    """
    warp = correction(pixels)
    if warp is None:
        return pixels
    height, width = pixels.shape[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(
            pixels, warp, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def correction(pixels: Pixels) -> Floats | None:
    """Return the matrix from a place (x, y) in the upright picture to its source, None in doubt."""
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(shrunk(pixels, WORK_PX), cv2.COLOR_RGB2GRAY)
    found = cv2.createLineSegmentDetector().detect(grey)[0]
    segments = np.asarray([] if found is None else found, np.float64).reshape(-1, 4)
    rows, columns = grey.shape
    lean = _lean(
        _agreed(_upright_ones(segments, columns, rows)),
        _alike(_upright_ones(segments[:, [1, 0, 3, 2]], rows, columns)),
    )
    return None if lean is None else _cropped(_warp(width, height, *lean), width, height)


def shrunk(pixels: Pixels, longest_px: int) -> Pixels:
    """Return the picture, or a channel of it, made small enough to be judged quickly."""
    height, width = pixels.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    while height >= 2 * size[1] and width >= 2 * size[0]:  # halves cost a tenth of other factors
        height, width = height // 2, width // 2
        half = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        pixels = np.asarray(half, np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _upright_ones(segments: Floats, across: int, along: int) -> Lines:
    """Return the longest segments that stand almost upright in a picture of that size.

    With x and y exchanged, it is those that lie almost level.
    """
    x1, y1, x2, y2 = segments.T
    long = np.abs(y2 - y1) >= 0.05 * along
    x1, y1, x2, y2 = x1[long], y1[long], x2[long], y2[long]
    lines = np.column_stack(
        [(x1 + x2) / across - 1, (x2 - x1) / (y2 - y1), np.abs(y2 - y1) / along]
    )
    lines = lines[np.abs(lines[:, 1]) <= MAX_LEAN]
    longest = np.argsort(-lines[:, 2], kind="stable")[:MAX_LINES]
    return np.asarray(lines[longest], np.float64)


@value
class Agreed:
    """What the most lines agree on: one at a place leans `roll` + `tilt` * place.

    `length` is theirs together in sides of the picture, `share` of all, `spread` how far apart
    the outermost lie (2 is the whole picture).
    """

    roll: float
    tilt: float
    length: float
    share: float
    spread: float


def _agreed(lines: Lines) -> Agreed | None:
    """Return what lines agree on: a camera that was rolled, or tilted, or else both.

    A roll is tried by each line, a tilt by each that is not in the middle, both by each pair.
    """
    if len(lines) < 4:
        return None
    place, lean, length = lines.T
    first, second = np.triu_indices(len(lines), 1)
    apart = np.abs(place[first] - place[second]) > 0.3
    first, second = first[apart], second[apart]
    tilt = (lean[second] - lean[first]) / (place[second] - place[first])
    roll = lean[first] - tilt * place[first]
    small = (np.abs(roll) <= MAX_ROLL) & (np.abs(tilt) <= MAX_TILT)
    tilt, roll = tilt[small], roll[small]
    if not len(roll):
        return None
    best = _most(roll[:, None] + tilt[:, None] * place, lean, length)
    level = _most(lean[:, None], lean, length)
    aside = np.abs(place) > 0.3
    fanned = _most((lean[aside] / place[aside])[:, None] * place, lean, length)
    # Nearly as many that agree with one angle are the simpler reason than two angles.
    simpler = max(level, fanned, key=lambda those: float(length[those].sum()))
    slope, middle = 0.0, 0.0
    if length[simpler].sum() < 0.85 * length[best].sum():
        slope, middle = np.polyfit(place[best], lean[best], 1, w=np.sqrt(length[best]))
    elif simpler is level:
        best, middle = level, np.average(lean[level], weights=length[level])
    else:
        best = fanned
        slope = np.average(lean[best] / place[best], weights=length[best] * place[best] ** 2)
    return Agreed(
        roll=float(middle),
        tilt=float(slope),
        length=float(length[best].sum()),
        share=float(length[best].sum() / length.sum()),
        spread=float(np.ptp(place[best])),
    )


def _most(leans: Floats, lean: Floats, length: Floats) -> NDArray[np.bool_]:
    """Return those lines that lean as one of the rows says: the row on which most length agrees."""
    agrees = np.abs(leans - lean) <= AGREEMENT
    return np.asarray(agrees[np.argmax(agrees @ length)])


def _alike(lines: Lines) -> float | None:
    """Return the lean that most of the lines have."""
    if len(lines) < 4:
        return None
    _, lean, length = lines.T
    most = _most(lean[:, None], lean, length)
    return float(np.average(lean[most], weights=length[most]))


def _lean(verticals: Agreed | None, level: float | None) -> tuple[float, float] | None:
    """Return (roll, tilt) so that a vertical at x leans roll + tilt * x, or None in doubt.

    Many verticals are believed by themselves, and few where what lies level says the same roll.
    """
    if verticals is None:
        return None
    wide = verticals.spread >= 0.8
    many = verticals.share >= 0.42 and not verticals.tilt  # by one side alone a roll can be told
    if not (verticals.length >= 1.2 and verticals.share >= 0.36 and (wide or many)):
        told = verticals.length >= 0.5 and verticals.share >= 0.3 and verticals.spread >= 0.5
        same = level is not None and abs(level + verticals.roll) <= 1.5 * AGREEMENT
        if not (told and same):
            return None
    worth_it = max(abs(verticals.roll), abs(verticals.tilt)) >= WORTH_IT
    return (verticals.roll, verticals.tilt) if worth_it else None


def _warp(width: int, height: int, roll: float, tilt: float) -> Floats:
    """Return the matrix that leads from a place in the upright picture to its source.

    As a camera is turned: verticals that lean by tilt * x meet where the camera looks up or down.
    """
    focal = FOCAL * max(width, height)
    middle = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    pitch = -np.arctan(tilt * focal / (width / 2))
    turn = np.arctan(roll)
    rolled = np.array(
        [[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    )
    tilted = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    warp = middle @ rolled @ tilted @ np.linalg.inv(middle)
    x, y, scale = np.linalg.inv(warp) @ middle[:, 2]  # the middle stays in the middle
    shift = np.array(
        [[1, 0, x / scale - middle[0, 2]], [0, 1, y / scale - middle[1, 2]], [0, 0, 1]]
    )
    return np.asarray(warp @ shift, np.float64)


def _cropped(warp: Floats, width: int, height: int) -> Floats | None:
    """Return `warp` drawn in until no place lies outside the source, or None if that is far."""
    half = np.array([width / 2, height / 2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    for kept in np.linspace(1, MIN_KEPT, 91):
        places = (corners * kept + half).reshape(-1, 1, 2)
        source = cv2.perspectiveTransform(places, warp).reshape(-1, 2)
        if (source >= 0).all() and (source <= [width, height]).all():
            offset = half * (1 - kept)
            inner = np.array([[kept, 0, offset[0]], [0, kept, offset[1]], [0, 0, 1]])
            return np.asarray(warp @ inner, np.float64)
    return None
