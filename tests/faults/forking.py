"""Services forked from a process that has imported them: killed and started again for little.

`python -m faults.forking serve|work` reads a JSON line for each process to start and answers with
its pid. What it has started ends with it.
"""

import json
import os
import signal
import sys
import traceback
from importlib import import_module
from types import FrameType
from typing import Any

SERVICES = ("auth", "media", "billing", "affiliate")
# what a role's process imports first and what it imports of each service
MODULES = {
    "serve": ("chassis.running.serve", ("app", "settings", "service")),
    "work": ("chassis.running.work", ("app", "settings")),
}
running: set[int] = set()


def main(role: str) -> None:
    """Import, then fork as told until nobody is there to tell."""
    first, parts = MODULES[role]
    work = import_module(first)
    for service in SERVICES:
        for part in parts:
            import_module(f"{service}.{part}")
    signal.signal(signal.SIGCHLD, _bury)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the suite's to answer
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(told, work)
        running.add(pid)
        print(pid, flush=True)
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _bury(_signal: int, _frame: FrameType | None) -> None:
    for pid in list(running):
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            running.discard(pid)


def _become(told: dict[str, Any], work: Any) -> None:
    """Be one service's process, and end with it."""
    code = 1
    try:
        for number in (signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for new, old in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(new, old)
        os.environ.clear()
        os.environ.update(told["variables"])
        code = work.run(told["service"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
