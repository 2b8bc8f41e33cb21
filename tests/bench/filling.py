"""Filling: what a mask marks is taken out of a photograph of twelve megapixels, a seventh of it."""

import resource
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np

from gateways.pictures import Pixels
from media.gateways.inpainting import inpaint
from unit.stages.known_holes import Mask, hole, photograph

SIZE = (2828, 4242)  # pixels across and down
SHARE = (0.5, 0.5, 0.25, 0.19)
MEGAPIXELS = SIZE[0] * SIZE[1] / 1e6


def contest() -> Mapping[str, Callable[[], float]]:
    """Return what fills the hole and gives the seconds of processor that it took."""
    floor = cv2.resize(photograph("pexels-7303782", 2880), SIZE, interpolation=cv2.INTER_CUBIC)
    pixels = np.asarray(floor, np.uint8)
    mask = hole(pixels, *SHARE)
    return {"inpaint": lambda: _seconds(pixels, mask)}


def _seconds(pixels: Pixels, mask: Mask) -> float:
    started = _used()
    with tempfile.TemporaryDirectory() as work:
        inpaint(pixels, mask, Path(work))
    return _used() - started


def _used() -> float:
    """Return the processor's seconds of this process and of those that it has waited for."""
    of = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in of)
