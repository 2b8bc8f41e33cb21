"""Kitchen Table: F major, twelve eight as a slow swing, 72 beats a minute; AABA and a stop."""

from video.music.band import BRUSH, GUITAR, KICK, PAD, PIANO, SUB, Part
from video.music.lines import held, melody, pattern
from video.music.score import Passage, Score
from video.music.track import Track

OPENING = "Fmaj9 Dm9 | Gm9 C9sus"
HOME = "Fmaj9 Dm9 | Gm9 C9 | Am7 D7 | Gm9 C9sus"
LAST, STOP = "Fmaj9 Dm9 | Gm9 C9 | Am7 D7", "Gm9 C9sus"
AWAY = "Bbmaj9 | Bbm6 | Am7 D7 | Gm9 C9"

COMPED = pattern("v---^-v---^-", "v---^-v--^^-")
SPARSE = pattern("...^-....^-.")
WALKING = pattern("B--F-AB--O-A")
SWEEPS = pattern("o..x.oo..x.o")
SOFT = pattern("x.....o.....")
FIRST = melody(
    "r:3 A4:2 C5:1 E5:2 F5:1 A5:3 | G5:2 F5:1 D5:3 r:2 E5:1 D5:3"
    " | C5:5 E5:1 F#5:2 E5:1 D5:3 | Bb4:2 D5:1 F5:3 G5:2 F5:1 C5:3"
)
SECOND = melody(
    "r:3 A4:2 C5:1 E5:2 F5:1 A5:3 | Bb5:2 A5:1 F5:3 r:2 E5:1 G5:3"
    " | E5:5 C5:1 D5:2 F#5:1 A5:3 | G5:2 F5:1 D5:3 F5:2 G5:1 F5:3"
)
BRIDGE = melody(
    "D5:3 F5:3 A5:5 F5:1 | G5:3 F5:3 Db5:6 | E5:3 C5:2 E5:1 F#5:3 A5:3 | G5:2 F5:1 D5:3 E5:3 C5:3"
)

ENDING = melody(
    "r:3 A4:2 C5:1 E5:2 F5:1 A5:3 | G5:2 F5:1 D5:3 r:2 E5:1 D5:3 | C5:5 E5:1 F#5:2 E5:1 D5:3"
)

RHYTHM = {"guitar": COMPED, "sub": WALKING, "brush": SWEEPS, "kick": SOFT}

STOPPED = {
    "guitar": pattern("v---^-v-...."),
    "piano": melody("Bb4:2 D5:1 F5:4 r:5"),
    "sub": pattern("B--F--B-...."),
    "brush": pattern("o..x.oo....."),
}

TRACK = Track(
    key="kitchen-table",
    name="Kitchen Table",
    category="modern",
    mood="warm",
    score=Score(
        bpm=72,
        beats=4,
        grid=3,
        passages=(
            Passage(chords=OPENING, level=0.78, lines={"guitar": COMPED, "brush": SWEEPS}),
            Passage(chords=HOME, level=0.86, lines={**RHYTHM, "piano": FIRST}),
            Passage(chords=HOME, level=0.92, lines={**RHYTHM, "piano": SECOND, "keys": SPARSE}),
            Passage(
                chords=AWAY,
                level=0.96,
                lines={**RHYTHM, "piano": BRIDGE, "keys": SPARSE, "pad": held},
            ),
            Passage(chords=LAST, level=0.88, lines={**RHYTHM, "piano": ENDING, "pad": held}),
            Passage(chords=STOP, level=0.82, lines=STOPPED),
        ),
    ),
    parts={
        "guitar": Part(
            instrument=GUITAR, gain_db=-4, room_db=-11, pan=-0.3, spread=0.2, strum_ms=12
        ),
        "piano": Part(instrument=PIANO, gain_db=2, room_db=-9, pan=0.15, spread=0.3),
        "keys": Part(instrument=PIANO, gain_db=-6, room_db=-8, pan=0.45, strum_ms=6),
        "pad": Part(instrument=PAD, gain_db=-27, room_db=-4),
        "sub": Part(instrument=SUB, gain_db=-15, room_db=-30, loose=0.5),
        "brush": Part(instrument=BRUSH, gain_db=-3, room_db=-10, pan=0.2, loose=0.5),
        "kick": Part(instrument=KICK, gain_db=-11, room_db=-20, loose=0.4),
    },
)
