"""Blue Hour: C minor, six eight, 68 beats a minute; A A B A, which grow, and two bars of rest."""

from video.music.band import BELL, GUITAR, KICK, PAD, PIANO, SUB, Part
from video.music.lines import held, melody, pattern
from video.music.score import Passage, Score
from video.music.track import Track

HOME = "Cm | Cm/Bb | Abmaj7 | Eb/G | Fm7 | Cm/Eb | Dm7b5 | G7sus G7"
AWAY = "Ab | Bb | Gm7 | Cm | Fm7 | Bb7sus | Ebmaj7 | G7/B"
REST, END = "Cmadd9", "Cm"

CIRCLING = pattern("012321", "013231")
ROLLING = pattern("B-1234", "B-2134")
PLUCKED = pattern("4.5.6.", "5.6.4.")
LOW = pattern("B-----")
PULSE = pattern("B--B--", "B--B-A")
HEART = pattern("x.....", "x....o")
DRUM = pattern("x..o..", "x..o.o")
FIRST = melody(
    "Eb5:4 D5:2 | C5:6 | C5:4 Bb4:2 | Bb4:6 | Ab4:4 C5:2 | G5:4 Eb5:2 | F5:3 D5:3 | C5:3 B4:3"
)
BRIDGE = melody(
    "Ab5:4 G5:2 | F5:6 | G5:4 F5:2 | Eb5:6 | Ab5:4 Eb5:2 | F5:4 Eb5:2 | D5:4 Eb5:2 | D5:3 F5:3"
)
LAST = melody(
    "Eb5:4 D5:2 | C5:4 G5:2 | C6:4 Bb5:2 | Bb5:4 G5:2"
    " | Ab5:4 G5:2 | G5:4 Eb5:2 | F5:3 D5:3 | C5:3 B4:3"
)
OPEN = melody("C5:6")
STARS = melody("r:3 G5:3 | r:6 | r:3 Eb6:3 | r:6 | r:3 C6:3 | r:6 | r:3 Ab5:3 | r:6")

GROWN = {"left": ROLLING, "pad": held, "guitar": PLUCKED, "sub": PULSE, "kick": DRUM}

TRACK = Track(
    key="blue-hour",
    name="Blue Hour",
    category="cinematic",
    mood="elegant",
    score=Score(
        bpm=68,
        beats=2,
        grid=3,
        passages=(
            Passage(chords=HOME, level=0.76, lines={"left": CIRCLING, "pad": held, "bell": STARS}),
            Passage(
                chords=HOME,
                level=0.82,
                lines={"left": ROLLING, "pad": held, "piano": FIRST, "sub": LOW, "kick": HEART},
            ),
            Passage(chords=AWAY, level=0.96, lines={**GROWN, "piano": BRIDGE, "bell": BRIDGE}),
            Passage(chords=HOME, level=1.0, lines={**GROWN, "piano": LAST, "high": LAST}),
            Passage(chords=REST, level=0.76, lines={"left": CIRCLING, "pad": held, "piano": OPEN}),
            Passage(chords=END, level=0.7, lines={"left": pattern("012---")}),
        ),
    ),
    parts={
        "left": Part(instrument=PIANO, gain_db=0, room_db=-3, pan=-0.15, spread=0.5),
        "piano": Part(instrument=PIANO, gain_db=3, room_db=-2, pan=0.1, spread=0.3),
        "high": Part(instrument=PIANO, gain_db=-2, room_db=-1, pan=0.2),
        "guitar": Part(instrument=GUITAR, gain_db=-6, room_db=-4, pan=0.4, spread=0.2),
        "pad": Part(instrument=PAD, gain_db=-21, room_db=-2),
        "sub": Part(instrument=SUB, gain_db=-15, room_db=-30, loose=0.3),
        "bell": Part(instrument=BELL, gain_db=-24, room_db=2, pan=-0.3),
        "kick": Part(instrument=KICK, gain_db=-7, room_db=-6, loose=0.3),
    },
)
