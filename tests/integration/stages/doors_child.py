"""A process with HTTP doors under eventlet: one for each limit, and those of all services.

It prints, as JSON, the doors' ports and each service's public routes, with links among them; and
answers until its input ends. Argument: the folder of the services' files.
"""

from chassis.green import green  # noqa: F401  # first: it patches

# isort: split
import json
import sys
from pathlib import Path

from eventlet import hubs
from werkzeug.wrappers import Request, Response

from chassis import ids
from chassis.door.pacing import Pace
from chassis.door.web import PublicDoor, Route
from chassis.green.http_server import GreenHttpServer, Limits
from chassis.running.parts import Parts
from contracts import SERVICES
from embedded.assembly import build, environment
from suitectl.keys import completed

HERE = "http://door"
MANY = Limits(per_address=200)
LIMITS = {
    "headers": Limits(pace=Pace(header_s=1), connections=100),
    "bodies": Limits(pace=Pace(window_s=2, window_bytes=1_000)),
    "answers": Limits(pace=Pace(window_s=1), per_address=1),
    "proxied": Limits(
        pace=Pace(header_s=60, window_s=60), per_address=1, proxies="127.0.0.3 127.1.0.0/16"
    ),
}


def main(folder: Path) -> None:
    """Open the doors."""
    keys, urls = completed({}, SERVICES, ()), dict.fromkeys(SERVICES, HERE)
    built = {}
    for service in SERVICES:
        given = environment(service, folder, keys, urls) | {
            "DATABASE_URL": "postgresql://nowhere.invalid/none",
            "STRIPE_WEBHOOK_SECRET": "whsec",
        }
        built[service] = build(service, given, lambda name: None, ids.now, lambda: None)  # type: ignore[arg-type, return-value]
    routes = [Route(path=each, methods=("GET", "POST"), answer=_said) for each in ("/", "/large")]
    opened = {name: _opened(PublicDoor(routes), limits) for name, limits in LIMITS.items()}
    opened |= {name: _opened(parts.web, MANY) for name, parts in built.items()}
    ports = {name: each.port for name, each in opened.items()}
    print(json.dumps([ports, {name: _asked(parts) for name, parts in built.items()}]), flush=True)
    hubs.trampoline(0, read=True)


def _opened(door: PublicDoor, limits: Limits) -> GreenHttpServer:
    return GreenHttpServer("127.0.0.1", 0, door, limits)


def _said(request: Request) -> Response:
    return Response(b"x" * 50_000_000 if request.path == "/large" else request.get_data())


def _asked(parts: Parts) -> list[tuple[str, tuple[str, ...]]]:
    """Return the paths of a service's door, and how each may be asked for; of media links, too."""
    routes = [(each.path, each.methods) for each in parts.web.routes]
    if parts.app.service.name != "media":
        return routes
    blobs = parts.door.tools.blobs
    blobs.put("a.jpg", b"x" * 100)
    links = [
        blobs.link("a.jpg", "image/jpeg"),
        blobs.link("gone.jpg", "image/jpeg"),
        blobs.link("a.jpg", "image/jpeg", file_name='å\r\n"a.jpg'),
        blobs.upload_link("b.jpg", "image/jpeg", 4, "0" * 64),
    ]
    return [*routes, *((each.url.removeprefix(HERE), ("GET", "PUT")) for each in links)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
