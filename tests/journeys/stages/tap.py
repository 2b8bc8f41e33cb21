"""A listener of our own at the broker: what the services tell, as often as it comes."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

import amqp

from chassis.broker.link import Link

EXCHANGE = "{}.told"


class Tap:
    """Everything that some services tell while it is open, in the order of its coming."""

    def __init__(self, uri: str, sources: Iterable[str]) -> None:
        """`uri` is of a user who may read everything."""
        self.sources = tuple(sources)
        self.came: list[tuple[str, str]] = []  # (source, event id)
        self._link = Link(uri, self._listen)

    def __enter__(self) -> Self:
        self.look()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._link.close()

    def look(self) -> list[tuple[str, str]]:
        """Return what has come until now."""
        with self._link.channel():
            while self._link.wait(0.01):
                pass
        return self.came

    def of(self, source: str) -> list[str]:
        """Return the ids of one source's events that have come until now."""
        return [event_id for came_from, event_id in self.look() if came_from == source]

    def _listen(self, channel: amqp.Channel) -> None:
        assert self.came == [], "the connection was lost, and what was told meanwhile"
        queue = channel.queue_declare(exclusive=True).queue
        for source in self.sources:
            channel.queue_bind(queue, EXCHANGE.format(source), "#")
        channel.basic_consume(queue, no_ack=True, callback=self._take)

    def _take(self, message: Any) -> None:
        source = message.delivery_info["exchange"].partition(".")[0]
        self.came.append((source, message.properties["message_id"]))
