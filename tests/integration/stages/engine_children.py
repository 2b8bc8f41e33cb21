"""What video starts for its work: made short, stopped in the middle, looked for afterwards."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from types import ModuleType
from typing import Any

import psutil
import pytest

from video.gateways.engine import Piece, Shot
from video.gateways.local import LocalEngine


@contextmanager
def short_clips() -> Iterator[None]:
    """Let each clip last a second: what becomes of a film is looked at, and not its pictures."""
    make = LocalEngine.clip

    def short(*given: Any, shot: Shot, **more: Any) -> Piece:
        return make(*given, shot=replace(shot, seconds=1), **more)

    with pytest.MonkeyPatch.context() as here:
        here.setattr(LocalEngine, "clip", short)
        yield


@contextmanager
def announced(starts: ModuleType, tell: Callable[[Popen[bytes]], None]) -> Iterator[None]:
    """Tell of each process that a module starts as its `child`, once it is there."""
    child = starts.child

    @contextmanager
    def telling(*given: Any, **more: Any) -> Iterator[Popen[bytes]]:
        with child(*given, **more) as process:
            tell(process)
            yield process

    with pytest.MonkeyPatch.context() as here:
        here.setattr(starts, "child", telling)
        yield


@contextmanager
def stopped(starts: ModuleType) -> Iterator[Callable[[], bool]]:
    """Stop the first process that a module starts, until this ends; yield whether there is one."""
    found: list[Popen[bytes]] = []

    def stop(process: Popen[bytes]) -> None:
        if not found:
            found.append(process)
            process.send_signal(signal.SIGSTOP)

    try:
        with announced(starts, stop):
            yield lambda: bool(found)
    finally:
        for process in found:
            process.send_signal(signal.SIGCONT)  # which does nothing where it has ended


def left_over(work: Path) -> tuple[set[str], list[int]]:
    """Return the files below a work folder but the locks, and the processes at work there."""
    files = {each.name for each in work.rglob("*") if each.is_file()} - {"lock"}
    running = [each for each in psutil.process_iter(["cwd"]) if _is_below(each.info["cwd"], work)]
    return files, [each.pid for each in running]


def _is_below(cwd: str | None, work: Path) -> bool:
    return cwd is not None and Path(cwd).is_relative_to(work)
