"""What makes the pieces of a film: the port, its values, and the shape every film has."""

import hashlib
from pathlib import Path
from typing import Protocol

from chassis.domain import value
from chassis.errors import Invalid

SIZES = {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080)}  # width, height in pixels
FPS = 25


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
    """A finished film, as measured; `duration_seconds` is the duration rounded up."""

    duration_ms: int
    duration_seconds: int
    width: int
    height: int
    sha256: str
    size: int


class Engine(Protocol):
    """Makes clips and transitions out of photographs.

    Every method writes an MP4 to `out`, whole or not at all, and what it needs on the way beside
    it: `out` lies in a scratch folder. It raises `Invalid` for a picture that cannot be read,
    `Rejected` for an output that is not what was asked, `Unavailable` when the engine failed, and
    whatever `control.check` raises.
    """

    name: str

    def clip(
        self,
        image: Path,
        out: Path,
        *,
        room_type: str,
        seconds: int,
        aspect_ratio: str,
        native_audio: bool,
        control: Control,
    ) -> Piece:
        """Make a clip of `seconds` that moves through the room in `image`."""

    def transition(
        self,
        first: Path,
        second: Path,
        out: Path,
        *,
        seconds: int,
        aspect_ratio: str,
        control: Control,
        rooms: tuple[str, str] | None = None,
    ) -> Piece:
        """Make a silent passage of `seconds` from the first picture to the second.

        With `rooms`, the room types of the two clips it stands between, it begins in the view in
        which the first clip ends and ends in the view in which the second begins.
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
