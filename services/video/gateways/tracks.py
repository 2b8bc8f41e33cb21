"""Music files: their sound as samples, and what shows and samples a track to who chooses one."""

from pathlib import Path

import numpy as np

from chassis.domain import value
from chassis.errors import Invalid
from gateways.work_folder import scratch
from video.gateways.engine import Control
from video.gateways.ffmpeg import CONTAINER, RATE, SOUND, Failed, link, run, source
from video.gateways.waveform import Samples, drawn

LEAST_S, MOST_S = 1, 900  # of a track; a film has less than two minutes
PREVIEW_S, FADE_IN_S, FADE_OUT_S = 10, 0.5, 1.5
RAW = f"-ar {RATE} -ac 2".split()  # how samples without a header are read and written


@value
class Described:
    """What is told of a track: its length in whole seconds."""

    seconds: int


def described(track: Path, preview: Path, waveform: Path, control: Control) -> Described:
    """Measure a music file; write ten seconds of it as M4A, and its waveform as PNG.

    What is heard begins after a third of the track, where it is longer than that, and is faded in
    and out. All three files lie in scratch folders.

    Raises:
        Invalid: `video.not_audio`, as in `decoded`; or it lasts under a second, or over 15 minutes.
        Unavailable: ffmpeg was killed or took too long.
    """
    with scratch(preview.parent) as folder:
        raw = decoded(track, folder, "music", seconds=MOST_S + 1, control=control)
        samples: Samples = np.memmap(raw, np.float32, "r").reshape(-1, 2)
        seconds = len(samples) / RATE
        if not LEAST_S <= seconds <= MOST_S:
            raise _not_audio("a track lasts from a second to a quarter of an hour")
        drawn(samples).save(folder / "waveform.png", "PNG", optimize=True)
        made = _previewed(folder, raw.name, seconds, control)
        (folder / "waveform.png").replace(waveform)
        made.replace(preview)
    return Described(seconds=round(seconds))


def decoded(track: Path, folder: Path, name: str, *, seconds: float, control: Control) -> Path:
    """Write a music file's sound, so much of it, to `folder`: 48 kHz, stereo, floats, no header.

    One channel is put on both sides, together as loud as it was.

    Raises:
        Invalid: `video.not_audio`: no WAV, MP3, M4A, FLAC or Ogg whose sound can be decoded.
        Unavailable: ffmpeg was killed or took too long.
    """
    made = folder / f"{name}.raw"
    opened = source(_kind(track), link(folder, f"{name}.track", track))
    kept = ["-map", "0:a:0", "-t", f"{seconds:.3f}", *RAW, "-f", "f32le", made.name]
    try:
        run(folder, [*opened, *kept], control)
    except Failed as error:
        raise _not_audio("its sound cannot be decoded", **error.details) from None
    if not made.stat().st_size:
        raise _not_audio("there is no sound in it")
    return made


def _kind(path: Path) -> str:
    """Return the demuxer for a music file, by its first bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        raise _not_audio("it cannot be read") from None
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        return "wav"
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] >= 0xE0):
        return "mp3"
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:4] in (b"fLaC", b"OggS"):
        return {b"fLaC": "flac", b"OggS": "ogg"}[head[:4]]
    raise _not_audio("neither WAV, MP3, M4A, FLAC nor Ogg")


def _previewed(folder: Path, raw: str, seconds: float, control: Control) -> Path:
    length = min(PREVIEW_S, seconds)
    begin = min(seconds / 3, seconds - length)
    fades = f"afade=d={FADE_IN_S},afade=t=out:st={length - FADE_OUT_S:.3f}:d={FADE_OUT_S}"
    heard = ["-ss", f"{begin:.3f}", "-t", f"{length:.3f}"]
    opened = source("f32le", raw, *RAW, *heard)
    made = folder / "preview.m4a"
    run(folder, [*opened, "-af", fades, *SOUND, *CONTAINER, made.name], control)
    return made


def _not_audio(message: str, **details: object) -> Invalid:
    return Invalid("video.not_audio", f"this is no music: {message}", details=details)
