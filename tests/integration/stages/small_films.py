"""Small films of the local engine, and what is seen and heard in them."""

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from PIL import Image

from gateways.decoding import decoded
from video.gateways.compile import Look, compile_film
from video.gateways.engine import Control, Film, Piece, Shot
from video.gateways.ffmpeg import Frame
from video.gateways.local import LocalEngine

FRAME_MS = 40
RATE = 48000


def in_process(content: bytes) -> Frame:
    """Decode a picture here, where starting a process for each would take most of the time."""
    return np.asarray(decoded(content)[1])


ENGINE = LocalEngine(in_process)


class Cancelled(Exception):
    """What this job's control raises."""


class Job:
    """A control that is cancelled at the check with number `cancelled_at`."""

    def __init__(self, cancelled_at: float = float("inf")) -> None:
        self.checks, self.cancelled_at = 0, cancelled_at
        self.told: list[int] = []

    def progress(self, percent: int, step: str) -> None:
        self.told.append(percent)

    def check(self) -> None:
        self.checks += 1
        if self.checks >= self.cancelled_at:
            raise Cancelled


def photograph(path: Path, size: tuple[int, int], seed: int) -> Path:
    """Save a picture with soft shapes, so that a view of it can be told from another."""
    coarse = np.random.default_rng(seed).integers(30, 220, (9, 9, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(path, quality=92)
    return path


def make_clip(
    image: Path,
    out: Path,
    end: Path | None = None,
    control: Control | None = None,
    **changed: object,
) -> Piece:
    return ENGINE.clip(image, out, shot=shot(**changed), end=end, control=control or Job())


def make_transition(
    first: Path,
    second: Path,
    out: Path,
    rooms: tuple[str, str],
    milliseconds: int = 1000,
    **changed: object,
) -> Piece:
    leaving, arriving = (shot(**{"room_type": room, **changed}) for room in rooms)
    return ENGINE.transition(
        first,
        second,
        out,
        leaving=leaving,
        arriving=arriving,
        milliseconds=milliseconds,
        control=Job(),
    )


def shot(**changed: object) -> Shot:
    asked = {"room_type": "kitchen", "seconds": 1, "aspect_ratio": "1:1", "native_audio": True}
    return Shot(**{**asked, **changed})  # type: ignore[arg-type]


def make_film(pieces: list[Path], out: Path, **looking: Any) -> Film:
    look = Look(**{"aspect_ratio": "1:1", **looking})
    return compile_film(pieces, out, out.with_suffix(".jpg"), look=look, control=Job())


def ffmpeg(*arguments: object) -> bytes:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-nostdin",
        "-loglevel",
        "error",
        *map(str, arguments),
    ]
    return subprocess.run(command, check=True, capture_output=True).stdout


def heard(path: Path) -> np.ndarray:
    """Return the left channel, -1 to 1."""
    raw = ffmpeg("-i", path, "-map", "0:a:0", "-f", "s16le", "-ac", "2", "-ar", RATE, "-")
    return np.frombuffer(raw, "<i2")[::2] / 32768


def seen(path: Path) -> np.ndarray:
    """Return every frame as 32 by 32 grey pixels."""
    raw = ffmpeg("-i", path, "-vf", "scale=32:32:flags=area,format=gray", "-f", "rawvideo", "-")
    return np.frombuffer(raw, np.uint8).reshape(-1, 32, 32).astype(int)


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def encoder_parameters(path: Path) -> bytes:
    """Return the sequence parameters in the box 'avcC'."""
    content = path.read_bytes()
    begin = content.index(b"avcC") + 10
    length = int.from_bytes(content[begin : begin + 2])
    return content[begin + 2 : begin + 2 + length]
