"""Programs that we start: without a shell or an environment, and never longer there than we are."""

import os
import subprocess  # noqa: S404 - what decodes hostile bytes needs a process to die in
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from gateways import launcher

CLOCK_S = 1.0  # so far a process's beginning may be told beside the system's clock
END_S = 5.0


@contextmanager
def child(
    command: Sequence[str],
    folder: Path,
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a scratch folder while inside; it is killed and waited for at the end.

    `command` begins with the program's path. The kernel ends it with the thread that entered, so
    that thread stays until it leaves. The folder holds a note of it for `end_left`.
    """
    launched = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *command]
    with subprocess.Popen(
        launched,
        cwd=folder,
        env={},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,  # the terminal's Ctrl-C is for us: it is no failure of the child
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            (folder / f"{process.pid}.pid").unlink(missing_ok=True)


def end_left(folder: Path) -> None:
    """End what was started below a folder whose process is dead, where the kernel has not.

    A process that began after its note was written has only inherited the number.
    """
    for note in folder.rglob("*.pid"):
        with suppress(psutil.Error):  # it has gone, or was never ours
            left = psutil.Process(int(note.stem))
            if left.create_time() <= note.stat().st_mtime + CLOCK_S:
                left.kill()
                left.wait(END_S)
