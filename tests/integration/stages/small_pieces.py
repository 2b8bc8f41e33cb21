"""Pieces of a film made by ffmpeg alone, a second each, and what is told of films by others."""

import re
import subprocess
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

from integration.stages.small_films import RATE, ffmpeg
from video.gateways.ffmpeg import CONTAINER, PICTURE, SOUND, TAGS

SILENCE = f"anullsrc=r={RATE}:cl=stereo"
NOISE = f"anoisesrc=c=brown:a=0.2:r={RATE}:seed=1,aformat=channel_layouts=stereo"
SIDE = 1080  # pixels of a square film


def piece(out: Path, *, sound: str = SILENCE, seconds: float = 1, hue: int = 0) -> Path:
    """Make a square piece of our format: a pattern that moves, in one of 360 hues."""
    picture = f"testsrc2=s={SIDE}x{SIDE}:r=25:d={seconds},hue=h={hue}"
    sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    ffmpeg(*sources, "-vf", TAGS, "-t", seconds, *PICTURE, *SOUND, *CONTAINER, out)
    return out


def tone(out: Path, *, hertz: float, seconds: float, volume: float = 0.4) -> Path:
    """Write a tone as a music file."""
    graph = (
        f"sine=f={hertz}:r={RATE}:d={seconds},volume={volume * 8},aformat=channel_layouts=stereo"
    )
    ffmpeg("-f", "lavfi", "-i", graph, "-f", "wav", out)
    return out


def colour(film: Path, at: float) -> np.ndarray:
    """Return a frame's rows, columns, and RGB, by the matrix that the film names."""
    shown = "scale=in_color_matrix=bt709,format=rgb24"
    raw = ffmpeg("-ss", at, "-i", film, "-frames:v", 1, "-vf", shown, "-f", "rawvideo", "-")
    return np.frombuffer(raw, np.uint8).reshape(SIDE, SIDE, 3)


def heard_in_stereo(path: Path) -> np.ndarray:
    """Return moments and channels, -1 to 1, as another player decodes them."""
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return np.concatenate(frames, axis=1).T


def packets(path: Path, kind: str) -> list[tuple[int, int]]:
    """Return when each packet of the stream begins, and how long it lasts, in ticks."""
    with av.open(str(path)) as file:
        told = [each for each in file.demux(**{kind: 0}) if each.pts is not None]
        return [(int(each.pts or 0), int(each.duration or 0)) for each in told]


def level(samples: np.ndarray, hertz: float) -> float:
    """Return how loud a tone is in samples of one channel, in dB of full scale."""
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE)
    window = np.hanning(len(samples))
    return float(20 * np.log10(2 * abs((samples * turns * window).sum()) / window.sum() + 1e-9))


def loudness_told(path: Path) -> tuple[float, float]:
    """Return the integrated loudness (LUFS) and the true peak (dBTP) by EBU R 128."""
    meter = ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-i", str(path), *meter]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    loudness, peak = (re.findall(rf"{what}:\s+(\S+) ", said)[-1] for what in ("I", "Peak"))
    return float(loudness), float(peak)
