"""A net between a process and a server, which is cut: who comes then is counted and sent off."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

Address = tuple[str, str | int]


class Net:
    """The way to one server, which begins at `port` of 127.0.0.1."""

    def __init__(self, server: Address) -> None:
        """`server`: ("unix", path) or ("tcp", port of 127.0.0.1)."""
        self._behind = server
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.sent_off = 0
        self._whole = True
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close what is open, and whatever comes, until it is mended."""
        self._whole = False
        for each in self._open:
            _close(each)
        self._open.clear()

    def mend(self) -> None:
        """Let through who comes from now on."""
        self._whole = True

    def close(self) -> None:
        """Cut it for good."""
        self.cut()
        _close(self._server)

    def _accept(self) -> None:
        with suppress(OSError):  # until the server is closed
            while True:
                client, _ = self._server.accept()
                if not self._whole:
                    self.sent_off += 1
                    client.close()
                    continue
                there = _connected(self._behind)
                self._open += [client, there]
                for pair in ((client, there), (there, client)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()


@contextmanager
def net(server: Address) -> Iterator[Net]:
    """Yield a net that is whole; it is closed in the end."""
    made = Net(server)
    try:
        yield made
    finally:
        made.close()


def _connected(server: Address) -> socket.socket:
    match server:
        case ("unix", str(path)):
            there = socket.socket(socket.AF_UNIX)
            there.connect(path)
            return there
    return socket.create_connection(("127.0.0.1", int(server[1])))


def _carry(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)
    _close(there)


def _close(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)  # a thread that reads it is woken
    each.close()
