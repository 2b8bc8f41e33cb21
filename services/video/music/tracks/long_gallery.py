"""Long Gallery: a waltz in G major, in quavers, 84 beats a minute; A A B A over a falling bass."""

from video.music.band import BELL, GUITAR, PAD, PIANO, SUB, Part
from video.music.lines import held, melody, pattern
from video.music.score import Passage, Score
from video.music.track import Track

HOME = "G | Bm/F# | Em7 | G/D | Cmaj7 | G/B | Am7 | D7sus D7"
LAST = "G | Bm/F# | Em7 | G/D | Cmaj7 | Cm6 | G/D D7"
END = "G"
AWAY = "Em | B7/D# | Am7/C | D7"

WALTZ = pattern("B-^-^-", "B-^.^-")
FLOWING = pattern("B-0123", "B-1232")
PLUCKED = pattern("0.2345", "0.3542")
ROOTS = pattern("B-----")
FIRST = melody(
    "D5:4 B4:2 | D5:3 E5:1 F#5:2 | G5:4 E5:2 | D5:6"
    " | E5:3 D5:1 C5:2 | D5:3 C5:1 B4:2 | C5:2 E5:2 A4:2 | B4:2 A4:4"
)
SECOND = melody(
    "D5:2 C5:1 D5:1 B4:2 | D5:2 E5:1 D5:1 F#5:2 | G5:3 F#5:1 E5:2 | D5:4 G4:2"
    " | E5:2 F#5:1 G5:1 E5:2 | D5:3 C5:1 B4:2 | C5:2 E5:2 G5:2 | F#5:3 E5:1 D5:2"
)
BRIDGE = melody("B5:4 G5:2 | A5:2 F#5:4 | E5:2 G5:2 E5:2 | F#5:3 E5:1 C5:2")
ENDING = melody(
    "D5:4 B4:2 | D5:3 E5:1 F#5:2 | G5:4 E5:2 | D5:4 G5:2"
    " | E5:3 G5:1 E5:2 | Eb5:3 G5:1 Eb5:2 | D5:2 B4:2 A4:2"
)
CHIMES = melody("r:4 B5:2 | r:4 F#5:2 | r:4 G5:2 | r:4 A5:2")
SKY = melody("r:6 | r:4 F#6:2 | r:6 | r:4 D6:2 | r:6 | r:4 Eb6:2 | r:6")

TRACK = Track(
    key="long-gallery",
    name="Long Gallery",
    category="classical",
    mood="elegant",
    score=Score(
        bpm=84,
        beats=3,
        grid=2,
        passages=(
            Passage(chords=HOME, level=0.74, lines={"piano": FIRST, "left": WALTZ}),
            Passage(
                chords=HOME,
                level=0.84,
                lines={"piano": SECOND, "left": FLOWING, "guitar": PLUCKED, "sub": ROOTS},
            ),
            Passage(
                chords=AWAY,
                level=0.98,
                lines={
                    "piano": BRIDGE,
                    "left": FLOWING,
                    "guitar": PLUCKED,
                    "pad": held,
                    "sub": ROOTS,
                    "bell": CHIMES,
                },
            ),
            Passage(
                chords=LAST,
                level=0.88,
                lines={
                    "piano": ENDING,
                    "left": FLOWING,
                    "pad": held,
                    "sub": ROOTS,
                    "bell": SKY,
                },
            ),
            Passage(
                chords=END,
                level=0.8,
                lines={"piano": melody("G4:6"), "left": pattern("B-^---"), "sub": ROOTS},
            ),
        ),
    ),
    parts={
        "piano": Part(instrument=PIANO, gain_db=2, room_db=-5, pan=0.15, spread=0.4),
        "left": Part(instrument=PIANO, gain_db=-2, room_db=-6, pan=-0.1, spread=0.5, strum_ms=5),
        "guitar": Part(instrument=GUITAR, gain_db=-7, room_db=-6, pan=0.4, spread=0.3),
        "pad": Part(instrument=PAD, gain_db=-26, room_db=-3),
        "sub": Part(instrument=SUB, gain_db=-17, room_db=-40, loose=0.3),
        "bell": Part(instrument=BELL, gain_db=-23, room_db=0, pan=-0.35),
    },
)
