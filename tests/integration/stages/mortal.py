"""What a process does, step by step, so that it can be killed before any that leaves something.

A step writes or deletes a file, or commits; whoever lives names further ones.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import Engine, event

from gateways.blobs_folder import Folder

FORKING = multiprocessing.get_context("forkserver")  # importing takes longer than most of a life
PATIENCE_S = 120.0

Step = Callable[[str], None]
Death = Callable[[Sequence[str]], bool]  # whether it dies before the last of these steps


class Killed(Exception):
    """A process died before that step."""


@contextmanager
def preloaded(*modules: str) -> Iterator[None]:
    """Let the processes of lives find our modules, which are imported once."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        FORKING.set_forkserver_preload([__name__, *modules])
        yield


def lived(live: Callable[..., None], *given: object, dies: Death | None = None) -> list[str]:
    """Let a process `live(step, *given)`; return its steps. Raises `Killed` where it died."""
    hear, tell = FORKING.Pipe(duplex=False)
    process = FORKING.Process(target=_live, args=(live, given, dies, tell))
    process.start()
    tell.close()
    steps: list[str] = []
    with hear:
        while True:
            try:
                steps.append(hear.recv())
            except EOFError:
                break
    process.join(PATIENCE_S)
    if process.exitcode == -signal.SIGKILL:
        raise Killed(steps[-1])
    assert process.exitcode == 0, steps[-3:]
    return steps


def _live(
    live: Callable[..., None], given: Sequence[object], dies: Death | None, tell: Connection
) -> None:
    steps: list[str] = []

    def step(name: str) -> None:
        steps.append(name)
        tell.send(name)
        if dies is not None and dies(steps):
            os.kill(os.getpid(), signal.SIGKILL)

    live(step, *given)
    tell.close()
    os._exit(0)


def announce(engine: Engine, step: Step, room: int) -> None:
    """Let commits and changes of files be steps; `room`: which part of a key says what lies there.

    That is for the rest of the process: it ends with the life.
    """
    for name in ("put", "put_file", "delete"):
        setattr(Folder, name, _announced(name, step, room))
    event.listen(engine, "commit", lambda _: step("commit"))


def _announced(name: str, step: Step, room: int) -> Callable[..., Any]:
    does = getattr(Folder, name)

    def announced(self: Folder, key: str, *rest: Any) -> Any:
        step(f"{name} {key.split('/')[room]}")
        return does(self, key, *rest)

    return announced
