"""The ffmpeg binary: run with limits, and the format that every piece is written in.

It runs as a `child`, in a scratch folder that holds nothing but generated names, so neither an
argument nor a message can carry a path or a customer's word. Its limits are its own
(processor time, one allocation, threads) with a deadline kept here: a `preexec_fn` would not be
safe beside the job threads.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from threading import Thread
from time import monotonic
from typing import IO

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from chassis.errors import Unavailable
from gateways.child import child
from video.gateways.engine import FPS, Control

Frame = NDArray[np.uint8]

CODE = "video.engine_failed"
TIMEOUT_S = 300
POLL_S = 0.1
TICKS = 12800  # of a second: the video time base of every piece
RATE = 48000  # audio samples a second
MAX_PIXELS = "36000000"  # of a picture or frame that is not of our making
LIMITS = [
    "-hide_banner",
    "-nostdin",
    "-loglevel",
    "error",
    "-timelimit",
    "600",
    "-max_alloc",
    "536870912",
]
# No B-frames: then every frame is shown when it is decoded and pieces join without an edit list.
PICTURE = (
    f"-c:v libx264 -preset veryfast -crf 19 -profile:v high -bf 0 -g {2 * FPS} -threads:v 2"
    f" -pix_fmt yuv420p -video_track_timescale {TICKS}"
).split()
# The other coder is no better at this rate, slower, and overshoots the first beat by 5 dB.
SOUND = f"-c:a aac -b:a 192k -ar {RATE} -ac 2".split()
# Of a mix that is as loud as may be: the other coder overshoots a hard beat by some dB. At the ends
# of a piece, which meet those of others, this one leaves a step.
LOUD_SOUND = [*SOUND, "-aac_coder", "fast"]
# Same inputs, same bytes: no dates, no versions, and packets interleaved by time, not by arrival.
CONTAINER = [
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-flags:a",
    "+bitexact",
    "-max_interleave_delta",
    "0",
    "-movflags",
    "+faststart",
    "-f",
    "mp4",
]
# What every piece says of its pictures; without it two encoders' headers would differ.
TAGS = "setsar=1,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"


class Failed(Unavailable):
    """It ended with an error: its own, or one of what it was given, as only the caller knows."""


def link(folder: Path, name: str, path: Path) -> str:
    """Let the scratch folder see `path` as `name`; return `name`."""
    (folder / name).symlink_to(path.resolve())
    return name


def source(demuxer: str, name: str, *options: str) -> list[str]:
    """Return the arguments that open an input with one demuxer and local protocols only."""
    return ["-protocol_whitelist", "file,pipe", *options, "-f", demuxer, "-i", name]


def run(
    folder: Path,
    arguments: Sequence[str],
    control: Control,
    *,
    frames: Iterable[Frame] | None = None,
    expected: int = 0,
    timeout_s: float = TIMEOUT_S,
) -> None:
    """Run ffmpeg in `folder`, feeding it raw `frames` (of which `expected` come) if there are any.

    Raises:
        Failed: it ended with an error.
        Unavailable: there is none, it took `timeout_s` seconds, or was killed
            (`video.out_of_memory`).
        Exception: whatever `control.check` or the frames raise; the process is killed first.
    """
    command, stdin = [_binary(), *LIMITS, *arguments], DEVNULL if frames is None else PIPE
    with (
        (folder / "messages.txt").open("wb") as messages,
        child(command, folder, stdin=stdin, stderr=messages) as process,
    ):
        feed = _Feed(process.stdin, frames or ())
        try:
            feed.start()
            _wait(process, feed, expected, control, monotonic() + timeout_s)
        finally:
            process.kill()  # or the feed would wait until it is read
            feed.join()
    if feed.failure is not None:
        raise feed.failure
    if process.returncode == -SIGKILL:  # not by us, who would not have come here
        raise Unavailable("video.out_of_memory", "ffmpeg was killed, as by a kernel out of memory")
    if process.returncode < 0:
        raise _failed(f"ffmpeg was ended by signal {-process.returncode}")
    if process.returncode:
        said = (folder / "messages.txt").read_text(errors="replace").splitlines()[-5:]
        details = {"exit": process.returncode, "stderr": said}
        raise Failed(CODE, "ffmpeg failed", details=details)


class _Feed(Thread):
    """Writes the frames, so that the caller's thread never blocks on a pipe and can cancel."""

    def __init__(self, pipe: IO[bytes] | None, frames: Iterable[Frame]) -> None:
        super().__init__(daemon=True)
        self.pipe, self.frames = pipe, frames
        self.written = 0
        self.failure: Exception | None = None

    def run(self) -> None:
        if self.pipe is None:
            return
        try:
            # A broken pipe is no finding: the process has gone, and says itself why.
            with suppress(BrokenPipeError), self.pipe:
                for frame in self.frames:
                    self.pipe.write(frame.data)
                    self.written += 1
        except Exception as error:  # raised again in the caller's thread
            self.failure = error


def _wait(
    process: Popen[bytes],
    feed: _Feed,
    expected: int,
    control: Control,
    deadline: float,
) -> None:
    told = -1
    while True:
        control.check()
        with suppress(TimeoutExpired):
            process.wait(POLL_S)
            return
        percent = 100 * feed.written // expected if expected else told
        if percent > told:
            told = percent
            control.progress(percent, "rendering")
        if monotonic() > deadline:
            raise _failed("ffmpeg took too long")


def _binary() -> str:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        raise _failed("there is no ffmpeg for this machine") from None


def _failed(message: str) -> Unavailable:
    return Unavailable(CODE, message)
