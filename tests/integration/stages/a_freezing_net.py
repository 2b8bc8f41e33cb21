"""A net between a client and a broker that freezes: what is open stays open, and nothing passes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import make_url


@contextmanager
def freezing(uri: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield a way to the broker, and what freezes all connections that are open now."""
    broker = make_url(uri)
    thawed = [threading.Event()]  # the last one is of the connections that are made now
    thawed[0].set()

    def freeze() -> None:
        thawed[-1].clear()
        thawed.append(threading.Event())
        thawed[-1].set()

    def accept(server: socket.socket) -> None:
        with suppress(OSError):  # until the server is closed
            while True:
                client, _ = server.accept()
                there = socket.create_connection((broker.host or "", broker.port or 5672))
                for pair in ((client, there), (there, client)):
                    threading.Thread(target=_carry, args=(*pair, thawed[-1]), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        yield broker.set(port=server.getsockname()[1]).render_as_string(False), freeze
        for each in thawed:
            each.set()


def _carry(here: socket.socket, there: socket.socket, thawed: threading.Event) -> None:
    with suppress(OSError), here, there:
        while data := here.recv(65536):
            thawed.wait()
            there.sendall(data)
