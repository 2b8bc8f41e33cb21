"""Calling other services over RabbitMQ, in nameko's words, within a deadline, from any thread.

A call is a message that does not outlive its deadline. What may have been lost on the way is sent
again with the same correlation id; the server takes that as the idempotency key of a command
without one, so that a lost reply never runs a command twice.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, LifoQueue
from typing import Any

from chassis import deadline, ids
from chassis.broker import address
from chassis.broker.rpc_line import Line, Request
from chassis.errors import DeadlineExceeded, of_request

USER = re.compile("[a-z_.]+")  # servers answer to no other reply key: it could be anybody's queue


class Rpc:
    """Calls services; for all threads of a process, green ones too."""

    def __init__(
        self,
        uri: str,
        user: str | None = None,
        timeout_s: float = 5.0,
        lines: int = 10,
        least_attempt_s: float = 1.0,
        patient: bool = False,
    ) -> None:
        """Connect when first needed, with at most `lines` connections: so many calls at once.

        Calls are made as the broker user `user`, which the broker compares with who is connected;
        without one, in the name of whoever an access token speaks for, else of nobody.
        `timeout_s` is for a whole call. An attempt waits for half of what remains, and is then
        made once more, for its message may have died with the server; but none is planned shorter
        than `least_attempt_s`: the last one takes all that remains. A wrong password, user or
        virtual host is `Forbidden`; to who is `patient`, a service, it is an outage that its
        operator ends. Raises `ValueError` for a user's name that cannot stand in a reply key.
        """
        name = user or address.client(uri).userid or "guest"
        if not USER.fullmatch(name):
            raise ValueError(f"no name for a broker user that calls: {name!r}")
        self.timeout_s, self.least_attempt_s = timeout_s, least_attempt_s
        self._idle: LifoQueue[Line] = LifoQueue()  # the one used last is the least cold
        for _ in range(lines):
            self._idle.put(Line(uri, user, name, patient))

    def port(
        self,
        service: str,
        *,
        auth_token: str | None = None,
        timeout_s: float | None = None,
        correlation_id: str | None = None,
    ) -> "RpcPort":
        """Return the port to a service, for one caller.

        `auth_token`: a person's access token; it goes before the broker user. `correlation_id`
        goes into the logs and events of all that the calls bring about.
        """
        own = {"nameko.auth_token": auth_token, "nameko.correlation_id": correlation_id}
        headers = {name: text for name, text in own.items() if text is not None}
        return RpcPort(self, service, headers, self.timeout_s if timeout_s is None else timeout_s)

    def close(self) -> None:
        """Close the connections that no call is using; a later call opens new ones."""
        idle = []
        with suppress(Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for line in idle:
            line.close()
            self._idle.put(line)

    @contextmanager
    def line(self) -> Iterator[Line]:
        """Yield a line of one's own. Raises `DeadlineExceeded` if none becomes free in time."""
        try:
            line = self._idle.get(timeout=deadline.remaining())
        except Empty:
            raise DeadlineExceeded("chassis.no_line", "too many calls at once") from None
        try:
            yield line
        finally:
            self._idle.put(line)


@dataclass(frozen=True, slots=True)
class RpcPort:
    """The port to one service over RabbitMQ."""

    rpc: Rpc
    service: str
    headers: Mapping[str, str]
    timeout_s: float

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Call a method by its name; arguments and reply are JSON.

        Returns within the port's deadline, or the surrounding one if that is nearer. Raises the
        service's own `ServiceError`; `DeadlineExceeded("chassis.no_reply")` if none came in time:
        whether the call was run is unknown then; `Unavailable` if service or broker is away until
        the deadline, and at once if too many calls wait for the service already
        (`chassis.service_overloaded`) or the broker is short of memory or disk
        (`chassis.broker_blocked`: not sent, but for who called by the same line half a second
        before); `Forbidden("chassis.refused_by_broker")` if the broker refuses the call or its
        caller. Every error has a `request_id`, which the logs of who was called have too.
        """
        call_id = str(ids.fresh())
        with of_request(call_id), deadline.within(self.timeout_s):
            deadline.check()
            body = json.dumps({"args": [], "kwargs": arguments})
            request = Request(f"{self.service}.{method}", body, call_id, self.headers)
            with self.rpc.line() as line:
                return line.call(request, self.rpc.least_attempt_s)
