"""Where a service's events are told and its calls arrive: exchanges, and queues.

A service tells on `<service>.told`, to which only the suite's own queues are bound, so that the
confirms it waits for are theirs. One of them, its outlet, hands all on to `<service>.events`, for
everybody else: by dead letters, which RabbitMQ passes on without waiting for whoever should take
them. A queue of another team's that is full, or has lost its majority, holds up nobody then; a
channel that publishes to one stands still, for 65 s a message.

Calls wait in a queue that goes with its node and is declared anew on another at once. nameko's is
durable: after the loss of its node nobody could declare it. A quorum queue, which outlives nodes
too, writes each call to disks, and a call may hold a password; so it is for brokers that refuse
the other one.
"""

import logging
import re
from dataclasses import dataclass

import amqp
import kombu
from amqp.exceptions import NotFound, PreconditionFailed

# Frozen: a queue is refused to whoever declares it otherwise. What may change is a policy.
QUEUE_ARGUMENTS = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-max-length": 100_000,
    "x-overflow": "drop-head",  # a gap is noticed and pulled
    "x-delivery-limit": 1_000_000,  # a crash loop must not drop what is healthy
}
OUTLET_ARGUMENTS = {
    "x-queue-type": "quorum",
    "x-message-ttl": 0,  # all goes on at once
    "x-max-length": 100_000,
    "x-overflow": "drop-head",
}

TRANSIENT_REFUSED_SINCE = (4, 3, 0)  # unless its operators permit them

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Form:
    """What a queue of calls is declared as."""

    durable: bool
    arguments: dict[str, str] | None = None


TRANSIENT, QUORUM = Form(durable=False), Form(durable=True, arguments={"x-queue-type": "quorum"})
OLDER = Form(durable=True)


def exchange(service: str) -> kombu.Exchange:
    """Return the exchange that a service tells its events on, for the suite alone."""
    # declared by `require_exchange` alone: a hearer lacks the right
    return kombu.Exchange(f"{service}.told", type="topic", durable=True, no_declare=True)


def events(service: str) -> kombu.Exchange:
    """Return the exchange on which everybody else hears them, the same as nameko declares."""
    return kombu.Exchange(f"{service}.events", type="topic", durable=True, no_declare=True)


def outlet(service: str) -> kombu.Queue:
    """Return the queue through which what is told reaches everybody else."""
    return kombu.Queue(
        f"{service}.outlet",
        exchange=exchange(service),
        routing_key="#",
        queue_arguments={**OUTLET_ARGUMENTS, "x-dead-letter-exchange": events(service).name},
    )


def queue(consumer: str, source: str) -> kombu.Queue:
    """Return the queue in which a consumer finds everything that a source tells."""
    return kombu.Queue(
        f"{consumer}.hears.{source}",
        exchange=exchange(source),
        routing_key="#",
        queue_arguments=QUEUE_ARGUMENTS,
    )


def calls(service: str) -> str:
    """Return the name of the queue of calls to a service, as nameko has it."""
    return f"rpc-{service}"


def form_of_calls(channel: amqp.Channel, name: str) -> Form:
    """Return how to declare that queue of calls; one of another form is deleted before.

    But not where somebody hears it, an older version's server: then it is to be heard as it is.
    """
    form = QUORUM if version(channel) >= TRANSIENT_REFUSED_SINCE else TRANSIENT
    asked = channel.connection.channel()  # a refusal closes the channel
    try:
        asked.queue_declare(name, durable=form.durable, auto_delete=False, arguments=form.arguments)
        asked.close()
        return form
    except PreconditionFailed:
        asked = channel.connection.channel()
    try:
        asked.queue_delete(name, if_unused=True)
        asked.close()
        return form
    except PreconditionFailed:
        log.warning(
            "the queue of calls is an older version's, and would be lost with its node; it is"
            " replaced when a server starts and no other hears it",
            extra={"queue": name},
        )
        return OLDER


def version(channel: amqp.Channel) -> tuple[int, ...]:
    """Return the version of the broker that a channel leads to; (0, 0, 0) where it says none."""
    said = str(channel.connection.server_properties.get("version"))
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0, 0, 0)


def require_exchange(channel: amqp.Channel, name: str) -> None:
    """Let there be a durable topic exchange of that name; `suitectl init` makes it beforehand.

    Only asked for where it exists: whoever has the right to declare it may delete it too. On a
    broker that nobody has prepared it is declared, as nameko does. Raises amqp's `AccessRefused`.
    """
    probe = channel.connection.channel()  # a question that is answered by no closes its channel
    try:
        probe.exchange_declare(name, "topic", passive=True)
        probe.close()
    except NotFound:
        channel.exchange_declare(name, "topic", durable=True, auto_delete=False)
