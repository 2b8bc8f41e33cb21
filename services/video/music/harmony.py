"""Pitches, chords, and how the voices of one chord lead to those of the next.

A pitch is a MIDI number (60 is C4, 69 is A4 of 440 Hz).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from chassis.domain import value

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# Above the root, the least needed first: it is left out where there are more tones than voices.
QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "6": (7, 0, 4, 9),
    "m6": (7, 0, 3, 9),
    "7": (7, 0, 4, 10),
    "m7": (7, 0, 3, 10),
    "maj7": (7, 0, 4, 11),
    "m7b5": (0, 3, 6, 10),
    "sus": (0, 5, 7),
    "7sus": (7, 0, 5, 10),
    "add9": (7, 0, 4, 2),
    "madd9": (7, 0, 3, 2),
    "9": (0, 7, 4, 10, 2),
    "m9": (0, 7, 3, 10, 2),
    "maj9": (0, 7, 4, 11, 2),
    "9sus": (0, 7, 5, 10, 2),
    "13sus": (0, 7, 5, 10, 9),
}
CHORD = re.compile(r"([A-G][#b]?)([a-z0-9]*)(?:/([A-G][#b]?))?")
PITCH = re.compile(r"([A-G][#b]?)(\d)")
VOICES = 4
RANGE = (52, 74)  # of the voicings: E3 to D5
MIDDLE = 62
FARTHEST = 9  # from voice to voice


@value
class Chord:
    """Pitch classes: all of them, the least needed first; the root; and what the bass has."""

    tones: tuple[int, ...]
    root: int
    bass: int


def pitch(text: str) -> int:
    """Return the pitch of a name like `Eb5`; raise `ValueError` for anything else."""
    if not (found := PITCH.fullmatch(text)):
        raise ValueError(f"no pitch: {text!r}")
    return _pitch_class(found[1]) % 12 + 12 * (int(found[2]) + 1)


def chord(text: str) -> Chord:
    """Return the chord of a symbol like `F#m7/E`; raise `ValueError` for anything else."""
    if not (found := CHORD.fullmatch(text)) or found[2] not in QUALITIES:
        raise ValueError(f"no chord: {text!r}")
    root = _pitch_class(found[1]) % 12
    tones = tuple((root + above) % 12 for above in QUALITIES[found[2]])
    return Chord(tones=tones, root=root, bass=_pitch_class(found[3] or found[1]) % 12)


def led(chords: Sequence[Chord]) -> list[tuple[int, ...]]:
    """Return a voicing for each chord, so that all voices together move as little as they can.

    The last leads back to the first: the music goes round.
    """
    first = min(_voicings(chords[0]), key=_strain)
    best = {first: (0.0, [first])}
    for each in chords[1:]:
        best = {to: _cheapest(best, to) for to in _voicings(each)}
    return _cheapest(best, first)[1][:-1]


Ways = dict[tuple[int, ...], tuple[float, list[tuple[int, ...]]]]


def _cheapest(ways: Ways, to: tuple[int, ...]) -> tuple[float, list[tuple[int, ...]]]:
    def cost(one: tuple[int, ...]) -> float:
        return ways[one][0] + _motion(one, to) + _strain(to)

    before = min(ways, key=cost)
    return cost(before), [*ways[before][1], to]


def _motion(one: Sequence[int], two: Sequence[int]) -> float:
    """Return how far the voices move; outer voices in parallel octaves or fifths cost more."""
    moved = float(sum(abs(a - b) for a, b in zip(one, two, strict=True)))
    outer = (one[-1] - one[0]) % 12
    parallel = one[0] != two[0] and outer in (0, 7) and outer == (two[-1] - two[0]) % 12
    return moved + 4 * parallel


def _strain(voicing: Sequence[int]) -> float:
    """Return how far a voicing lies from the middle, and how muddy it is below."""
    away = abs(sum(voicing) / len(voicing) - MIDDLE)
    close = sum(b - a < 3 for a, b in pairwise(voicing))
    return 0.5 * away + close + 2.0 * (voicing[1] - voicing[0] < 3)


def _voicings(of: Chord) -> Iterator[tuple[int, ...]]:
    """Yield all voicings within the range: each tone there, none far from the next."""
    tones = set(of.tones[-VOICES:])
    pitches = [each for each in range(RANGE[0], RANGE[1] + 1) if each % 12 in tones]
    for voicing in combinations(pitches, VOICES):
        near = all(b - a <= FARTHEST for a, b in pairwise(voicing))
        if near and {each % 12 for each in voicing} == tones:
            yield voicing


def _pitch_class(name: str) -> int:
    return SEMITONES[name[0]] + {"": 0, "#": 1, "b": -1}[name[1:]]
