"""How a part's line is written: as a melody, as a pattern over the chords, or as chords held."""

from dataclasses import replace

from video.music.harmony import pitch
from video.music.score import Ground, Line, Note, Span

BASS = 29  # F1: bass notes lie in the octave from there
STROKES = {"o": 0.55, "x": 1.0}
STACKS = {"*": (0, 1, 2, 3), "^": (1, 2, 3), "v": (0, 1), "=": (2, 3)}


def melody(text: str, *, up: int = 0) -> Line:
    """Return the line of words such as `Eb5:3 r:1 F5:4 | _:8`: pitch, rest or tie, and units.

    All of it `up` semitones higher. A bar that does not add up is a `ValueError`.
    """

    def line(ground: Ground) -> list[Note]:
        notes: list[Note] = []
        at = 0
        for bar in text.split("|"):
            for word in bar.split():
                name, _, units = word.partition(":")
                if name == "_":
                    notes[-1] = _longer(notes[-1], int(units))
                elif name != "r":
                    note = Note(at=at, units=int(units), pitch=pitch(name) + up, strength=0.9)
                    notes.append(note)
                at += int(units)
            if at % ground.bar:
                raise ValueError(f"a bar does not add up: {bar!r}")
        if at != ground.units:
            raise ValueError(f"{at} units of melody over {ground.units} of chords: {text!r}")
        return notes

    return line


def pattern(*bars: str) -> Line:
    """Return the line of bars with one letter a unit, which come in turn.

    `0` to `7`: a voice of the chord, from the fourth on an octave up. `*` `^` `v` `=`: all voices,
    the upper three, the lower and the upper two. `B` `F` `O`: bass, its fifth, its octave; `A`: a
    semitone below the next bass. `x` `o`: a stroke, a light one. `-` holds on, `.` is silent.
    A bar of another length than the metre's is a `ValueError`.
    """

    def line(ground: Ground) -> list[Note]:
        notes: list[Note] = []
        for number in range(ground.units // ground.bar):
            letters = bars[number % len(bars)]
            if len(letters) != ground.bar:
                raise ValueError(f"a bar has {ground.bar} units: {letters!r}")
            for n, letter in enumerate(letters):
                if letter not in ".-":
                    after = letters[n + 1 :]
                    held = 1 + len(after) - len(after.lstrip("-"))
                    at = number * ground.bar + n
                    notes += _struck(letter, ground.under(at), at, held)
        return notes

    return line


def held(ground: Ground) -> list[Note]:
    """Hold every chord as long as it lasts; a tone that stays is not struck again."""
    notes: list[Note] = []
    for span in ground.spans:
        sounding = {each.pitch: n for n, each in enumerate(notes) if _ends(each) == span.at}
        for each in span.voices:
            if each in sounding:
                notes[sounding[each]] = _longer(notes[sounding[each]], span.units)
            else:
                notes.append(Note(at=span.at, units=span.units, pitch=each, strength=0.8))
    return notes


def _struck(letter: str, span: Span, at: int, units: int) -> list[Note]:
    """Return the notes that a letter of a pattern stands for."""
    if letter in STROKES:
        return [Note(at=at, units=units, pitch=0, strength=STROKES[letter])]
    low, after = (BASS + (each - BASS) % 12 for each in (span.chord.bass, span.next_bass))
    basses = {"B": low, "F": low + 7, "O": low + 12, "A": after - 1}
    if letter in basses:
        return [Note(at=at, units=units, pitch=basses[letter], strength=0.85)]
    return [
        Note(
            at=at,
            units=units,
            pitch=span.voices[voice % 4] + 12 * (voice // 4),
            strength=0.75,
            nth=nth,
        )
        for nth, voice in enumerate(STACKS[letter] if letter in STACKS else (int(letter),))
    ]


def _longer(note: Note, units: int) -> Note:
    return replace(note, units=note.units + units)


def _ends(note: Note) -> int:
    return note.at + note.units
