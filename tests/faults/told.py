"""A listener of the tests' own: what was told, as the broker has it, and copies of it."""

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

import amqp

from chassis.broker.link import Link
from chassis.broker.rabbit import count_hearers
from chassis.domain import value
from chassis.unit.envelope import HEADER

QUEUE = "faults.tap"
FULL = "faults.full"  # another team's
REFUSES = {"x-max-length": 1, "x-overflow": "reject-publish"}


@value
class Told:
    """One message that told an event."""

    source: str
    event_id: str
    position: int
    previous: str
    message: amqp.Message


class Tap:
    """A quorum queue bound to every exchange; only the loss of the broker's data ends it.

    For one thread at a time.
    """

    def __init__(
        self, uri: str, sources: Iterable[str], queue: str = QUEUE, exchange: str = "told"
    ) -> None:
        """`uri` is of a user who may do everything; `exchange` is the suite's, or `events`."""
        self.sources, self.queue, self.exchange = tuple(sources), queue, exchange
        self._link = Link(uri, self._prepare)
        self._came: list[Told] = []

    def __enter__(self) -> Self:
        self.look()
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def look(self) -> list[Told]:
        """Return what has come since `taken`. Raises `Unavailable` without a broker."""
        with self._link.channel() as channel:
            while (message := channel.basic_get(self.queue, no_ack=True)) is not None:
                self._came.append(_told(message))
        return list(self._came)

    def taken(self) -> list[Told]:
        """Return what has come, and begin anew."""
        came, self._came = self.look(), []
        return came

    def repeat(self, source: str, queues: Iterable[str], chance: random.Random) -> int:
        """Deliver all that came of a source again to these queues, shuffled; return how much."""
        copies = [each.message for each in self.look() if each.source == source]
        with self._link.channel() as channel:
            for queue in queues:
                chance.shuffle(copies)
                for each in copies:
                    again = amqp.Message(each.body, **each.properties)
                    channel.basic_publish(again, exchange="", routing_key=queue)
        return len(copies)

    def crowd(self, source: str) -> None:
        """Let another team have a queue of what a source tells that is full and refuses it."""
        with self._link.channel() as channel:
            channel.queue_declare(FULL, durable=True, auto_delete=False, arguments=REFUSES)
            channel.queue_bind(FULL, f"{source}.events", "#")
            channel.basic_publish(amqp.Message("full"), exchange="", routing_key=FULL)

    def purge(self, queues: Iterable[str]) -> None:
        """Empty these queues."""
        self._each(queues, lambda channel, queue: channel.queue_purge(queue))

    def delete(self, queues: Iterable[str]) -> None:
        """Delete these queues, with what is in them."""
        self._each(queues, lambda channel, queue: channel.queue_delete(queue))

    def listen(self, queue: str, arguments: Mapping[str, object]) -> None:
        """Let there be another queue that is bound as this one is."""
        with self._link.channel() as channel:
            self._bind(channel, queue, arguments)

    def hearers(self, queue: str) -> int:
        """Return how many consume a queue; 0 where there is no such queue."""
        with self._link.channel() as channel:
            return count_hearers(channel, queue)

    def _each(self, queues: Iterable[str], do: Callable[[Any, str], object]) -> None:
        for queue in queues:
            with self._link.channel() as channel:
                do(channel, queue)

    def _prepare(self, channel: amqp.Channel) -> None:
        self._bind(channel, self.queue, {"x-queue-type": "quorum"})

    def _bind(self, channel: amqp.Channel, queue: str, arguments: Mapping[str, object]) -> None:
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        for source in self.sources:
            channel.queue_bind(queue, f"{source}.{self.exchange}", "#")


def _told(message: Any) -> Told:
    carried = message.headers
    return Told(
        source=message.delivery_info["exchange"].partition(".")[0],
        event_id=message.properties["message_id"],
        position=int(carried[f"{HEADER}position"]),
        previous=carried[f"{HEADER}previous"],
        message=message,
    )
