"""The public HTTP doors of the services, each on its own port of 127.0.0.1."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from chassis.door.http_server import HttpServer
from chassis.door.web import PublicDoor
from suitectl.whole_file import write_whole


class PublicServer:
    """One service's door. Its port is known before the service is built."""

    def __init__(self, port: int) -> None:
        """Take `port`, or any free one if it is 0 or somebody else's."""
        self.door = PublicDoor(())  # until the service is built
        self._server = _bound(port, self._answer)
        self.port, self.stop = self._server.port, self._server.stop
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self, door: PublicDoor) -> None:
        """Answer from now on."""
        self.door = door
        self._server.start()

    def _answer(self, environ: Any, respond: Callable[..., Any]) -> Iterable[bytes]:
        return self.door(environ, respond)


def _bound(port: int, answer: Callable[..., Iterable[bytes]]) -> HttpServer:
    try:
        return HttpServer("127.0.0.1", port, answer)
    except OSError:
        return HttpServer("127.0.0.1", 0, answer)


def open_doors(names: Iterable[str], data_dir: Path) -> dict[str, PublicServer]:
    """Open a door for each service, at the port it had the last time if that is free."""
    path = data_dir / "ports.json"
    before: dict[str, int] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    doors = {name: PublicServer(before.get(name, 0)) for name in names}
    write_whole(path, json.dumps({name: door.port for name, door in doors.items()}))
    return doors
