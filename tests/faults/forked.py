"""Starting services as forks: what `distributed` knows of a process, made cheap to kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from distributed.service_process import INHERITED, ServiceProcess
from faults import forking
from servers.rabbit_node import is_alive


class Forks:
    """Two processes, one a role, that have imported every service and fork them."""

    def __init__(self, log: Path) -> None:
        """Start them; `log` is what they say themselves."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        inherited["PYTHONPATH"] = os.pathsep.join(sys.path)
        inherited["OPENBLAS_NUM_THREADS"] = "1"  # a fork has none of its parent's threads
        self._parents = {}
        with log.open("ab") as told:
            for role in forking.MODULES:
                self._parents[role] = subprocess.Popen(
                    [sys.executable, "-m", forking.__name__, role],
                    env=inherited,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=told,
                    text=True,
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them, with all that they have forked."""
        for parent in self._parents.values():
            parent.communicate()

    def fork(self, role: str, **told: Any) -> "Fork":
        """Return a new process of that role."""
        parent = self._parents[role]
        assert parent.stdin is not None and parent.stdout is not None
        parent.stdin.write(json.dumps(told) + "\n")
        parent.stdin.flush()
        return Fork(int(parent.stdout.readline()))


class Fork:
    """A process that is another one's child, used as if it were ours."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._process = psutil.Process(pid)

    def poll(self) -> int | None:
        """Return None while it runs."""
        return None if is_alive(self._process) else 0

    def send_signal(self, number: int) -> None:
        with suppress(psutil.NoSuchProcess):
            self._process.send_signal(number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; its exit code is its parent's to know."""
        try:
            self._process.wait(timeout)
        except psutil.TimeoutExpired as error:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from error
        return 0


class ForkedProcess(ServiceProcess):
    """One `serve` or `work`, forked."""

    def __init__(
        self,
        forks: Forks,
        name: str,
        command: tuple[str, str],
        variables: Mapping[str, str],
        logs: Path,
    ) -> None:
        super().__init__(name, command, variables, logs)
        self._forks = forks

    def start(self) -> None:
        service, role = self.command
        self._stopping = False
        self._process = self._forks.fork(
            role, service=service, variables=self.variables, log=str(self.log)
        )
