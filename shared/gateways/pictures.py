"""Pictures, decoded in a process of its own each: what one really is, and its pixels."""

import json
import signal
import subprocess  # noqa: S404 - for the name of its timeout: `child` starts the decoder
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chassis.domain import value
from chassis.errors import Internal, Invalid, Unavailable
from gateways.child import child
from gateways.turns import Turns, cores
from gateways.work_folder import scratch

MAX_BYTES = 25 * 1024 * 1024
REMEMBERED = 1_000  # judgements
DECODER = Path(__file__).with_name("decoder.py")  # run, and imported by nobody
REASONS = {
    "not_a_picture": "only JPEG, PNG, WebP and HEIC pictures are accepted",
    "picture_too_large": "a picture has at most 25 MB and 50 megapixels",
    "picture_damaged": "the picture is damaged or incomplete",
    "picture_moves": "a picture must not move",
}

Pixels = NDArray[np.uint8]  # rows, columns, channels
T = TypeVar("T")
R = TypeVar("R")


@value
class Picture:
    """What a picture is by its content; width and height in pixels, as displayed."""

    content_type: str
    width: int
    height: int


@value
class Limits:
    """What decoding one picture may take."""

    memory_bytes: int = 2 * 1024**3  # a WebP of 50 megapixels needs about half
    cpu_s: int = 3
    wait_s: float = 60


LIMITS = Limits()


def inspect(path: Path, service: str, work: Path, limits: Limits = LIMITS) -> Picture:
    """Decode the picture at `path` in full, in a process that runs below `work`; say what it is.

    Raises:
        Invalid: <service>.not_a_picture, picture_too_large, picture_damaged or picture_moves.
        Unavailable: <service>.inspection_timeout, where this machine could not tell in time.
    """
    if path.stat().st_size > MAX_BYTES:
        raise _refused(service, "picture_too_large")
    picture, _ = _decoded_apart(str(path.resolve()), None, service, work, limits)
    return picture


def pixels(content: bytes, service: str, work: Path, limits: Limits = LIMITS) -> Pixels:
    """Return a picture as displayed, rows of 8-bit sRGB; decoded as `inspect` does, which see."""
    picture, raw = _decoded_apart("/dev/stdin", content, service, work, limits)
    return np.frombuffer(raw, np.uint8).reshape(picture.height, picture.width, 3)


def _decoded_apart(
    path: str, sent: bytes | None, service: str, work: Path, limits: Limits
) -> tuple[Picture, memoryview]:
    """Return what a decoder found, and of a picture that is `sent` to it the pixels."""
    bounds = (str(limits.memory_bytes), str(limits.cpu_s))
    command = [sys.executable, "-I", str(DECODER), path, *bounds]
    stdin = subprocess.DEVNULL
    if sent is not None:
        command, stdin = [*command, "pixels"], subprocess.PIPE
    with (
        scratch(work) as folder,
        child(command, folder, stdin=stdin, stdout=subprocess.PIPE) as decoder,
    ):
        try:
            told, _ = decoder.communicate(sent, timeout=limits.wait_s)
        except subprocess.TimeoutExpired:
            raise _too_slow(service) from None
    _must_have_ended_well(decoder.returncode, service)
    line = told.index(b"\n")
    found = json.loads(told[:line])
    if "error" in found:
        raise _refused(service, found["error"])
    return Picture(**found), memoryview(told)[line + 1 :]


def _must_have_ended_well(code: int, service: str) -> None:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_slow(service)
    if code < 0:  # what makes the decoder itself fall is no honest picture
        raise _refused(service, "picture_damaged")
    if code > 0:
        raise Internal(f"{service}.inspection_failed", "the decoder did not start")


def _too_slow(service: str) -> Unavailable:
    return Unavailable(f"{service}.inspection_timeout", "the picture took too long")


def _refused(service: str, word: str) -> Invalid:
    return Invalid(f"{service}.{word}", REASONS[word])


class Judge:
    """Judges the pictures of one service: as many at once as there are cores, and none twice.

    Of one workspace two at once, so that nobody waits for all of another's.
    """

    def __init__(self, service: str, work: Path, at_once: int | None = None) -> None:
        """`work`: the folder that decoders run below; `at_once`: what the machine can do."""
        self.service, self.work = service, work
        self._turns = Turns(f"{service}.busy_judging", at_once or cores())
        self._known: dict[tuple[str, str], Picture | Invalid] = {}
        self._knowing = Lock()

    def each(self, workspace_id: UUID, judged: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Return what a function says of each item of a workspace; see `Turns.each`."""
        return self._turns.each(workspace_id, judged, items)

    def inspect(self, key: str, sha256: str, path: Path) -> Picture:
        """Say what the picture is that lies under `key`; see the function `inspect`."""
        known = self._known.get((key, sha256)) or self._found(path)
        with self._knowing:
            self._known[(key, sha256)] = known
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        if isinstance(known, Invalid):
            raise Invalid(known.code, known.message)
        return known

    def _found(self, path: Path) -> Picture | Invalid:
        try:
            return inspect(path, self.service, self.work)
        except Invalid as refusal:
            return refusal
