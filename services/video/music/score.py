"""A piece on paper: passages of bars over chords, each part's line, and the notes of it all.

Time is counted in units, `grid` of which make a beat: in eighths, sixteenths or triplets, so that
every duration is a whole number.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import accumulate

from chassis.domain import value
from video.music.harmony import Chord, chord, led

ARCH_BARS = 4  # of a phrase: it swells towards its middle


@value
class Note:
    """From `at`, for `units`; `strength` from 0 to 1; `nth` of the notes struck together."""

    at: int
    units: int
    pitch: int
    strength: float
    nth: int = 0


@value
class Span:
    """A chord, its voices from below, and the units it lasts; what the next bass is."""

    at: int
    units: int
    chord: Chord
    voices: tuple[int, ...]
    next_bass: int


@value
class Ground:
    """The harmony of one passage, from its start, and its metre: units to a bar."""

    spans: tuple[Span, ...]
    bar: int

    @property
    def units(self) -> int:
        """How long the passage is."""
        return sum(each.units for each in self.spans)

    def under(self, at: int) -> Span:
        """Return the chord that sounds at a unit of the passage."""
        return next(each for each in self.spans if each.at <= at < each.at + each.units)


Line = Callable[[Ground], list[Note]]


@value
class Passage:
    """Some bars: chords, with `|` between bars; how loud; and what each part plays."""

    chords: str
    level: float
    lines: Mapping[str, Line]


@value
class Score:
    """A piece: beats a minute, beats to a bar, units to a beat, and its passages in order."""

    bpm: int
    beats: int
    grid: int
    passages: tuple[Passage, ...]

    @property
    def units(self) -> int:
        """How long the piece is."""
        bars = sum(each.chords.count("|") + 1 for each in self.passages)
        return bars * self.beats * self.grid


def played(score: Score) -> dict[str, list[Note]]:
    """Return the notes of each part, from the start of the piece, with their accents.

    Raises:
        ValueError: a chord or a pitch is none, or a bar does not add up.
    """
    notes: dict[str, list[Note]] = {}
    start = 0
    for passage, ground in zip(score.passages, _grounds(score), strict=True):
        for part, line in passage.lines.items():
            notes.setdefault(part, []).extend(
                replace(
                    note,
                    at=start + note.at,
                    strength=note.strength * passage.level * _accent(note.at, ground, score.grid),
                )
                for note in line(ground)
            )
        start += ground.units
    return notes


def _grounds(score: Score) -> list[Ground]:
    """Return the harmony of each passage, led through the whole piece and round to its start."""
    bar = score.beats * score.grid
    passages = [_timed(passage.chords, bar) for passage in score.passages]
    flat = [each for passage in passages for each, _ in passage]
    led_on = zip(led(flat), [*flat[1:], flat[0]], strict=True)
    grounds = []
    for passage in passages:
        starts = accumulate((units for _, units in passage), initial=0)
        spans = [
            Span(at=at, units=units, chord=each, voices=voices, next_bass=after.bass)
            for at, (each, units), (voices, after) in zip(starts, passage, led_on, strict=False)
        ]
        grounds.append(Ground(spans=tuple(spans), bar=bar))
    return grounds


def _timed(chords: str, bar: int) -> list[tuple[Chord, int]]:
    """Return chords with their units: those of one bar share it."""
    bars = [each.split() for each in chords.split("|")]
    return [(chord(symbol), bar // len(one)) for one in bars for symbol in one]


def _accent(at: int, ground: Ground, grid: int) -> float:
    """Return the weight of a place: bar, beat or off-beat, under the arch of the phrase."""
    weight = 1.0 if at % ground.bar == 0 else 0.93 if at % grid == 0 else 0.82
    phrase = ARCH_BARS * ground.bar
    along = at % phrase / phrase
    return weight * (0.9 + 0.4 * along * (1 - along))
