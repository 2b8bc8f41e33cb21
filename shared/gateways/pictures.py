"""Pictures, decoded in a process of its own each: what one really is, and its pixels."""

import json
import signal
import subprocess  # noqa: S404 - for the name of its timeout: `child` starts the decoder
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chassis.domain import value
from chassis.errors import Internal, Invalid, Unavailable
from gateways.child import child
from gateways.copies import Copy
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
class Copied:
    """A copy that was made: a JPEG, and its width and height in pixels."""

    content: bytes
    width: int
    height: int


@value
class Limits:
    """What decoding one picture may take."""

    memory_bytes: int = 2 * 1024**3  # a WebP of 50 megapixels needs about half
    cpu_s: int = 3
    wait_s: float = 60


Keep = Callable[[Picture, Sequence[Copied]], None]
LIMITS = Limits()


SMALL_COPIES = Limits(cpu_s=5)  # of whatever is decoded in 3
COPYING = Limits(cpu_s=8)  # a picture of 50 megapixels, pressed anew


def inspect(path: Path, service: str, work: Path, limits: Limits = LIMITS) -> Picture:
    """Decode the picture at `path` in full, in a process that runs below `work`; say what it is.

    Raises:
        Invalid: <service>.not_a_picture, picture_too_large, picture_damaged or picture_moves.
        Unavailable: <service>.inspection_timeout, where this machine could not tell in time.
    """
    picture, _ = _judged(path, (), service, work, limits)
    return picture


def _judged(
    path: Path, copies: Sequence[Copy], service: str, work: Path, limits: Limits
) -> tuple[Picture, tuple[Copied, ...]]:
    if path.stat().st_size > MAX_BYTES:
        raise _refused(service, "picture_too_large")
    return copied(path, copies, service, work, limits)


def pixels(content: bytes, service: str, work: Path, limits: Limits = LIMITS) -> Pixels:
    """Return a picture as displayed, rows of 8-bit sRGB; decoded as `inspect` does, which see."""
    found, raw = _decoded_apart(content, {"pixels": True}, service, work, limits)
    return np.frombuffer(raw, np.uint8).reshape(found["height"], found["width"], 3)


def copied(
    source: Path | bytes,
    copies: Sequence[Copy],
    service: str,
    work: Path,
    limits: Limits = COPYING,
    credits_of: Path | None = None,
) -> tuple[Picture, tuple[Copied, ...]]:
    """Decode a picture once, as `inspect` does, which see; say what it is, and return its copies.

    `credits_of`: the picture whose credits they have, where it is not this one.
    """
    order = {
        "copies": [asdict(each) for each in copies],
        "credits_of": str(credits_of.resolve()) if credits_of else None,
    }
    found, raw = _decoded_apart(source, order, service, work, limits)
    made, at = list[Copied](), 0
    for each in found["copies"]:
        content = bytes(raw[at : at + each["size"]])
        made.append(Copied(content=content, width=each["width"], height=each["height"]))
        at += each["size"]
    return _picture(found), tuple(made)


def _decoded_apart(
    source: Path | bytes, order: Mapping[str, Any], service: str, work: Path, limits: Limits
) -> tuple[dict[str, Any], memoryview]:
    """Return what a decoder found in a file, or in what is sent to it, and what was ordered."""
    sent = source if isinstance(source, bytes) else None
    path = str(source.resolve()) if isinstance(source, Path) else "/dev/stdin"
    bounds = (str(limits.memory_bytes), str(limits.cpu_s))
    command = [sys.executable, "-I", str(DECODER), path, *bounds, json.dumps(order)]
    stdin = subprocess.DEVNULL if sent is None else subprocess.PIPE
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
    found: dict[str, Any] = json.loads(told[:line])
    if "error" in found:
        raise _refused(service, found["error"])
    return found, memoryview(told)[line + 1 :]


def _picture(found: Mapping[str, Any]) -> Picture:
    return Picture(content_type=found["content_type"], width=found["width"], height=found["height"])


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

    def inspect(
        self,
        key: str,
        sha256: str,
        path: Path,
        copies: Sequence[Copy] = (),
        keep: Keep = lambda picture, made: None,
    ) -> Picture:
        """Say what the picture is that lies under `key`; see the function `inspect`.

        `keep` is given the picture and its copies, unless it is known, and so was kept; what it
        refuses (`Invalid`) is refused.
        """
        known = self._known.get((key, sha256)) or self._found(path, copies, keep)
        with self._knowing:
            self._known[(key, sha256)] = known
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        if isinstance(known, Invalid):
            raise Invalid(known.code, known.message)
        return known

    def forget(self, key: str, sha256: str) -> None:
        """Judge that picture anew when it comes again: what was kept of it has gone."""
        with self._knowing:
            self._known.pop((key, sha256), None)

    def _found(self, path: Path, copies: Sequence[Copy], keep: Keep) -> Picture | Invalid:
        try:
            picture, made = _judged(path, copies, self.service, self.work, SMALL_COPIES)
            keep(picture, made)
            return picture
        except Invalid as refusal:
            return refusal
