"""Music of our own: six tracks of a minute, composed and synthesised, each without a seam.

In order: `harmony` leads the voices, `score` and `lines` write a piece, `tracks` are the pieces;
`strings` and `tones` sound, `band` plays, `circle` holds what is played, `mix` and `loudness`
make it one. A track's samples are the same each time: all chance is seeded, and what processors
calculate differently in the last bits of a float64 is lost in rounding to 16 bits.
"""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from video.music.band import performed
from video.music.circle import RATE
from video.music.mix import Desk
from video.music.score import played
from video.music.track import Track
from video.music.tracks import (
    blue_hour,
    front_door,
    kitchen_table,
    long_gallery,
    morning_windows,
    open_plan,
)

__all__ = ["TRACKS", "Track", "saved", "synthesised", "written"]

TRACKS = (
    open_plan.TRACK,
    long_gallery.TRACK,
    front_door.TRACK,
    morning_windows.TRACK,
    blue_hour.TRACK,
    kitchen_table.TRACK,
)
FULL = 2**15  # 16 bits, of which one is the sign


def synthesised(track: Track) -> NDArray[np.float32]:
    """Return a track's sound: shape (2, n), 48 kHz, -16 LUFS, every sample a 16-bit number / 2¹⁵.

    The end leads into the start. About four seconds of one processor and 250 MB.
    """
    unit = 60 * RATE / (track.bpm * track.score.grid)
    desk = Desk()
    for name, notes in played(track.score).items():
        part = track.parts[name]
        desk.add(part, performed(part, f"{track.key}/{name}", notes, unit))
    return (np.rint(desk.mixed() * FULL) / FULL).astype(np.float32)


def written(track: Track, path: Path) -> None:
    """Write a track as a WAV file: 16 bits, stereo, 48 kHz, 11.5 MB."""
    saved(synthesised(track), path)


def saved(sound: NDArray[np.float32], path: Path) -> None:
    """Write what was synthesised as such a file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound.T * FULL).astype("<i2").tobytes())
