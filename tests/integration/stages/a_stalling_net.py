"""A net between a client and a broker that stalls: what is on its way never arrives."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import make_url

HEARTBEAT, BEAT_S = b"\x08\0\0\0\0\0\0\xce", 0.05  # a frame of AMQP 0-9-1

Stall = Callable[[int], None]


@contextmanager
def stalling(uri: str, *, beats: bool = False) -> Iterator[tuple[str, Stall]]:
    """Yield a way to the broker, and what lets no more than so many bytes back from now on.

    With `beats`, heartbeats come back all the same.
    """
    broker = make_url(uri)
    left: list[int] = []  # bytes, once it stalls

    def back(data: bytes) -> bytes:
        if left:
            data = data[: left[0]]
            left[0] -= len(data)
        return data

    with socket.create_server(("127.0.0.1", 0)) as server:
        ends = (broker.host or "", broker.port or 5672)
        beat = (lambda client: _beat(client, left)) if beats else None
        threading.Thread(target=_accept, args=(server, ends, back, beat), daemon=True).start()
        yield broker.set(port=server.getsockname()[1]).render_as_string(False), left.append


def _accept(
    server: socket.socket,
    ends: tuple[str, int],
    back: Callable[[bytes], bytes],
    beat: Callable[[socket.socket], None] | None,
) -> None:
    with suppress(OSError):  # until the server is closed
        while True:
            client, _ = server.accept()
            broker = socket.create_connection(ends)
            if beat:
                threading.Thread(target=beat, args=(client,), daemon=True).start()
            for pair in ((client, broker, bytes), (broker, client, back)):
                threading.Thread(target=_carry, args=pair, daemon=True).start()


def _carry(here: socket.socket, there: socket.socket, let: Callable[[bytes], bytes]) -> None:
    with suppress(OSError), here, there:
        while data := here.recv(65536):
            there.sendall(let(data))


def _beat(client: socket.socket, left: list[int]) -> None:
    with suppress(OSError):
        while True:
            time.sleep(BEAT_S)
            if left:
                client.sendall(HEARTBEAT)
