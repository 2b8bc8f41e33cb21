"""Front Door: A major, four four in sixteenths, 112 beats a minute; opening, AABA, BA, a stop."""

from video.music.band import BELL, BRUSH, GUITAR, KICK, PAD, PIANO, SHAKER, SUB, Part
from video.music.lines import held, melody, pattern
from video.music.score import Passage, Score
from video.music.track import Track

HOME = "Aadd9 | E/G# | F#m7 Dadd9 | E7sus"
LAST, STOP = "Aadd9 | E/G# | F#m7 Dadd9", "E7sus"
AWAY = "Dmaj7 | E | C#m7 F#m7 | Bm7 E7sus"

STRUMMED = pattern("*-.^.^*.^.*.^.^.", "*-.^.^*.^.*.^^^.")
STABS = pattern("..^-..^-..^-..^.", "..^-..^-..^-^-^.")
FOUR = pattern("x...x...x...x...")
CLAPS = pattern("....x.......x...", "....x.......x.o.")
SHAKEN = pattern("o.x.o.x.o.x.o.xo")
LOW = pattern("B-.B..O.B-.B..F.", "B-.B..O.B-.B..A.")
TUNE = melody(
    "C#5:2 E5:2 r:2 F#5:2 E5:4 C#5:4 | B4:2 E5:2 r:2 F#5:2 G#5:4 E5:4"
    " | A5:3 G#5:3 F#5:2 F#5:2 E5:2 F#5:4 | E5:6 B4:2 E5:8"
)
HIGHER = melody(
    "C#5:2 E5:2 r:2 F#5:2 E5:4 A5:4 | G#5:2 E5:2 r:2 F#5:2 G#5:4 B5:4"
    " | A5:3 G#5:3 F#5:2 E5:2 F#5:2 A5:4 | B5:6 A5:2 B5:8"
)
ENDING = melody(
    "C#5:2 E5:2 r:2 F#5:2 E5:4 A5:4 | G#5:2 E5:2 r:2 F#5:2 G#5:4 B5:4"
    " | A5:3 G#5:3 F#5:2 E5:2 F#5:2 A5:4"
)
BRIDGE = melody(
    "F#5:4 A5:4 C#6:6 A5:2 | B5:4 G#5:4 E5:8 | E5:2 G#5:2 B5:4 A5:4 C#5:4 | D5:4 F#5:4 E5:8"
)
LIFT = melody("r:8 C#6:4 A5:4 | r:8 B5:8 | r:8 E6:8 | r:8 D6:4 B5:4")

STRUM = {"guitar": STRUMMED, "shaker": SHAKEN}
DRIVE = {**STRUM, "kick": FOUR, "sub": LOW, "brush": CLAPS}
FULL = {**DRIVE, "pad": held, "keys": STABS}
STOPPED = {
    "guitar": pattern("*---............"),
    "keys": pattern("^---............"),
    "piano": melody("B5:4 r:12"),
    "sub": pattern("B---............"),
    "kick": pattern("x..............."),
}

TRACK = Track(
    key="front-door",
    name="Front Door",
    category="upbeat",
    mood="energetic",
    score=Score(
        bpm=112,
        beats=4,
        grid=4,
        passages=(
            Passage(chords=HOME, level=0.8, lines={**STRUM, "keys": STABS}),
            Passage(chords=HOME, level=0.88, lines={**DRIVE, "piano": TUNE}),
            Passage(chords=HOME, level=0.92, lines={**FULL, "piano": HIGHER}),
            Passage(
                chords=AWAY,
                level=0.85,
                lines={"guitar": STRUMMED, "pad": held, "sub": LOW, "piano": BRIDGE, "kick": FOUR},
            ),
            Passage(chords=HOME, level=0.95, lines={**FULL, "piano": TUNE, "bell": TUNE}),
            Passage(chords=AWAY, level=1.0, lines={**FULL, "piano": BRIDGE, "bell": LIFT}),
            Passage(chords=LAST, level=1.0, lines={**FULL, "piano": ENDING, "bell": ENDING}),
            Passage(chords=STOP, level=0.95, lines=STOPPED),
        ),
    ),
    parts={
        "guitar": Part(
            instrument=GUITAR, gain_db=-6, room_db=-14, pan=-0.35, spread=0.2, strum_ms=7
        ),
        "keys": Part(instrument=PIANO, gain_db=-7, room_db=-10, pan=0.4, spread=0.3),
        "piano": Part(instrument=PIANO, gain_db=1, room_db=-9, spread=0.4),
        "pad": Part(instrument=PAD, gain_db=-25, room_db=-8),
        "sub": Part(instrument=SUB, gain_db=-15, room_db=-40, loose=0.3),
        "bell": Part(instrument=BELL, gain_db=-20, room_db=-4, pan=0.2),
        "kick": Part(instrument=KICK, gain_db=-7, room_db=-24, loose=0.15),
        "brush": Part(instrument=BRUSH, gain_db=-4, room_db=-8, pan=0.05, loose=0.3),
        "shaker": Part(instrument=SHAKER, gain_db=-5, room_db=-14, pan=0.45, loose=0.4),
    },
)
