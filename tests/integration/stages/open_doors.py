"""The HTTP doors of `doors_child`, and a client that sends them any bytes."""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DEADLINE_S = 60.0

CHILD = Path(__file__).with_name("doors_child.py")


@dataclass(frozen=True)
class Doors:
    """Doors that are open: their ports, and of each service its routes and some links."""

    ports: dict[str, int]
    routes: dict[str, list[tuple[str, list[str]]]]

    def connected(self, name: str, host: str = "127.0.0.1") -> socket.socket:
        """Return a connection to a door, from one of this machine's addresses."""
        where = ("127.0.0.1", self.ports[name])
        return socket.create_connection(where, DEADLINE_S, source_address=(host, 0))

    def answer(self, name: str, request: bytes, host: str = "127.0.0.1") -> bytes:
        """Send these bytes, and return what comes until the door closes."""
        with closing(self.connected(name, host)) as connection:
            with suppress(ConnectionError):  # it may have heard enough
                connection.sendall(request)
            return rest(connection)


@contextmanager
def open_doors(folder: Path) -> Iterator[Doors]:
    """Open the doors; their services' files lie there. They must log nothing, whatever comes."""
    command = [sys.executable, "-W", "ignore", str(CHILD), str(folder)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=env, stdin=-1, stdout=-1, stderr=-1) as process:
        try:
            assert process.stdout and process.stderr and process.stdin
            ready, _, _ = select.select([process.stdout], [], [], DEADLINE_S)
            line = process.stdout.readline() if ready else b""
            assert line, process.stderr.read()
            yield Doors(*json.loads(line))
            process.stdin.close()
            assert process.wait(DEADLINE_S) == 0
            assert process.stderr.read() == b""
        finally:
            process.kill()


def rest(connection: socket.socket) -> bytes:
    """Return what still comes until the other side closes, however it does."""
    read = b""
    try:
        while data := connection.recv(1 << 16):
            read += data
    except ConnectionError:
        pass
    return read


def dropped(connection: socket.socket) -> bool:
    """Send one byte more, and return whether the other side has closed."""
    try:
        connection.send(b"x")
        while heard(connection):
            if not connection.recv(1 << 16):
                return True
    except ConnectionError:
        return True
    return False


def heard(connection: socket.socket) -> bool:
    """Return whether there is something to read, be it the end."""
    return bool(select.select([connection], [], [], 0)[0])


def status(answer: bytes) -> int:
    """Return the number in an answer's first line; 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer else 0
