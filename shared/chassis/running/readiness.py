"""What /readyz asks of a process: its own database and broker, the schema, the relay."""

from collections.abc import Mapping

from chassis import metrics
from chassis.broker import queues, rabbit
from chassis.broker.link import BLOCKED, Link
from chassis.broker.rpc_line import EXCHANGE, nobody
from chassis.database import schema_rule
from chassis.door.internal_door import Check, answers, database_answers, relay_keeps_up
from chassis.errors import Unavailable
from chassis.running.process import Process
from chassis.unit.digests import note_at_work


def checks(built: Process) -> Mapping[str, Check]:
    """Return the checks of a service's process, by name."""
    app = built.parts.app
    link = Link(built.given.amqp_uri, lambda channel: None)
    return {
        "database": database_answers(app),
        "schema": answers(lambda: _ask_schema(built)),
        "broker": answers(lambda: ask_broker(link, built.name)),
        "relay": relay_keeps_up(app),
    }


def _ask_schema(built: Process) -> None:
    schema_rule.require(built.parts.app.engine, built.name)
    # a rebuild by other code may have come while this one is at work
    note_at_work(built.parts.app.engine, built.digests)


def ask_broker(link: Link, service: str) -> None:
    """Ask the broker who hears the calls to a service, how many wait, whether it takes messages.

    `/metrics` tells all three. Raises `Unavailable`.
    """
    counted, blocked = None, None
    try:
        with link.channel() as channel:  # and a question to it: what is cached may be dead
            counted = rabbit.counted(channel, queues.calls(service))
            link.must_take(EXCHANGE, nobody(service))
        blocked = False
    except Unavailable as error:
        blocked = True if error.code == BLOCKED else None
        raise
    finally:
        metrics.rpc_queue(service, counted)
        metrics.broker_blocked(service, blocked)
