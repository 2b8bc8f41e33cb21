"""The public HTTP doors of the services, each on its own port of 127.0.0.1."""

import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from chassis.web import PublicDoor
from embedded.whole_file import write_whole


class PublicServer:
    """One service's door. Its port is known before the service is built."""

    def __init__(self, port: int) -> None:
        """Take `port`, or any free one if it is 0 or somebody else's."""
        self.door = PublicDoor(())  # until the service is built
        self._server = _bound(port, self._answer)
        self.port: int = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self, door: PublicDoor) -> None:
        """Answer from now on."""
        self.door = door
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and give the port back."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _answer(self, environ: Any, respond: Callable[..., Any]) -> Iterable[bytes]:
        return self.door(environ, respond)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Write no access log: links hold what lets their holder in."""


def _bound(port: int, answer: Callable[..., Iterable[bytes]]) -> BaseWSGIServer:
    try:
        return make_server("127.0.0.1", port, answer, threaded=True, request_handler=_Quiet)
    except (OSError, SystemExit):
        return make_server("127.0.0.1", 0, answer, threaded=True, request_handler=_Quiet)


def open_doors(names: Iterable[str], data_dir: Path) -> dict[str, PublicServer]:
    """Open a door for each service, at the port it had the last time if that is free."""
    path = data_dir / "ports.json"
    before: dict[str, int] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    doors = {name: PublicServer(before.get(name, 0)) for name in names}
    write_whole(path, json.dumps({name: door.port for name, door in doors.items()}))
    return doors
