"""Messages that came past what RabbitMQ compares with topic rights: who receives them refuses them.

It compares the routing key that is sent. A dead letter of whoever's queue takes the key that the
queue names, and up to 4.0.2 a message also goes to the keys in its headers CC and BCC. A dead
letter and CC are seen here. BCC is not, since the broker takes it out; but what is delivered
carries the key that was compared, so that where keys are one's own such a copy is a stranger.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import amqp

from chassis import metrics
from chassis.broker.queues import version

COPIES_COMPARED_SINCE = (4, 0, 3)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Detours:
    """The ways past the topic rights that one broker leaves open."""

    headers: frozenset[str]
    copies: bool

    def taken(self, headers: Mapping[str, Any] | None, key: str, own: str = "") -> str | None:
        """Return the way that a message came: a header's name, or 'key'; None for the straight one.

        `own` is what all keys begin with that its queue is bound by.
        """
        if found := self.headers & (headers or {}).keys():
            return min(found)
        return "key" if self.copies and not key.startswith(own) else None


def of(channel: amqp.Channel) -> Detours:
    """Return those of the broker that a channel leads to; an unknown version counts as old."""
    copies = version(channel) < COPIES_COMPARED_SINCE
    return Detours(headers=frozenset({"x-death", *(("CC",) if copies else ())}), copies=copies)


def note(queue: str, way: str, sender: str | None) -> None:
    """Log and count a message that is refused."""
    log.warning("refused a message", extra={"queue": queue, "way": way, "sender": sender})
    metrics.refused(queue, way)
