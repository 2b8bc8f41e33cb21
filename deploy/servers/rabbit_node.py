"""A RabbitMQ node as a child of this process, from the programs of an installed rabbitmq-server."""

import glob
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from chassis.errors import Unavailable
from servers.rabbit_environment import SEARCH_PATH, environment

START_DEADLINE_S = 90.0
OK = "{ok, "  # how erl_call's answer begins
# Not /usr/sbin: Debian's wrapper there changes to the account rabbitmq and its folders.
LAYOUTS = (
    "/usr/lib/rabbitmq/bin",
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
    "/opt/homebrew/opt/rabbitmq/sbin",
    "/usr/local/opt/rabbitmq/sbin",
    "/opt/rabbitmq/sbin",
)


def installed() -> Path | None:
    """Return the folder of an installed server's programs, or None."""
    if shutil.which("erl", path=SEARCH_PATH) is None:
        return None
    for layout in LAYOUTS:
        for folder in sorted(glob.glob(layout), reverse=True):
            if (Path(folder) / "rabbitmq-server").exists():
                return Path(folder)
    return None


@dataclass(frozen=True, slots=True)
class Kin:
    """What the nodes of one cluster share; a node alone is a cluster of one."""

    names: tuple[str, ...]
    epmd_port: int  # their port mapper's
    cookie: str

    @classmethod
    def of(cls, size: int) -> Self:
        """Return that of so many new nodes."""
        (port,) = free_ports(1)
        names = (f"test-{secrets.token_hex(4)}@localhost" for _ in range(size))
        return cls(tuple(names), port, secrets.token_hex(16))


class Node:
    """A node with folders and ports of its own below `folder`, and with its kin's port mapper."""

    def __init__(self, programs: Path, folder: Path, kin: Kin | None = None, n: int = 0) -> None:
        """Be the nth of `kin`; alone without."""
        kin = kin or Kin.of(1)
        self.programs, self.folder = programs, folder
        self.port, distribution = free_ports(2)
        self.epmd_port, self.name = kin.epmd_port, kin.names[n]
        self.env = environment(folder, kin, self.name, (self.port, distribution))
        self._mapper: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the node and return once it accepts connections.

        Raises:
            Unavailable: it ended, or was not ready in time.
        """
        # of several on one port the first one stays
        self._mapper = self._mapper or self._spawn("epmd", "-port", str(self.epmd_port))
        self._server = self._spawn(str(self.programs / "rabbitmq-server"))
        deadline = time.monotonic() + START_DEADLINE_S
        while time.monotonic() < deadline and self._server.poll() is None:
            if greets(self.port):
                return
            time.sleep(0.05)
        log = (self.folder / "output.log").read_text(encoding="utf-8", errors="replace")
        raise Unavailable("testing.rabbit_failed", f"RabbitMQ did not start:\n{log[-2000:]}")

    def ctl(self, *args: str) -> str:
        """Run rabbitmqctl against the node and return what it printed.

        Raises:
            Unavailable: the command failed; the message is what it printed.
        """
        command = [str(self.programs / "rabbitmqctl"), "--quiet", "-n", self.name, *args]
        done = subprocess.run(
            command, env=self.env, cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            said = (done.stdout + done.stderr)[-2000:]
            raise Unavailable("testing.rabbitmqctl_failed", said)
        return done.stdout

    def evaluate(self, expressions: str) -> str:
        """Evaluate Erlang in the node and return the last value as Erlang writes it.

        By `erl_call`, where Erlang brought it along: rabbitmqctl takes a second of the processor.

        Raises:
            Unavailable: it failed; the message says how.
        """
        if shutil.which("erl_call", path=SEARCH_PATH) is None:
            return self.ctl("eval", expressions)
        cookie = (self.folder / ".erlang.cookie").read_text(encoding="ascii")
        command = ["erl_call", "-sname", self.name, "-c", cookie, "-e"]
        asked = f"{expressions}\n"
        done = subprocess.run(
            command, env=self.env, cwd="/", input=asked, capture_output=True, text=True, check=False
        )
        if not done.stdout.startswith(OK):
            raise Unavailable("testing.erl_call_failed", (done.stdout + done.stderr)[-2000:])
        return done.stdout.removeprefix(OK).removesuffix("}")

    def kill(self) -> None:
        """End the node as a power cut would; `start` brings it back with what it had on disk."""
        if self._server is not None:
            kill_family(self._server)
            self._server = None

    def remove(self) -> None:
        """End the node and its port mapper, and remove the files."""
        self.kill()
        if self._mapper is not None:
            kill_family(self._mapper)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        # A session of its own: the terminal's Ctrl-C is ours to answer, by `remove`.
        with (self.folder / "output.log").open("ab") as log:
            return subprocess.Popen(
                command,
                env=self.env,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def free_ports(count: int) -> Iterator[int]:
    """Yield ports of 127.0.0.1 that are free at this moment, each another one."""
    with ExitStack() as held:
        for _ in range(count):
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            yield probe.getsockname()[1]


def greets(port: int) -> bool:
    """Return whether a broker answers there: it opens its port when it has booted."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
        probe.sendall(b"AMQP\x00\x00\x09\x01")
        return probe.recv(1) == b"\x01"
    return False


def kill_family(leader: subprocess.Popen[bytes]) -> None:
    """Kill `leader` and all it started; the Erlang machine puts some into groups of their own."""
    family = []
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(leader.pid).children(recursive=True)
    leader.kill()
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    leader.wait()
    deadline = time.monotonic() + 10
    while any(map(is_alive, family)) and time.monotonic() < deadline:
        time.sleep(0.01)


def is_alive(process: psutil.Process) -> bool:
    """Return whether `process` still runs; one that nobody has waited for yet does not."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
