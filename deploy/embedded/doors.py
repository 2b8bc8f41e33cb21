"""The public HTTP doors of the services and the stand-in, each on its own port of 127.0.0.1."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from chassis.door.http_server import HttpServer
from chassis.door.web import PublicDoor
from embedded import cards
from stand_ins.stripe.stand_in import StandIn
from suitectl.whole_file import write_whole

PORTS = "ports.json"


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
    before = _ports(data_dir)
    doors = {name: PublicServer(before.get(name, 0)) for name in names}
    _note(data_dir, {name: door.port for name, door in doors.items()})
    return doors


def open_stand_in(data_dir: Path, billing_url: str) -> StandIn:
    """Return the stand-in for Stripe, to be started, at the port it had if that is free.

    It tells billing's door what happens, and what an earlier one had not told yet.
    """
    folder, before = cards.folder(data_dir), _ports(data_dir).get("stripe", 0)
    try:
        stand_in = StandIn(folder, before, cards.KEY)
    except OSError:
        stand_in = StandIn(folder, 0, cards.KEY)
    _note(data_dir, {"stripe": stand_in.port})
    stand_in.listen(**cards.hearer(billing_url))
    return stand_in


def _ports(data_dir: Path) -> dict[str, int]:
    path = data_dir / PORTS
    known: dict[str, int] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return known


def _note(data_dir: Path, ports: Mapping[str, int]) -> None:
    write_whole(data_dir / PORTS, json.dumps({**_ports(data_dir), **ports}))
