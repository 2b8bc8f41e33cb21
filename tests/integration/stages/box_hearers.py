"""What tests of hearing share: boxes that were told, ways to read on, and what it came to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg

from chassis.hearing.forks import ToldAt
from chassis.hearing.inbox import Consumer
from chassis.hearing.parking import kind
from chassis.jobs.jobs import Worker
from chassis.unit import feed
from chassis.unit.envelope import Heard, heard
from chassis.unit.handling import App
from integration.stages.box_database import Database, number_all, open_box, put_in, told

Read = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def pack(app: App, weights: Sequence[int]) -> UUID:
    """Tell of one box and of a thing of each weight put into it."""
    box_id = open_box(app)
    for number, weight_g in enumerate(weights):
        put_in(app, box_id, str(number), weight_g)
    number_all(app)
    return box_id


def packed(app: App, weights: Sequence[int]) -> list[Heard]:
    """Return all that is told, with one box more."""
    pack(app, weights)
    return all_told(app)


def all_told(app: App) -> list[Heard]:
    return [heard(item) for item in told(app)]


def pages(app: App, most: int = feed.BATCH) -> Read:
    """Return the source's `events_read`."""

    def read(after: Mapping[str, Any]) -> Mapping[str, Any]:
        name = app.service.name
        return app.query(lambda connection: feed.read(connection, name, after, limit=most).reply())

    return read


def tally(hearer: Database) -> tuple[int, int]:
    """Return how many things the hearer has weighed, and their weight."""
    rows = hearer.rows("select count, total_g from tally")
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


def weighed(hearer: Database) -> list[int]:
    """Return the positions of the events that took effect, in the order in which they did."""
    query = "select (meta->'heard'->>'position')::int from events where type = 'Weighed'"
    return [position for (position,) in hearer.rows(f"{query} order by version")]


def parked(hearer: Database) -> list[tuple[int, int, bool]]:
    """Return position, attempts and whether it is dead of all that is parked."""
    return hearer.rows("select position, attempts, dead from parked order by position")


def at(event: Heard) -> dict[str, Any]:
    return {"position": event.position, "event_id": str(event.event_id)}


def make_due(hearer: Database) -> None:
    """Let every waiting job be due."""
    hearer.change("update jobs set run_at = now() where state = 'waiting'")


def redrive(hearer: Database, consumer: Consumer) -> int:
    """Do every redrive that waits, due or not, once; return how many there were."""
    make_due(hearer)
    worker, count = Worker(consumer.app, [kind([consumer])]), 0
    while worker.work():
        count += 1
    return count


def told_at(app: App) -> ToldAt:
    """Return how the source is asked where it tells these events now."""
    return lambda event_ids: app.query(lambda connection: feed.told_at(connection, event_ids))


def restore(teller: Database, position: int) -> None:
    """Let the source have forgotten what it told after this position."""
    with psycopg.connect(teller.admin_url, dbname=teller.name, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")  # no trigger fires
        admin.execute("delete from positions where position > %s", [position])
        admin.execute("delete from events where seq not in (select seq from positions)")
