"""`serve`: one service answers calls, over RabbitMQ and HTTP, until it is told to stop."""

from chassis.green import green  # first: it patches

# isort: split
import logging
import sys
from contextlib import ExitStack
from importlib import import_module

from chassis.door.internal_door import InternalDoor
from chassis.errors import ServiceError
from chassis.green import nameko_ext
from chassis.green.http_server import GreenHttpServer, Limits
from chassis.running import process, readiness
from chassis.running.process import STOP_S, Process
from chassis.settings import Misconfigured

LOOK_S = 1.0  # so often is looked whether something has ended by itself

log = logging.getLogger(__name__)


def run(service: str) -> int:
    """Serve until SIGTERM or SIGINT; return 0 then, 1 if it could not start or broke."""
    ending = process.Ending()
    with ExitStack() as opened:
        try:
            built = process.build(service, opened)
            built.parts.app.offload = green.in_a_thread
            green.must_not_block(built.parts.app.engine)
            return _serve(built, ending, opened)
        except (Misconfigured, ServiceError, OSError) as error:
            print(f"{service} serve: {error}", file=sys.stderr)
            return 1


def _serve(built: Process, ending: process.Ending, opened: ExitStack) -> int:
    given, facade = built.given, import_module(f"{built.name}.service")
    container = nameko_ext.container(
        getattr(facade, f"{built.name.capitalize()}Service"),
        given.amqp_uri,
        built.parts.door,
        given.max_workers,
        given.max_request_bytes,
    )
    limits = Limits(proxies=given.trusted_proxies, per_address=given.http_per_address)
    public = GreenHttpServer(given.http_host, given.http_port, built.parts.web, limits)
    started = green.Watched(container.start)  # waits for the broker

    def rpc() -> str | None:
        heard = started.ended() and nameko_ext.hears(container)
        return None if heard else "calls are not heard"

    door = InternalDoor({**readiness.checks(built), "rpc": rpc})
    inside = GreenHttpServer(given.internal_host, given.internal_port, door)
    opened.callback(inside.stop)
    broken = green.Watched(container.wait)
    doors = {"public_port": public.port, "internal_port": inside.port}
    log.info("serving", extra={**built.described(), **doors})
    while not ending.within(LOOK_S) and not broken.ended():
        started.ended()
        public.must_answer()
        inside.must_answer()
    door.drain()
    with green.Limit(STOP_S, False):  # a call that takes longer is made again elsewhere
        if started.ended():
            container.stop()
        public.stop()
    log.info("stopped", extra={"service": built.name})
    return 0
