"""One `serve` or `work` of a service, as a child of this process."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from chassis.errors import Unavailable

LOOK_S = 0.05
READY_S = 180.0
STOP_S = 60.0
INHERITED = ("PATH", "HOME", "LANG")


class Started(Protocol):
    """A process that was started, as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """Its id."""

    def poll(self) -> int | None:
        """Return None while it runs."""

    def send_signal(self, number: int, /) -> None:
        """Send a signal."""

    def kill(self) -> None:
        """End it as a power cut would."""

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code. Raises `TimeoutExpired`."""


class ServiceProcess:
    """`python -m <service> <role>`; started, killed and started again at will."""

    def __init__(
        self, name: str, command: tuple[str, ...], variables: Mapping[str, str], logs: Path
    ) -> None:
        """`name` ("billing-work-0") is what its log is called; nothing runs yet."""
        self.name, self.command, self.variables = name, command, dict(variables)
        self.log = logs / f"{name}.log"
        self._process: Started | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def readiness(self) -> str:
        """The page that says whether it is ready."""
        return f"http://127.0.0.1:{self.variables['INTERNAL_PORT']}/readyz"

    @property
    def exit_code(self) -> int | None:
        """How its last run ended; None while it runs, or before the first."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it; it takes a few seconds until it is ready."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self._stopping = False
        # the source roots, however this process came to know them
        inherited["PYTHONPATH"] = os.pathsep.join(sys.path)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                env=inherited | self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl-C is the suite's to answer
            )

    def wait_ready(self, within_s: float = READY_S) -> None:
        """Wait until it says that it is. Raises `Unavailable` with the end of its log."""
        deadline = time.monotonic() + within_s
        while not self.ready():
            if self.pid is None or time.monotonic() > deadline:
                told = self.log.read_text("utf-8", "replace")[-2000:]
                raise Unavailable("distributed.not_ready", f"{self.name} is not ready:\n{told}")
            time.sleep(LOOK_S)

    def ready(self) -> bool:
        """Return what its page of readiness says now."""
        try:
            with urllib.request.urlopen(self.readiness, timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it runs."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def begin_stop(self) -> None:
        """Tell it to end in the orderly way; `stop` waits for that."""
        self.send(signal.SIGTERM)
        self._stopping = True

    def stop(self, within_s: float = STOP_S) -> int:
        """End it in the orderly way; return its exit code, -9 if it had to be killed."""
        if self._process is None:
            return 0
        if not self._stopping:
            self.begin_stop()
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL
