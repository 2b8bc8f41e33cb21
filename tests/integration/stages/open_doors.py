"""HTTP doors under eventlet in a process of their own, and a client that sends them any bytes."""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

DEADLINE_S = 60.0

# `doors` by name: an application and its limits. They are open until this process ends.
_OPEN = """
import json, sys
from chassis.green import green
from chassis.green.http_server import GreenHttpServer, Limits
import eventlet

{doors}
opened = {{name: GreenHttpServer("127.0.0.1", 0, *door) for name, door in doors.items()}}
print(json.dumps([{{name: each.port for name, each in opened.items()}}, told]), flush=True)
eventlet.hubs.trampoline(0, read=True)
"""


@dataclass(frozen=True)
class Doors:
    """Doors that are open: their ports, and what else the script told."""

    ports: dict[str, int]
    told: Any

    def connected(self, name: str, host: str = "127.0.0.1") -> socket.socket:
        """Return a connection to a door, from one of this machine's addresses."""
        where = ("127.0.0.1", self.ports[name])
        return socket.create_connection(where, DEADLINE_S, source_address=(host, 0))

    def answer(self, name: str, request: bytes, host: str = "127.0.0.1") -> bytes:
        """Send these bytes, and return what comes until the door closes."""
        with closing(self.connected(name, host)) as connection:
            connection.sendall(request)
            return rest(connection)


@contextmanager
def open_doors(doors: str, *arguments: str) -> Iterator[Doors]:
    """Open what a script calls `doors`. They must log nothing, whatever comes."""
    command = [sys.executable, "-W", "ignore", "-c", _OPEN.format(doors=doors), *arguments]
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
    """Return the number in an answer's first line."""
    return int(answer.split(b" ", 2)[1])
