"""Strings: felt piano and guitar, after Karplus and Strong.

Their loop (a delay, what is lost in a turn, and the stiffness that sharpens upper partials) is
evaluated in closed form on the frequencies of the sound's length: in tune to any fraction of a
sample, and a few milliseconds of work. What strikes the string, where, and the body behind it are
factors of the same spectrum.
"""

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chassis.domain import value
from video.music.circle import RATE, Samples, Stereo, noise

SIZE = 2**18  # samples of a sound: 5.5 s, by when every string has died away
RISE, FALL = 96, 24_000  # samples: what is not quite silent where the spectrum's circle meets
TOP_HZ = 10_000.0  # above it no string sounds
SMOOTH_HZ = 8_000.0  # about which even the hardest blow is round
BODY = 8_192  # samples that a body goes on for
STRUCK_S = 0.003  # from the start of the sound to the middle of the blow
LEVEL, LEVELLED_S = 0.1, 0.5  # every sound's root mean square, and over which time

Spectrum: TypeAlias = NDArray[np.complex128]


@value
class Body:
    """What the string makes sound: modes in Hz with their gain, and a cloud of many more."""

    modes: tuple[tuple[float, float], ...]
    cloud: float
    seed: int


@value
class Strung:
    """A stringed instrument.

    `loss` a second, at low pitches, and what a kilohertz adds to it by pitch and (squared) by
    partial; `stiffness` at C4; `place` where it is struck, of its length; `softest` and `hardest`
    the blow's upper limit in Hz; `beating` in cents between what makes up a note; `thump` how much
    of the blow itself is heard.
    """

    loss: float
    loss_pitch: float
    loss_partial: float
    stiffness: float
    place: float
    softest: float
    hardest: float
    beating: float
    thump: float
    body: Body


FELT_PIANO = Strung(
    loss=0.75,
    loss_pitch=0.9,
    loss_partial=0.38,
    stiffness=3e-4,
    place=0.118,
    softest=420,
    hardest=1_900,
    beating=0.9,
    thump=0.35,
    body=Body(
        modes=((92, 0.5), (141, 0.4), (208, 0.35), (311, 0.25), (460, 0.2)), cloud=0.7, seed=110
    ),
)
GUITAR = Strung(
    loss=1.3,
    loss_pitch=1.8,
    loss_partial=0.35,
    stiffness=4e-5,
    place=0.23,
    softest=900,
    hardest=2_600,
    beating=0.3,
    thump=0.15,
    body=Body(
        modes=((98, 0.9), (204, 0.8), (262, 0.5), (392, 0.45), (550, 0.3), (780, 0.2)),
        cloud=0.35,
        seed=120,
    ),
)


def sounded(strung: Strung, pitch: int, hardness: float) -> Stereo:
    """Return a note of `SIZE` samples that rings until it has died away."""
    hz = 440 * 2 ** ((pitch - 69) / 12)
    string = _string(strung, hz) * _blow(strung, hz, hardness)
    sound = np.stack([_heard(string * side) for side in _body(strung.body)])
    sound *= LEVEL / np.sqrt(np.mean(sound[:, : int(LEVELLED_S * RATE)] ** 2))
    return sound + LEVEL * strung.thump * _thump(strung.body)


@lru_cache(maxsize=1)  # notes come sorted by pitch: one string after another, struck as often
def _string(strung: Strung, hz: float) -> Spectrum:
    """Return what a string does: one tone in two parts, of which one dies away sooner."""
    soon = _loop(strung, hz, strung.beating / 2, 1.7)
    return np.asarray(0.65 * soon + 0.35 * _loop(strung, hz, -strung.beating / 2, 0.8))


def _loop(strung: Strung, hz: float, cents: float, faster: float) -> Spectrum:
    hz *= 2 ** (cents / 1200)
    kilohertz = _frequencies() / 1000
    lost = strung.loss + strung.loss_pitch * hz / 1000 + strung.loss_partial * kilohertz**2
    turn = np.exp(-faster * lost / hz - 2j * np.pi * _partial(strung, hz))
    return np.asarray(1 / (1 - turn), complex)


def _blow(strung: Strung, hz: float, hardness: float) -> Spectrum:
    """Return a blow: rounder the softer it is, and silent where a partial has a knot."""
    knots = 1 - np.exp(-2j * np.pi * _partial(strung, hz) * strung.place)
    limit = strung.softest * (strung.hardest / strung.softest) ** hardness
    soft = np.exp(-((_frequencies() / SMOOTH_HZ) ** 2))  # no edge is heard where the spectrum ends
    return np.asarray(knots * soft / (1 + (_frequencies() / limit) ** 2) * _delay(STRUCK_S))


@lru_cache(maxsize=3)
def _partial(strung: Strung, hz: float) -> Samples:
    """Return which partial, and what fraction, each frequency is: stiff ones come too early."""
    stiff = strung.stiffness * (hz / 261.6) ** 1.5
    bent = np.sqrt(1 + 4 * stiff * (_frequencies() / hz) ** 2) - 1
    return np.asarray(np.sqrt(bent / (2 * stiff)))


def _heard(spectrum: Spectrum) -> Samples:
    """Return the sound of a spectrum, from silence on."""
    sound = np.fft.irfft(np.pad(spectrum, (0, SIZE // 2 + 1 - len(spectrum))), SIZE)
    sound[:RISE] *= np.linspace(0, 1, RISE)
    sound[-FALL:] *= np.linspace(1, 0, FALL)
    return sound


@lru_cache(maxsize=1)
def _frequencies() -> Samples:
    return np.arange(int(TOP_HZ * SIZE / RATE)) * (RATE / SIZE)


def _delay(seconds: float) -> Spectrum:
    return np.asarray(np.exp(-2j * np.pi * _frequencies() * seconds))


@lru_cache(maxsize=2)
def _body(body: Body) -> tuple[Spectrum, Spectrum]:
    """Return what the body does, on the left and, a little otherwise, on the right."""
    seconds = np.arange(BODY) / RATE
    both = noise(body.seed, BODY)
    sides = []
    for side in (0, 1):
        cloud = (both + 0.5 * noise(body.seed + 1 + side, BODY)) * np.exp(-seconds / 0.014)
        answer = body.cloud * np.convolve(cloud, np.full(6, 1 / 6), "same") * 0.12
        for hz, gain in body.modes:
            shifted = hz * (1.01 if side else 0.99)
            answer += gain * 0.01 * np.sin(2 * np.pi * shifted * seconds) * np.exp(-seconds * 24)
        answer[0] += 1
        sides.append(np.fft.rfft(answer, SIZE)[: len(_frequencies())])
    return sides[0], sides[1]


@lru_cache(maxsize=2)
def _thump(body: Body) -> Stereo:
    """Return what is heard of the blow itself through the body, with a peak of 1."""
    low = _frequencies() / 140
    blow = low**2 * np.exp(-(low**2)) * _delay(STRUCK_S)
    sound = np.stack([_heard(blow * side) for side in _body(body)])
    return np.asarray(sound / np.abs(sound).max())
