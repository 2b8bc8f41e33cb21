"""The band: its instruments, and how a part plays its notes as people do."""

import zlib
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

import numpy as np

from chassis.domain import value
from video.music import strings, tones
from video.music.circle import RATE, Circle, Samples, Stereo, place, silence
from video.music.score import Note
from video.music.strings import Strung

LOOSE_MS = 12.0  # no note is further from its time
UNEVEN = 0.08  # nor its strength, of itself, from what is written
TOUCHES = 3  # in so many steps an instrument's colour follows the strength
MIDDLE, SPREAD = 62, 24  # pitches are spread about D4, two octaves to each side


@value
class Instrument:
    """What sounds, by pitch, hardness (0 to 1) and samples; and how a note begins and ends.

    A note that is not `damped` rings for `rings_s` seconds, whatever is written.
    """

    sound: Callable[[int, float, int], Stereo]
    attack_s: float = 0.0
    release_s: float = 0.05
    rings_s: float = 8.0
    damped: bool = True


@value
class Part:
    """One player: the instrument, how loud it is and how loud in the room, both in dB.

    `pan` is from -1 to 1, and `spread` how far pitches lie beside it; `loose` is how much of 12 ms
    its timing may stray; `strum_ms` lies between the strings of a chord.
    """

    instrument: Instrument
    gain_db: float
    room_db: float
    pan: float = 0.0
    spread: float = 0.0
    loose: float = 1.0
    strum_ms: float = 0.0


def _strung(strung: Strung, pitch: int, hardness: float, samples: int) -> Stereo:
    return strings.sounded(strung, pitch, hardness)[:, :samples]


PIANO = Instrument(sound=partial(_strung, strings.FELT_PIANO), release_s=0.28, rings_s=5.4)
GUITAR = Instrument(sound=partial(_strung, strings.GUITAR), release_s=0.12, rings_s=5.4)
PAD = Instrument(sound=tones.saws, attack_s=0.7, release_s=1.4, rings_s=30.0)
SUB = Instrument(sound=tones.sub, attack_s=0.012, release_s=0.09)
BELL = Instrument(sound=tones.bell, rings_s=4.0, damped=False)
KICK = Instrument(sound=tones.kick, rings_s=0.9, damped=False)
BRUSH = Instrument(sound=tones.brush, rings_s=0.6, damped=False)
SHAKER = Instrument(sound=tones.shaker, rings_s=0.2, damped=False)


def performed(part: Part, name: str, notes: Sequence[Note], unit: float) -> Circle:
    """Return a part's sound, `unit` samples to a unit of its notes; `name` seeds what strays.

    All of it comes 12 ms late, so that no note begins before the piece does.
    """
    stray = np.random.RandomState(zlib.crc32(name.encode())).random_sample((len(notes), 2)) * 2 - 1
    strengths = [n.strength * (1 + UNEVEN * by) for n, (_, by) in zip(notes, stray, strict=True)]
    times = [
        note.at * unit + RATE / 1000 * (LOOSE_MS * (1 + part.loose * by) + part.strum_ms * note.nth)
        for note, (by, _) in zip(notes, stray, strict=True)
    ]
    sound = silence()
    # Every pitch is made once for each touch: sorted, so that no more than one is ever kept.
    alike = sorted((note.pitch, _touch(strengths[n]), n) for n, note in enumerate(notes))
    for (pitch, touch), those in groupby(alike, key=lambda each: each[:2]):
        numbers = [n for *_, n in those]
        lengths = [_samples(part.instrument, notes[n], unit) for n in numbers]
        made = part.instrument.sound(pitch, touch / (TOUCHES - 1), max(lengths))
        made = made * _panned(part, pitch)[:, None]
        for n, samples in zip(numbers, lengths, strict=True):
            heard = _shaped(part.instrument, made[:, :samples])
            place(sound, round(times[n]), heard * strengths[n] ** 1.5)
    return sound


def _touch(strength: float) -> int:
    return min(TOUCHES - 1, int(strength * TOUCHES))


def _samples(instrument: Instrument, note: Note, unit: float) -> int:
    """Return how long a note is heard."""
    rings = round(instrument.rings_s * RATE)
    written = round(note.units * unit + instrument.release_s * RATE)
    return min(rings, written) if instrument.damped else rings


def _panned(part: Part, pitch: int) -> Samples:
    """Return the gains of both sides, of equal power: low pitches lie left of high ones."""
    away = part.spread * (pitch - MIDDLE) / SPREAD if part.spread else 0.0
    angle = (1 + np.clip(part.pan + away, -1, 1)) * np.pi / 4
    return np.asarray(np.sqrt(2) * np.array([np.cos(angle), np.sin(angle)]))


def _shaped(instrument: Instrument, made: Stereo) -> Stereo:
    """Return a note with its beginning and its end, neither longer than half of it."""
    heard, half = made.copy(), made.shape[1] // 2
    attack = min(round(instrument.attack_s * RATE), half)
    release = min(round(instrument.release_s * RATE), half)
    heard[:, :attack] *= _rise(attack)
    heard[:, made.shape[1] - release :] *= _rise(release)[::-1]
    return heard


def _rise(samples: int) -> Samples:
    return 0.5 - 0.5 * np.cos(np.pi * np.arange(samples) / max(1, samples))
