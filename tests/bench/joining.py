"""Joining films: processor and memory, beside ffmpeg as somebody would call it by hand.

A film is so many clips with a passage between each two, a quarter as long, in our format; the
content is a few photographs, over and over, for what is copied costs by its length alone.
"""

import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from integration.stages.parents import Unhurried
from photographs.made import photo
from video.gateways.compile import Look, compile_film
from video.gateways.engine import Film
from video.gateways.ffmpeg import CONTAINER, PICTURE, RATE, SOUND, TAGS

PHOTOGRAPHS = ("5853819", "7303782")
BY_HAND = "ffmpeg -y -f concat -safe 0 -i list.txt -c copy film.mp4"
LOGO_BY_HAND = (
    "ffmpeg -y -f concat -safe 0 -i list.txt -i logo.png -filter_complex overlay"
    " -c:v libx264 -preset veryfast -crf 19 -bf 0 -g 50 -maxrate 6M -bufsize 12M"
    " -c:a copy film.mp4"
)
MUSIC_BY_HAND = (
    "ffmpeg -y -f concat -safe 0 -i list.txt -stream_loop -1 -i music.wav"
    " -filter_complex [1]volume=0.5[m];[0][m]amix=2:duration=first,loudnorm=I=-16:TP=-1"
    f" -map 0:v -c:v copy -ar {RATE} film.mp4"
)
BEATS = r"0.5*sin(880*PI*t)*exp(-3*mod(t\,0.5))+0.4*sin(110*PI*t)*exp(-6*mod(t\,0.5))"


class Studio:
    """A folder with pieces, a logo and music, in which films are joined."""

    def __init__(self, folder: Path) -> None:
        """`folder`: where `furnish` has made them, or is to."""
        self.folder = folder

    def furnish(self, clip_s: float) -> None:
        """Make them, clips of so many seconds; takes some itself."""
        folder = self.folder
        for number, name in enumerate(PHOTOGRAPHS):
            Image.fromarray(photo(name, 2880)).save(folder / f"{number}.png")
            self._piece(f"{number}.png", f"clip-{number}.mp4", clip_s)
            self._piece(f"{number}.png", f"passage-{number}.mp4", clip_s / 4)
        layer = Image.new("RGBA", (1920, 1080))  # as it is over every film: of its size, and clear
        layer.paste((200, 30, 60, 255), (1580, 940, 1880, 1040))
        layer.save(folder / "logo.png")
        self.by_hand(f"ffmpeg -y -f lavfi -i aevalsrc={BEATS}:d=24:s={RATE} -ac 2 music.wav")

    def _piece(self, picture: str, name: str, seconds: float) -> None:
        moved = f"scale=2600:-2,crop=1920:1080:3*n:200,format=yuv420p,{TAGS}"
        room = f"anoisesrc=c=brown:a=0.03:r={RATE}"
        shown = ["-loop", "1", "-framerate", "25", "-i", picture, "-f", "lavfi", "-i", room]
        self._run([*shown, "-vf", moved, "-t", str(seconds), *PICTURE, *SOUND, *CONTAINER, name])

    def pieces(self, clips: int) -> list[Path]:
        """Return the clips of a film, and the passages between them."""
        names = [
            f"{kind}-{number % 2}.mp4" for number in range(clips) for kind in ("clip", "passage")
        ]
        return [self.folder / name for name in names[:-1]]

    def by_hand(self, command: str, pieces: Sequence[Path] = ()) -> None:
        """Call ffmpeg with the arguments that follow its name in `command`."""
        listed = "".join(f"file {path}\n" for path in pieces)
        (self.folder / "list.txt").write_text(listed)
        self._run(command.split()[1:])

    def _run(self, arguments: Sequence[str]) -> None:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", *arguments]
        subprocess.run(command, cwd=self.folder, check=True)

    def ours(self, pieces: Sequence[Path], *, logo: bool = False, music: bool = False) -> Film:
        """Join them as the service does."""
        look = Look(
            aspect_ratio="16:9",
            logo=self.folder / "logo.png" if logo else None,
            music=self.folder / "music.wav" if music else None,
        )
        out, still = self.folder / "ours.mp4", self.folder / "ours.jpg"
        return compile_film(pieces, out, still, look=look, control=Unhurried())


@contextmanager
def studio(clip_s: float) -> Iterator[Studio]:
    """Give a studio with clips of so many seconds, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        made = Studio(Path(folder))
        made.furnish(clip_s)
        yield made


def contest(of: Studio, clips: Sequence[int]) -> Mapping[str, Callable[[], float]]:
    """Return who contests: seconds of processor for a film, by how and of how many clips."""
    few = of.pieces(min(clips))
    contestants: dict[str, Callable[[], object]] = {
        "logo": partial(of.ours, few, logo=True),
        "logo_by_hand": partial(of.by_hand, LOGO_BY_HAND, few),
        "music": partial(of.ours, few, music=True),
        "music_by_hand": partial(of.by_hand, MUSIC_BY_HAND, few),
    }
    for number in clips:
        pieces = of.pieces(number)
        contestants[f"{number}"] = partial(of.ours, pieces)
        contestants[f"{number}_by_hand"] = partial(of.by_hand, BY_HAND, pieces)
    return {name: partial(_seconds, work) for name, work in contestants.items()}


def _seconds(work: Callable[[], object]) -> float:
    started = _used()
    work()
    return _used() - started


def _used() -> float:
    """Return the processor's seconds of this process and of those that it has waited for."""
    of = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in of)


def join_ms(of: Studio, clips: int) -> float:
    """Return how long a film of so many clips is waited for."""
    pieces, began = of.pieces(clips), time.perf_counter()
    of.ours(pieces)
    return 1000 * (time.perf_counter() - began)


def music_lufs(of: Studio, clips: int) -> float:
    """Return the loudness (EBU R 128) of a film with music, at the volume that is usual."""
    of.ours(of.pieces(clips), music=True)
    meter = ["-af", "ebur128=framelog=quiet", "-f", "null", "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-i", "ours.mp4", *meter]
    said = subprocess.run(command, cwd=of.folder, check=True, capture_output=True, text=True).stderr
    return float(re.findall(r"I:\s+(\S+) LUFS", said)[-1])


def peak_mb(of: Studio, clips: int) -> float:
    """Return the most memory that a process takes of those that join a film under a logo."""
    given = [str(path) for path in (of.folder / "logo.png", *of.pieces(clips))]
    told = subprocess.run(  # our own module
        [sys.executable, "-m", "bench.film_peak", *given],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    return float(told.stdout)
