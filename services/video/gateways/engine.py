"""What makes the pieces of a film: the port, its values, and the shape every film has."""

import hashlib
from pathlib import Path
from typing import Protocol

from chassis.domain import value
from chassis.errors import Invalid

SIZES = {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080)}  # width, height in pixels
FPS = 25


@value
class Shot:
    """What a clip is to be: a camera's move through one room."""

    room_type: str
    seconds: int
    aspect_ratio: str
    native_audio: bool = False
    motion: str = "calm"  # calm | normal, which is half as fast again
    mirrored: bool = False  # the move goes the other way


class Control(Protocol):
    """The running job, as an engine sees it; only ever called from the thread that called it."""

    def progress(self, percent: int, step: str) -> None:
        """Tell how far the work is: `percent` 0 to 100 of what was asked, `step` in one word."""

    def check(self) -> None:
        """Raise when the job was cancelled; called several times a second."""


@value
class Piece:
    """A finished clip or transition, as measured: duration in ms, pixels, bytes."""

    duration_ms: int
    width: int
    height: int
    sha256: str
    size: int


@value
class Film:
    """A finished film, as measured; `duration_seconds` is the duration rounded up.

    `parts_ms` are the lengths of its pieces, and of the card at its end; they add up to the film's.
    """

    duration_ms: int
    duration_seconds: int
    width: int
    height: int
    sha256: str
    size: int
    parts_ms: tuple[int, ...]


class Engine(Protocol):
    """Makes clips and transitions out of photographs.

    Every method writes an MP4 to `out`, whole or not at all, and what it needs on the way beside
    it: `out` lies in a scratch folder. It raises `Invalid` for a picture that cannot be read,
    `Rejected` for an output that is not what was asked, `Unavailable` when the engine failed, and
    whatever `control.check` raises.
    """

    name: str

    def clip(
        self, image: Path, out: Path, *, shot: Shot, end: Path | None = None, control: Control
    ) -> Piece:
        """Make the clip `shot` of the room in `image`.

        With `end`, another picture, it leads there: the clip dissolves into it, and moves on in it.
        """

    def transition(
        self,
        first: Path,
        second: Path,
        out: Path,
        *,
        leaving: Shot,
        arriving: Shot,
        milliseconds: int,
        control: Control,
    ) -> Piece:
        """Make the passage between two clips: what `leaving` ends in, and `arriving` begins in.

        It begins in the view, and at the speed, in which the clip `leaving` of `first` ends, and
        ends in those in which the clip `arriving` of `second` begins. Where a clip led to another
        picture, that one is its `first`.
        """


def size_of(aspect_ratio: str) -> tuple[int, int]:
    """Return width and height in pixels; raise `Invalid` for a ratio that films do not have."""
    if aspect_ratio not in SIZES:
        raise Invalid("video.invalid_input", "the aspect ratio is 16:9, 9:16 or 1:1")
    return SIZES[aspect_ratio]


def fingerprint(path: Path) -> tuple[str, int]:
    """Return a file's SHA-256 in hexadecimal and its size in bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
