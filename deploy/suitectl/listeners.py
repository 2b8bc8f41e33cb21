"""What other teams' services have in the broker: their queues, and what these are bound to.

RabbitMQ asks for rights when a queue is bound, and never again. So what a listener may not hear
any more is unbound, by suitectl's own user: the listener itself might bind it anew meanwhile.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from amqp.exceptions import AccessRefused, ResourceLocked
from kombu.exceptions import OperationalError

from chassis import codec
from chassis.broker import address
from chassis.domain import value
from chassis.errors import Forbidden, Unavailable
from suitectl import environment, rights
from suitectl.broker_admin import BrokerAdmin
from suitectl.change import Change
from suitectl.inventory import Inventory
from suitectl.keys import Keys
from suitectl.rights import Listener

Definitions = Mapping[str, Any]  # as a broker exports them
OPERATOR = "operator"
TIMEOUT_S = 30.0


@value
class Binding:
    """What a queue is told."""

    queue: str
    exchange: str
    key: str


def queues(found: Definitions, vhost: str, name: str) -> list[str]:
    """Return the queues of a listener; those that end with their connection are not listed."""
    known = (each["name"] for each in found["queues"] if each["vhost"] == vhost)
    return sorted(each for each in known if _is_of(name, each))


def bindings(found: Definitions, vhost: str, name: str) -> list[Binding]:
    """Return what the queues of a listener are bound to."""
    return [
        Binding(queue=each["destination"], exchange=each["source"], key=each["routing_key"])
        for each in found["bindings"]
        if each["vhost"] == vhost and each["destination_type"] == "queue"
        if _is_of(name, each["destination"])
    ]


def narrowed(
    given: Inventory, held: Keys, broker: BrokerAdmin, found: Definitions
) -> Iterator[Change]:
    """Yield the end of each binding by which a listener still hears what it may not any more.

    A queue that belongs to a connection can be unbound by nobody else: it ends with that one.
    """
    uri = environment.broker_url(given, held, OPERATOR)
    for name, noted in held["consumers"].items():
        allowed = rights.listener(name, codec.load(Listener, noted)).topics
        for each in bindings(found, given.rabbitmq.vhost, name):
            if each.exchange in map(rights.events, given.services) and not (
                each.exchange in allowed and re.search(allowed[each.exchange].read, each.key)
            ):
                what = f"queue {each.queue}: unbound from {each.exchange}, {each.key}"
                yield Change(what=what, make=partial(_unbind, uri, each, broker, given.named(name)))


def deleted(given: Inventory, held: Keys, name: str, found: Definitions) -> Iterator[Change]:
    """Yield the end of each queue of a listener whose user has gone."""
    uri = environment.broker_url(given, held, OPERATOR)
    for queue in queues(found, given.rabbitmq.vhost, name):
        yield Change(what=f"queue {queue}: deleted", make=partial(_delete, uri, queue))


def _is_of(name: str, queue: str) -> bool:
    return re.fullmatch(rights.queues_of([name]), queue) is not None


def _unbind(uri: str, binding: Binding, broker: BrokerAdmin, user: str) -> None:
    with _channel(uri) as channel:
        try:
            channel.queue_unbind(binding.queue, binding.exchange, binding.key)
        except ResourceLocked:
            broker.disconnect(user)


def _delete(uri: str, queue: str) -> None:
    with _channel(uri) as channel:
        channel.queue_delete(queue)


@contextmanager
def _channel(uri: str) -> Iterator[Any]:
    """Yield a channel of the operator's. Raises `Unavailable`, `Forbidden`."""
    try:
        with address.client(uri, connect_timeout=TIMEOUT_S) as connection:
            yield connection.default_channel
    except AccessRefused as error:
        reason = "the broker knows the operator's rights of an older version: run suitectl init"
        raise Forbidden("suitectl.older_rights", f"{reason}; {error.reply_text}") from None
    except (OSError, OperationalError) as error:
        raise Unavailable("suitectl.broker_unavailable", str(error)) from None
