"""One line to the other services: a connection with a reply queue, used by one call at a time."""

import json
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

import amqp
from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed
from amqp.spec import Basic

from chassis import deadline, ids
from chassis.broker import rpc_reply
from chassis.broker.link import BLOCKED, Link
from chassis.errors import Conflict, DeadlineExceeded, Forbidden, ServiceError, Unavailable

EXCHANGE = "nameko-rpc"
PUBLISH = Basic.Publish  # as amqp names what an error answers
NON_PERSISTENT = 1
PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)  # before a repeat, with jitter; the last one from then on
OVERLOADED = "chassis.service_overloaded"
AT_ONCE = (OVERLOADED, BLOCKED)  # told to the caller, though a repeat may help later
MAY_PASS = re.compile("limit|is down")  # in what a broker says that shuts nobody out for good


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: the same in all attempts of one call."""

    key: str  # routing key: service.method
    body: str
    id: str  # the correlation id
    headers: Mapping[str, str]


class Line:
    """A connection with a reply queue of its own."""

    def __init__(self, uri: str, user: str | None, name: str, patient: bool) -> None:
        """Connect at the first call; `user` is who calls, `name` is part of the reply key.

        To who is `patient`, a broker that lets them in no more is an outage.
        """
        self.user, self.name, self.patient = user, name, patient
        self._link = Link(uri, self._prepare)
        self._reply_to = self._nobody = ""
        self._sent = 0  # on this channel: the tag of the last request
        self._awaited: str | None = None
        self._reply: Mapping[str, Any] | None = None
        self._unroutable = self._refused = self._accepted = False
        self._silent = False  # since the last attempt: nothing may ever come again

    def call(self, request: Request, least_attempt_s: float) -> Any:
        """Make attempts until one is answered, or the surrounding deadline leaves no time.

        Raises what `RpcPort.call` raises.
        """
        self._awaited, self._reply = request.id, None
        for pause_s in _pauses():
            rest_s = deadline.remaining() or 0.0
            attempt_s = rest_s / 2 if rest_s / 2 >= least_attempt_s else rest_s
            try:
                reply = self._attempt(request, attempt_s)
                if reply is not None:
                    return rpc_reply.result(reply)
            except (Unavailable, Conflict) as error:
                if not _worth_a_repeat(error) or (deadline.remaining() or 0.0) <= pause_s:
                    raise
                time.sleep(pause_s)
            if deadline.remaining() == 0:
                raise DeadlineExceeded("chassis.no_reply", f"{request.key} did not answer in time")

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._link.close()

    def _attempt(self, request: Request, wait_s: float) -> Mapping[str, Any] | None:
        """Send the request and return the reply, which may be an earlier attempt's; or None."""
        until = time.monotonic() + wait_s
        try:
            with self._link.channel() as channel:
                self._unroutable = self._refused = self._accepted = False
                if self._silent:
                    self._silent = False
                    self._link.must_answer()
                self._link.must_take(EXCHANGE, self._nobody)
                if self._reply is None:
                    self._publish(channel, request, wait_s)
                while self._reply is None and not (self._unroutable or self._refused):
                    if not self._accepted:  # else the reply may come in spite of it
                        self._link.must_not_be_blocked()
                    if not self._link.wait(until - time.monotonic()):
                        self._silent = True
                        return None
        except Unavailable as error:
            raise self._as_refusal(error) from error.__cause__
        reply, self._reply = self._reply, None
        if reply is None and self._refused:
            raise Unavailable(OVERLOADED, f"too many calls wait for {request.key}")
        if reply is None:
            raise Unavailable("chassis.service_unavailable", f"nobody answers to {request.key}")
        return reply

    def _publish(self, channel: amqp.Channel, request: Request, wait_s: float) -> None:
        message = amqp.Message(
            request.body,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=NON_PERSISTENT,  # a password must not wait on a disk
            expiration=str(max(1, int(wait_s * 1000))),  # gone when the next attempt is made
            reply_to=self._reply_to,
            correlation_id=request.id,
            user_id=self.user,
            application_headers={
                **request.headers,
                "nameko.call_id_stack": [f"{self.name}.call.{request.id}"],
                "nameko.deadline_s": deadline.remaining(),
            },
        )
        # without waiting for the confirm: a message that nobody gets is returned, one for a full
        # queue is refused, one that is not allowed ends the channel, and all three arrive where the
        # reply is waited for
        channel.basic_publish(message, EXCHANGE, routing_key=request.key, mandatory=True)
        self._sent += 1

    def _prepare(self, channel: amqp.Channel) -> None:
        # the exchange is not declared, as that takes the right to delete it: binding fails without
        own = ids.fresh()
        queue, self._reply_to = f"rpc.reply-{self.name}-{own}", f"reply.{self.name}.{own}"
        self._nobody = nobody(self.name)
        channel.queue_declare(queue, durable=False, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, EXCHANGE, self._reply_to)
        channel.basic_consume(queue, no_ack=True, callback=self._take)
        channel.events["basic_return"].add(self._take_back)
        channel.confirm_select()
        self._sent = 0
        channel.events["basic_ack"].add(self._accept)
        channel.events["basic_nack"].add(self._refuse)

    def _take(self, message: amqp.Message) -> None:
        if message.properties.get("correlation_id") != self._awaited:
            return  # the late reply to a call that was given up
        with suppress(ValueError):
            reply = json.loads(message.body)
            if isinstance(reply, dict):
                self._reply = reply

    def _take_back(self, _why: Any, _exchange: str, _key: str, message: amqp.Message) -> None:
        if message.properties.get("correlation_id") == self._awaited:
            self._unroutable = True

    # what is said of earlier requests, late, is below the tag of the last one

    def _accept(self, tag: int, _all_before_too: bool) -> None:
        self._accepted |= tag == self._sent

    def _refuse(self, tag: int, _all_before_too: bool) -> None:
        self._refused |= tag == self._sent

    def _as_refusal(self, error: Unavailable) -> ServiceError:
        """Return `Forbidden` for what the broker refuses until somebody changes it, else the error.

        A process whose operator will is patient; not so of what it may not publish.
        """
        cause = error.__cause__
        if isinstance(cause, AccessRefused | PreconditionFailed) and cause.method_sig == PUBLISH:
            return Forbidden("chassis.refused_by_broker", error.message)
        shut = isinstance(cause, AccessRefused | NotAllowed) and not MAY_PASS.search(str(cause))
        if shut and not self.patient:
            return Forbidden("chassis.refused_by_broker", error.message)
        return error


def nobody(user: str) -> str:
    """Return a key on `EXCHANGE` that a broker user may publish with, and that reaches no queue."""
    return f"reply.{user}.{ids.fresh()}"


def _pauses() -> Iterator[float]:
    """Yield how long to pause before each repeat, without an end: the deadline is the end."""
    for pause_s in chain(PAUSES_S, repeat(PAUSES_S[-1])):
        # all callers of a server that comes back must not come at the same moment
        yield pause_s * random.uniform(0.5, 1.5)  # noqa: S311


def _worth_a_repeat(error: ServiceError) -> bool:
    """Return whether a repeat with the same correlation id is safe and may fare better."""
    if error.code in AT_ONCE:
        return False  # it would be one call more for who has too many
    # in progress: it is an earlier attempt of ours that is
    return isinstance(error, Unavailable) or error.code == "chassis.in_progress"
