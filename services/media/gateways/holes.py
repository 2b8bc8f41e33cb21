"""Where the holes of a mask are: which are narrow, and which are filled together."""

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]  # rows, columns; True where the picture is to change
Area = tuple[slice, slice]  # rows, columns
Box = tuple[int, int, int, int]  # top, bottom, left, right; the second and fourth lie outside

NARROW_PX = 12
ROOM_PX = 16  # around a hole, beside as much again as it is long
MAX_AREAS = 8  # each is a process of its own


def narrow(mask: Mask) -> Mask:
    """Return what of the mask lies in holes that are nowhere as wide as `NARROW_PX`."""
    marks = mask.astype(np.uint8)
    number, found = cv2.connectedComponents(marks)
    labels = np.asarray(found, np.intp)
    depth = cv2.distanceTransform(marks, cv2.DIST_L2, cv2.DIST_MASK_5)
    deepest = np.zeros(number)
    np.maximum.at(deepest, labels[mask], depth[mask])
    return np.asarray(mask & (2 * deepest < NARROW_PX)[labels])


def areas(mask: Mask) -> list[Area]:
    """Return parts of the picture, each with some of the holes and room around them.

    No hole reaches into another's part: nothing is filled from what is to go as well.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    boxes = [
        (top, top + rows, left, left + cols) for left, top, cols, rows, _ in stats[1:].tolist()
    ]
    if len(boxes) > MAX_AREAS:
        boxes = [_both(*boxes)]
    while met := next((pair for pair in combinations(boxes, 2) if _meet(*map(_roomy, pair))), None):
        boxes = [box for box in boxes if box not in met] + [_both(*met)]
    return [_area(_roomy(box), mask) for box in boxes]


def around(mask: Mask, room_px: int) -> Area:
    """Return the part of the picture that holds all that is marked, and room around it."""
    left, top, columns, rows = cv2.boundingRect(mask.astype(np.uint8))
    box = (top - room_px, top + rows + room_px, left - room_px, left + columns + room_px)
    return _area(box, mask)


def _both(*boxes: Box) -> Box:
    tops, bottoms, lefts, rights = zip(*boxes, strict=True)
    return min(tops), max(bottoms), min(lefts), max(rights)


def _roomy(box: Box) -> Box:
    top, bottom, left, right = box
    room = max(bottom - top, right - left) + ROOM_PX
    return top - room, bottom + room, left - room, right + room


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _area(box: Box, mask: Mask) -> Area:
    top, bottom, left, right = box
    return slice(max(0, top), min(bottom, len(mask))), slice(max(0, left), min(right, len(mask[0])))
