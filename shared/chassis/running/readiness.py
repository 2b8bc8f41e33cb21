"""What /readyz asks of a process: its own database and broker, the schema, the relay."""

from collections.abc import Mapping

from chassis.broker.link import Link
from chassis.database import schema_rule
from chassis.door.internal_door import Check, answers, database_answers, relay_keeps_up
from chassis.running.process import Process


def checks(built: Process) -> Mapping[str, Check]:
    """Return the checks of a service's process, by name."""
    app = built.parts.app
    link = Link(built.given.amqp_uri, lambda channel: None)
    return {
        "database": database_answers(app),
        "schema": answers(lambda: schema_rule.require(app.engine, built.name)),
        "broker": answers(lambda: _reach(link)),
        "relay": relay_keeps_up(app),
    }


def _reach(link: Link) -> None:
    with link.channel() as channel:
        channel.flow(True)  # a round trip: what is cached may be dead
