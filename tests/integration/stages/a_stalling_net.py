"""A net between a client and a broker that stalls: what is on its way never arrives."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import make_url

Stall = Callable[[int], None]


@contextmanager
def stalling(uri: str) -> Iterator[tuple[str, Stall]]:
    """Yield a way to the broker, and what lets no more than so many bytes back from now on."""
    broker = make_url(uri)
    left: list[int] = []  # bytes, once it stalls

    def back(data: bytes) -> bytes:
        if left:
            data = data[: left[0]]
            left[0] -= len(data)
        return data

    with socket.create_server(("127.0.0.1", 0)) as server:
        ends = (broker.host or "", broker.port or 5672)
        threading.Thread(target=_accept, args=(server, ends, back), daemon=True).start()
        yield broker.set(port=server.getsockname()[1]).render_as_string(False), left.append


def _accept(server: socket.socket, ends: tuple[str, int], back: Callable[[bytes], bytes]) -> None:
    with suppress(OSError):  # until the server is closed
        while True:
            client, _ = server.accept()
            broker = socket.create_connection(ends)
            for pair in ((client, broker, bytes), (broker, client, back)):
                threading.Thread(target=_carry, args=pair, daemon=True).start()


def _carry(here: socket.socket, there: socket.socket, let: Callable[[bytes], bytes]) -> None:
    with suppress(OSError), here, there:
        while data := here.recv(65536):
            there.sendall(let(data))
