"""Detail for what was filled in a small copy: texture and grain from where it is known.

A place of the filling looks like some place that is known, and is given what the copy has lost of
that one. Which one is found as PatchMatch does (Barnes et al., SIGGRAPH 2009): by trying what
neighbours have found, and by chance.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from gateways.pictures import Pixels
from media.gateways.holes import Mask

Places = NDArray[np.intp]  # two rows: y, x

RADIUS = 2  # px: places look alike where the 5 x 5 pixels around them do
ROUNDS = 6
STEPS_PX = (8, 4, 2, 1, 1)  # to the neighbours that are asked


def enlarged(filled: Pixels, coarse: Pixels, holes: Mask, pixels: Pixels, seed: int) -> Pixels:
    """Return a filled copy at full size, with detail in its holes.

    `coarse` is `pixels` made smaller by a whole factor, `filled` the same with `holes` filled.
    """
    scale = len(pixels) // len(coarse)
    large = _as_large(filled, pixels)
    if scale == 1:
        return large
    lost = pixels - _as_large(coarse, pixels).astype(np.int16)
    y, x = np.nonzero(np.kron(holes, np.ones((scale, scale), bool)))
    way = np.zeros((2, *holes.shape), np.intp)
    way[:, holes] = scale * (_Search(filled, holes, seed).run() - np.nonzero(holes))
    down, right = way[:, y // scale, x // scale]
    large[y, x] = np.clip(large[y, x] + lost[y + down, x + right], 0, 255)
    return large


def _as_large(copy: Pixels, pixels: Pixels) -> Pixels:
    size = pixels.shape[1::-1]
    return np.asarray(cv2.resize(copy, size, interpolation=cv2.INTER_CUBIC), np.uint8)


class _Search:
    """For each place in the holes the known one, so far, that looks most like it."""

    def __init__(self, filled: Pixels, holes: Mask, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.looks = _looks(filled)
        # Beside a hole a copy's place has lost what the enlarging mixed with the hole.
        far = cv2.erode((~holes).astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
        self.known = far if far.any() else ~holes
        self.places = np.array(np.nonzero(holes))
        self.number = np.full(holes.shape, -1)
        self.number[holes] = np.arange(self.places.shape[1])
        every = np.array(np.nonzero(self.known))
        self.found = every[:, self.chance.integers(every.shape[1], size=self.places.shape[1])]
        self.unlike = self._unlike(np.arange(self.places.shape[1]), self.found)

    def run(self) -> Places:
        """Return what was found after all rounds."""
        for _ in range(ROUNDS):
            for step in STEPS_PX:
                for toward in ((0, step), (0, -step), (step, 0), (-step, 0)):
                    self._ask(np.array(toward)[:, None])
            reach = max(self.known.shape)
            while reach:
                by = self.chance.integers(-reach, reach + 1, size=self.found.shape)
                self._try(self.found + by)
                reach //= 2
        return self.found

    def _ask(self, toward: Places) -> None:
        """Try what the neighbours in one direction have found, moved as they lie apart."""
        there = self._within(self.places + toward)
        self._try(self.found[:, self.number[tuple(there)]] + self.places - there)

    def _try(self, tried: Places) -> None:
        tried = self._within(tried)
        which = np.nonzero(self.known[tuple(tried)])[0]
        unlike = self._unlike(which, tried[:, which])
        better = unlike < self.unlike[which]
        which = which[better]
        self.found[:, which], self.unlike[which] = tried[:, which], unlike[better]

    def _within(self, places: Places) -> Places:
        height, width = self.known.shape
        return np.clip(places, 0, [[height - 1], [width - 1]])

    def _unlike(self, which: Places, places: Places) -> NDArray[np.float32]:
        """Return by how much some places in the holes differ from others, squared."""
        apart = self.looks[tuple(self.places[:, which])] - self.looks[tuple(places)]
        return np.asarray(np.einsum("ij,ij->i", apart, apart), np.float32)


def _looks(pixels: Pixels) -> NDArray[np.float32]:
    """Return for each place the colours of all pixels around it."""
    rows, columns = pixels.shape[:2]
    around = ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0))
    wide = np.pad(pixels, around, "reflect").astype(np.float32)
    steps = range(2 * RADIUS + 1)
    return np.concatenate([wide[y : y + rows, x : x + columns] for y in steps for x in steps], 2)
