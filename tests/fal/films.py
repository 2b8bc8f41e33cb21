"""Films as kling gives them, in every form that was seen of such models: made once, by ffmpeg."""

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from fal.jobs import Job


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a film is written; `seconds`: that it lacks of what was asked for."""

    fps: int = 24
    size: tuple[int, int] = (1936, 1072)
    b_frames: int = 2
    sound: bool | None = None  # None: as it was asked for
    broken: bool = False  # in the middle
    short: int = 0


FORMS = {
    "24 fps": Form(),
    "30 fps, no B-frames": Form(fps=30, b_frames=0),
    "silent": Form(sound=False),
    "upright": Form(size=(1072, 1936)),
    "broken": Form(broken=True),
    "short": Form(short=3),
}


def painting(form: Form = FORMS["24 fps"]) -> Callable[[Job], bytes]:
    """Return what makes a job's film in that form, for a stand-in's `paint`."""

    def paint(job: Job) -> bytes:
        return film(form, int(job.input["duration"]), wanted_sound(job.input))

    return paint


def wanted_sound(given: Mapping[str, object]) -> bool:
    return given.get("generate_audio", True) is True


@cache
def film(form: Form, seconds: int, with_sound: bool) -> bytes:
    """Return an MP4: one colour, and a tone if it has sound."""
    width, height = form.size
    length = seconds - form.short
    pictures = f"color=c=0xc8b496:s={width}x{height}:r={form.fps}:d={length}"
    encoder = f"-c:v libx264 -preset ultrafast -bf {form.b_frames} -g 12 -pix_fmt yuv420p"
    sound = ["-an"]
    tone: list[str] = []
    if with_sound if form.sound is None else form.sound:
        tone = ["-f", "lavfi", "-i", f"sine=f=440:r=44100:d={length}"]
        sound = ["-c:a", "aac", "-shortest"]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "film.mp4")
        opened = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"]
        given = [*opened, "-f", "lavfi", "-i", pictures, *tone, *encoder.split(), *sound]
        subprocess.run([*given, "-movflags", "+faststart", out], check=True)  # noqa: S603
        content = out.read_bytes()
    return _broken(content) if form.broken else content


def _broken(content: bytes) -> bytes:
    """Return it with a stretch of its data gone, its index whole."""
    middle, gone = len(content) // 2, max(64, len(content) // 10)
    return content[:middle] + b"\0" * gone + content[middle + gone :]
