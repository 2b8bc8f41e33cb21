"""RabbitMQ: telling in batches, hearing in batches; and who hears the calls.

The broker is a cache of the log. What it loses is pulled, what it delivers twice is known by its
position; so a connection that fails is dropped at once and nothing is assumed of what was on it.
"""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

import amqp
from amqp.exceptions import MessageNacked, NotFound, PreconditionFailed

from chassis.broker import detours, queues
from chassis.broker.detours import Detours
from chassis.broker.link import TIMEOUT_S, Link
from chassis.broker.queues import require_exchange
from chassis.errors import Unavailable
from chassis.trouble import Trouble
from chassis.unit import envelope
from chassis.unit.envelope import Heard

PREFETCH = 200  # messages delivered and not yet acknowledged
HEARTBEAT_S = 10  # a consumer that hangs loses its role to the standby in 20 to 30 s
LOOK_S = 60.0  # so often is looked whether other teams are still handed what is told
GATHER_S = 0.0005  # how long a batch waits for one message more
PERSISTENT = 2
# a header or a body that is missing, malformed, of another type, or nested without an end
UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, RecursionError)

log = logging.getLogger(__name__)


def count_hearers(channel: amqp.Channel, name: str) -> int:
    """Return how many hear a queue, those who stand by too; 0 where there is no such queue."""
    return counted(channel, name)[0]


def counted(channel: amqp.Channel, name: str) -> tuple[int, int]:
    """Return how many hear a queue, and how many messages wait in it; 0 of a queue not there."""
    probe = channel.connection.channel()  # a question that is answered by no closes its channel
    try:
        told = probe.queue_declare(name, passive=True)
    except NotFound:
        return 0, 0
    probe.close()
    return int(told.consumer_count), int(told.message_count)


class Publisher:
    """Tells one service's events. For one thread."""

    def __init__(
        self, uri: str, service: str, timeout_s: float = TIMEOUT_S, look_s: float = LOOK_S
    ) -> None:
        """Connect at the first batch; a batch's confirms may take `timeout_s`.

        The outlet is made anew within `look_s` where somebody has deleted it: who is told by it
        cannot know, nor do the confirms say so.
        """
        self.service, self.timeout_s, self.look_s = service, timeout_s, look_s
        self._exchange = queues.exchange(service)
        self._link = Link(uri, self._prepare)
        self._sent, self._unconfirmed = 0, set[int]()
        self._look_at = 0.0  # by the monotonic clock
        self._deafness = Trouble(log)  # of other teams

    def publish(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Publish events (attributes and `data`) in this order; return once all are confirmed.

        Raises `Unavailable` for a refusal, a lost connection, a broker that takes no messages or a
        confirm that is late: each of them may have arrived then, or not.
        """
        with self._link.channel() as channel:
            if time.monotonic() >= self._look_at:
                self._hand_on(channel)
            for each in events:
                self._link.must_not_be_blocked()
                name = each["type"].partition(".")[2]
                # without waiting: a round trip for each message costs five times the throughput
                channel.basic_publish(_message(each), self._exchange.name, routing_key=name)
                self._sent += 1
                self._unconfirmed.add(self._sent)
            deadline = time.monotonic() + self.timeout_s
            while self._unconfirmed:
                self._link.must_not_be_blocked()
                if not self._link.wait(deadline - time.monotonic()):
                    raise TimeoutError("not confirmed in time")

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._link.close()

    def _prepare(self, channel: amqp.Channel) -> None:
        require_exchange(channel, self._exchange.name)
        self._hand_on(channel)
        channel.confirm_select()
        self._sent, self._unconfirmed = 0, set()  # a channel counts from 1
        channel.events["basic_ack"].add(self._confirmed)
        channel.events["basic_nack"].add(_refused)

    def _hand_on(self, channel: amqp.Channel) -> None:
        """Let others be told too; an outlet that somebody made otherwise does not hold up ours."""
        self._look_at = time.monotonic() + self.look_s
        require_exchange(channel, queues.events(self.service).name)
        asked = channel.connection.channel()  # a refusal closes the channel
        try:
            queues.outlet(self.service).declare(channel=asked)
        except PreconditionFailed as error:
            otherwise = Unavailable("chassis.outlet_otherwise", str(error))
            self._deafness.failed("other teams are not told: delete that queue", otherwise)
            return
        asked.close()
        self._deafness.went_well()

    def _confirmed(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {each for each in self._unconfirmed if each > tag}
        else:
            self._unconfirmed.discard(tag)


class Receiver:
    """Hears one source for one consumer. For one thread."""

    def __init__(
        self,
        uri: str,
        consumer: str,
        source: str,
        prefetch: int = PREFETCH,
        heartbeat_s: int = HEARTBEAT_S,
    ) -> None:
        """Connect and declare the queue at the first batch; `heartbeat_s` as a `Link` has it."""
        self.prefetch = prefetch
        self._queue, self._formerly = queues.queue(consumer, source), queues.events(source).name
        self._link = Link(uri, self._prepare, heartbeat_s)
        self._arrived: list[amqp.Message] = []
        self._last_tag: int | None = None
        self._detours: Detours  # those of the broker it is connected to

    def receive(self, wait_s: float) -> list[Heard]:
        """Return a batch: what has come, or comes within `wait_s`; at most `prefetch` events.

        Until they are acknowledged, the broker keeps them and delivers them again to whoever
        comes after this connection. Raises `Unavailable`.
        """
        with self._link.channel():
            timeout_s = GATHER_S if self._arrived else wait_s
            while len(self._arrived) < self.prefetch and self._link.wait(timeout_s):
                timeout_s = GATHER_S
        batch, self._arrived = self._arrived, []
        if batch:
            self._last_tag = batch[-1].delivery_tag
        return [heard for message in batch if (heard := self._heard(message)) is not None]

    def acknowledge(self) -> None:
        """Let the broker forget all that was received. Raises `Unavailable`."""
        with self._link.channel() as channel:
            if self._last_tag is not None:
                channel.basic_ack(self._last_tag, multiple=True)
                self._last_tag = None

    def close(self) -> None:
        """Close the connection; what was not acknowledged is delivered again.

        The consumer is never cancelled first: the broker would hand later messages to another
        one before it takes these back.
        """
        self._link.close()

    def _prepare(self, channel: amqp.Channel) -> None:
        self._arrived, self._last_tag = [], None  # tags count for their channel only
        self._detours = detours.of(channel)
        require_exchange(channel, self._queue.exchange.name)
        self._queue.declare(channel=channel)
        # as an older version bound it: what comes from there has come already
        channel.queue_unbind(self._queue.name, self._formerly, self._queue.routing_key)
        channel.basic_qos(0, self.prefetch, False)
        channel.basic_consume(self._queue.name, callback=lambda each: self._arrived.append(each))

    def _heard(self, message: amqp.Message) -> Heard | None:
        """Return what a message says; None for one that is not ours: what it hides is pulled."""
        key, sender = message.delivery_info["routing_key"], message.properties.get("user_id")
        if way := self._detours.taken(message.headers, key):
            detours.note(self._queue.name, way, sender)
            return None
        try:
            return envelope.from_message(message.headers or {}, json.loads(message.body))
        except UNREADABLE:
            log.warning("not an event", extra={"queue": self._queue.name}, exc_info=True)
            return None


def _message(event: Mapping[str, Any]) -> amqp.Message:
    return amqp.Message(
        json.dumps(event["data"]),
        content_type="application/json",
        content_encoding="utf-8",
        application_headers=envelope.headers(event),
        delivery_mode=PERSISTENT,
        message_id=event["id"],
    )


def _refused(tag: int, multiple: bool) -> None:
    raise MessageNacked(f"the broker refused message {tag}")
