"""A nameko container in a process of its own: eventlet must not patch the one that tests."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

READY = "ready"
DEADLINE_S = 120.0

# Runs after eventlet has patched; `container` is what the script has made.
_PATCHED = "import eventlet\neventlet.monkey_patch()\n"
_UNTIL_ORPHANED = f"""
container.start()
print("{READY}", flush=True)
eventlet.hubs.trampoline(0, read=True)
container.stop()
"""


@contextmanager
def nameko_process(
    script: str, *arguments: str, variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a script that makes a `container`; yield its process once the container has started.

    It ends with this context, and with this process too; a test may kill it before.
    """
    source = _PATCHED + script + _UNTIL_ORPHANED
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    env["EVENTLET_NO_GREENDNS"] = "yes"  # no name is looked up here, and dnspython takes 0.3 s
    # psycopg's own way to wait would block eventlet's hub
    env |= {"PSYCOPG_WAIT_FUNC": "wait_selector", **(variables or {})}
    command = [sys.executable, "-W", "ignore", "-c", source, *arguments]
    with subprocess.Popen(command, env=env, stdin=-1, stdout=-1, bufsize=0) as process:
        try:
            assert line(process) == READY
            yield process
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(timeout=DEADLINE_S) in (0, -signal.SIGKILL)
        finally:
            process.kill()


def line(process: subprocess.Popen[bytes]) -> str:
    """Return the next line that the process prints; fail if none comes in time."""
    assert process.stdout is not None
    deadline, text = time.monotonic() + DEADLINE_S, b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([process.stdout], [], [], deadline - time.monotonic())
        assert ready, f"nothing was printed in time, but {text!r}"
        read = process.stdout.read(1)
        assert read, f"the process ended: {text!r}"
        text += read
    return text.decode().strip()
