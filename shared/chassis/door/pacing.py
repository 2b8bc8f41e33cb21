"""What a client of an HTTP door is held to, so that a few that drip bytes do not shut it.

The servers below, werkzeug's and eventlet's, limit each wait on a socket, and no number of waits.
"""

import io
import math
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socket import socket
from typing import TYPE_CHECKING, Any

from chassis.domain import value
from chassis.door.web import CONFIDENTIAL

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler as Handler
else:
    Handler = object  # eventlet has a copy of its own


@value
class Pace:
    """How fast a client is at least; only our waiting for it counts."""

    header_s: float = 10.0  # for the whole header
    window_s: float = 20.0  # then in each so long, but for the last …
    window_bytes: int = 10_000  # … so many bytes come, or are taken of the answer


class PacedHandler(Handler):
    """Mixed into a handler of requests: drops who is too slow, and refuses without a page."""

    pace = Pace()

    def setup(self) -> None:
        """Read and write no other way than at the client's pace."""
        super().setup()
        self.rfile.close()
        self.wfile.close()
        self._client = _Client(self.connection, self.pace)
        self.rfile = io.BufferedReader(self._client)
        self.wfile = _AtOnce(self._client)

    def parse_request(self) -> bool:
        """Read the header; the body and the answer have times of their own."""
        read = super().parse_request()
        self._client.begin_window()
        return read

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what never comes to the application; nothing of it is said back, or logged."""
        refusal = [
            f"HTTP/1.1 {code} {HTTPStatus(code).phrase}",
            *(f"{name}: {text}" for name, text in CONFIDENTIAL.items()),
            "Connection: close",
            "Content-Length: 0",
        ]
        self.wfile.write("\r\n".join([*refusal, "", ""]).encode())
        self.close_connection = True


class _AtOnce(io.BufferedWriter):
    """Whole pieces, and none kept: werkzeug reads on, for as long as it may, after the last one."""

    def write(self, data: Any) -> int:
        written = super().write(data)
        self.flush()
        return written

    def writelines(self, lines: Iterable[Any]) -> None:
        self.write(b"".join(lines))


class _Client(io.RawIOBase):
    """A connection; raises `TimeoutError` once its client has let us wait for too long."""

    def __init__(self, connection: socket, pace: Pace) -> None:
        self._connection, self._pace = connection, pace
        self._left_s, self._owed = pace.header_s, math.inf

    def begin_window(self) -> None:
        self._left_s, self._owed = self._pace.window_s, self._pace.window_bytes

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._waited(self._connection.recv_into, buffer)

    def write(self, data: Any) -> int:
        return self._waited(self._connection.send, data)

    def _waited(self, move: Callable[[Any], int], buffer: Any) -> int:
        if self._left_s <= 0:
            raise TimeoutError
        self._connection.settimeout(self._left_s)
        began = time.monotonic()
        try:
            moved = move(buffer)
        finally:
            self._left_s -= time.monotonic() - began
        self._owed -= moved
        if self._owed <= 0:
            self.begin_window()
        return moved
