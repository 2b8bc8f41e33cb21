"""Sound on a circle: what rings on after the end is heard at the start, so that a loop has no seam.

A `Circle` holds a whole piece, two rows of float64 at 48 kHz. Filters and reverberation are
products of spectra, which go round by nature. Only exact or well-conditioned operations are used,
so that what differs between processors stays far below the last bit that is kept.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
SECONDS = 60
LENGTH = RATE * SECONDS

Samples: TypeAlias = NDArray[np.floating]
Stereo: TypeAlias = Samples  # of shape (2, n)
Circle: TypeAlias = Samples  # of shape (2, LENGTH)
Response: TypeAlias = Callable[[Samples], Samples]  # of frequencies in Hz


def silence() -> Circle:
    """Return a piece without a sound."""
    return np.zeros((2, LENGTH))


def place(circle: Circle, at: int, sound: Stereo) -> None:
    """Add a sound at a sample; what passes the end goes on at the start."""
    at %= LENGTH
    room = LENGTH - at
    circle[:, at : at + sound.shape[1]] += sound[:, :room]
    if sound.shape[1] > room:
        circle[:, : sound.shape[1] - room] += sound[:, room:]


def filtered(row: Samples, response: Response) -> Samples:
    """Return one side of a piece with its frequencies weighed by `response`, without delay."""
    spectrum = np.fft.rfft(row)
    spectrum *= response(np.fft.rfftfreq(LENGTH, 1 / RATE))
    return np.fft.irfft(spectrum, LENGTH)


def low_pass(hz: float, order: int = 1) -> Response:
    """Return a response that falls by 6 dB an octave and order above `hz`."""
    return lambda f: (1 + (f / hz) ** 2) ** (-order / 2)


def high_pass(hz: float, order: int = 1) -> Response:
    """Return a response that falls by 6 dB an octave and order below `hz`."""
    return lambda f: (f / hz) ** order * (1 + (f / hz) ** 2) ** (-order / 2)


def slow(levels: Samples, back: int, on: int) -> Samples:
    """Return levels averaged over `back` before and `on` after each, round the circle."""
    total = np.cumsum(np.concatenate([levels[len(levels) - back :], levels, levels[:on]]))
    total = np.concatenate([[0.0], total])
    width = back + on + 1
    return np.asarray((total[width:] - total[:-width]) / width)


def noise(seed: int, *shape: int) -> Samples:
    """Return white noise from -1 to 1, for ever the same: `RandomState` is frozen."""
    return np.random.RandomState(seed).random_sample(shape) * 2 - 1
