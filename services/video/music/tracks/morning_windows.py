"""Morning Windows: D flat major, five four, 80 beats a minute; four bars each of AABA."""

from video.music.band import BELL, BRUSH, GUITAR, PAD, PIANO, SUB, Part
from video.music.lines import held, melody, pattern
from video.music.score import Passage, Score
from video.music.track import Track

HOME = "Dbmaj9 | Ebm7/Db | Bbm7 | Gbmaj9 Ab9sus"
CLOSE, END = "Dbmaj9 | Ebm7/Db | Bbm7", "Gbmaj9 Ab9sus"
AWAY = "Gbmaj9 | Fm7 | Ebm7 | Ab9sus"

RIPPLES = pattern("B-12342321", "B-13243212")
DROPS = pattern("..4...5.6.", "..5...4.7.")
ROOTS = pattern("B---------")
BREATHS = pattern("x.....o...")
FIRST = melody("F5:6 Ab5:4 | Gb5:4 F5:2 Eb5:4 | Db5:6 F5:4 | Eb5:6 Ab4:4")
BRIDGE = melody("Bb5:6 Ab5:4 | Ab5:4 F5:2 Eb5:4 | F5:6 Gb5:4 | Eb5:10")
LAST = melody("F5:6 Ab5:4 | Gb5:4 F5:2 Eb5:4 | Db5:6 C5:4")
GLINTS = melody("r:6 Ab5:4 | r:10 | r:6 F5:4 | r:10")
HIGH = melody("r:6 Db6:4 | r:6 C6:4 | r:6 Bb5:4 | r:6 Eb6:4")

TRACK = Track(
    key="morning-windows",
    name="Morning Windows",
    category="calm",
    mood="relaxing",
    score=Score(
        bpm=80,
        beats=5,
        grid=2,
        passages=(
            Passage(chords=HOME, level=0.78, lines={"ripples": RIPPLES, "bell": GLINTS}),
            Passage(
                chords=HOME,
                level=0.84,
                lines={"ripples": RIPPLES, "pad": held, "piano": FIRST, "sub": ROOTS},
            ),
            Passage(
                chords=AWAY,
                level=0.95,
                lines={
                    "ripples": RIPPLES,
                    "pad": held,
                    "guitar": DROPS,
                    "piano": BRIDGE,
                    "bell": HIGH,
                    "sub": ROOTS,
                    "brush": BREATHS,
                },
            ),
            Passage(
                chords=CLOSE,
                level=0.85,
                lines={
                    "ripples": RIPPLES,
                    "pad": held,
                    "guitar": DROPS,
                    "piano": LAST,
                    "sub": ROOTS,
                    "brush": BREATHS,
                },
            ),
            Passage(
                chords=END,
                level=0.78,
                lines={
                    "ripples": pattern("B-1234----"),
                    "piano": melody("Bb4:6 r:4"),
                    "sub": pattern("B----....."),
                },
            ),
        ),
    ),
    parts={
        "ripples": Part(instrument=PIANO, gain_db=0, room_db=-4, pan=-0.1, spread=0.6),
        "piano": Part(instrument=PIANO, gain_db=2, room_db=-3, pan=0.1, spread=0.3),
        "guitar": Part(instrument=GUITAR, gain_db=-5, room_db=-3, pan=0.45),
        "pad": Part(instrument=PAD, gain_db=-22, room_db=-3),
        "sub": Part(instrument=SUB, gain_db=-17, room_db=-40, loose=0.3),
        "bell": Part(instrument=BELL, gain_db=-20, room_db=2, pan=0.3),
        "brush": Part(instrument=BRUSH, gain_db=-8, room_db=0, pan=-0.3),
    },
)
