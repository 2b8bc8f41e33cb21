"""Open Plan: E flat major, four four in sixteenths, 96 beats a minute; opening, AABA, close."""

from video.music.band import BELL, BRUSH, GUITAR, KICK, PAD, PIANO, SHAKER, SUB, Part
from video.music.lines import held, melody, pattern
from video.music.score import Passage, Score
from video.music.track import Track

OPENING = "Ebmaj9 | Abmaj9 | Ebmaj9 | Abmaj9 Bb9sus"
CLOSING, END = "Ebmaj9 | Abmaj9 | Ebmaj9", "Abmaj9 Bb9sus"
HOME = "Ebmaj9 | Gm7 | Abmaj9 | Fm9 Bb13sus"
AWAY = "Cm9 | Gm7/Bb | Abmaj9 | Abmaj9 Bb9sus"

PICKED = pattern("0.2.4.2.3.5.2.4.", "0.2.4.2.1.3.5.2.")
LEFT_OFF = pattern("0.2.4.2.3-------")
BEAT = pattern("x.....o...x.....", "x.....o...x..o..")
STROKES = pattern("....x.......x...", "....x.......x..o")
SHAKEN = pattern("x.o.o.o.x.o.o.oo")
LOW = pattern("B-----O...B---F.", "B-----O...F---A.")
CALL = melody(
    "Bb4:3 C5:3 D5:2 F5:8 | D5:3 C5:3 Bb4:10 | C5:3 Eb5:3 G5:2 G5:4 F5:4 | Eb5:6 C5:2 F5:8"
)
ANSWER = melody(
    "Bb4:3 C5:3 D5:2 F5:8 | D5:3 F5:3 Bb5:2 A5:2 F5:6"
    " | G5:3 F5:3 Eb5:2 C5:4 Eb5:4 | Eb5:3 D5:3 C5:2 Bb4:8"
)
BRIDGE = melody(
    "G5:4 r:2 G5:2 Bb5:6 G5:2 | F5:4 r:2 D5:2 F5:8 | Eb5:4 r:2 Eb5:2 G5:6 Eb5:2 | C5:6 D5:2 F5:8"
)
FAR = melody("r:10 D6:6 | r:10 F6:6 | r:10 C6:6 | r:10 D6:6")
ECHO = melody("r:8 Bb5:8 | r:16 | r:8 G5:8")
SEEDS = melody("r:16 | r:12 Bb4:4 | r:16 | r:10 Bb4:3 C5:3")

QUIET = {"guitar": PICKED, "pad": held}
GROOVE = {**QUIET, "sub": LOW, "kick": BEAT, "shaker": SHAKEN}
FULL = {**GROOVE, "brush": STROKES}

TRACK = Track(
    key="open-plan",
    name="Open Plan",
    category="modern",
    mood="professional",
    score=Score(
        bpm=96,
        beats=4,
        grid=4,
        passages=(
            Passage(chords=OPENING, level=0.82, lines={**QUIET, "piano": SEEDS}),
            Passage(chords=HOME, level=0.85, lines={**GROOVE, "piano": CALL}),
            Passage(chords=HOME, level=0.9, lines={**FULL, "piano": ANSWER}),
            Passage(chords=AWAY, level=0.98, lines={**FULL, "piano": BRIDGE, "bell": FAR}),
            Passage(chords=HOME, level=0.95, lines={**FULL, "piano": ANSWER, "bell": CALL}),
            Passage(chords=CLOSING, level=0.82, lines={**QUIET, "bell": ECHO}),
            Passage(chords=END, level=0.78, lines={"guitar": LEFT_OFF, "bell": melody("F5:16")}),
        ),
    ),
    parts={
        "guitar": Part(instrument=GUITAR, gain_db=-2, room_db=-9, pan=-0.3, spread=0.3),
        "piano": Part(instrument=PIANO, gain_db=2, room_db=-7, spread=0.4),
        "pad": Part(instrument=PAD, gain_db=-23, room_db=-6),
        "sub": Part(instrument=SUB, gain_db=-15, room_db=-40, loose=0.3),
        "bell": Part(instrument=BELL, gain_db=-21, room_db=0, pan=0.4),
        "kick": Part(instrument=KICK, gain_db=-9, room_db=-24, loose=0.2),
        "brush": Part(instrument=BRUSH, gain_db=-6, room_db=-8, pan=0.1, loose=0.4),
        "shaker": Part(instrument=SHAKER, gain_db=-6, room_db=-14, pan=0.4, loose=0.5),
    },
)
