"""An HTTP server under eventlet, for strangers: each is held to a pace, and to a share of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
import eventlet.wsgi

from chassis.domain import value
from chassis.door.crowd import Crowd
from chassis.door.pacing import Pace, PacedHandler
from chassis.errors import Unavailable

Wsgi = Callable[..., Any]


@value
class Limits:
    """What a door holds its clients to."""

    pace: Pace = Pace()
    connections: int = 200  # at once, of all
    per_address: int = 40  # … of one address
    proxies: str = ""  # whose `X-Forwarded-For` is believed: addresses, networks, blanks between


LIMITS = Limits()


class GreenHttpServer:
    """A WSGI application on a port."""

    def __init__(self, host: str, port: int, app: Wsgi, limits: Limits = LIMITS) -> None:
        """Listen, and answer from now on."""
        backlog = limits.connections  # who finds it full waits a second for nothing
        self._socket = eventlet.listen((host, port), backlog=backlog, reuse_port=False)
        self._pool = eventlet.GreenPool(limits.connections)
        crowd = Crowd(limits.per_address, limits.proxies)
        self.port: int = self._socket.getsockname()[1]
        self._thread = eventlet.spawn(
            eventlet.wsgi.server,
            self._socket,
            app,
            custom_pool=self._pool,
            protocol=partial(_Protocol, limits.pace, crowd),
            keepalive=False,
            log_output=False,  # links hold what lets their holder in
            debug=False,
        )

    def must_answer(self) -> None:
        """Raise `Unavailable` if nothing more is accepted, for want of descriptors, say."""
        if self._thread.dead:
            raise Unavailable("chassis.door_closed", "an HTTP door has closed by itself")

    def stop(self) -> None:
        """Accept nothing more, and wait for what is being answered."""
        self._thread.kill()
        self._pool.waitall()
        self._socket.close()


class _Protocol(PacedHandler, eventlet.wsgi.HttpProtocol):  # type: ignore[misc]  # untyped
    """One connection, which brings one request."""

    def __init__(self, pace: Pace, crowd: Crowd, *given: Any) -> None:
        self.pace, self._crowd = pace, crowd
        super().__init__(*given)

    def handle(self) -> None:
        self._in_the_crowd(self._crowd.peer(self.client_address[0]), super().handle)

    def handle_one_response(self) -> None:
        forwarded_for = self.environ.get("HTTP_X_FORWARDED_FOR", "")
        who = self._crowd.client(self.client_address[0], forwarded_for)
        self._in_the_crowd(who, super().handle_one_response)

    def _in_the_crowd(self, who: str | None, go_on: Callable[[], None]) -> None:
        with self._crowd.joined(who) as admitted:
            if admitted:
                go_on()
            else:
                self.send_error(429)
