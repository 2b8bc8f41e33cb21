"""Parking: an event that cannot be taken waits, and what follows it in its stream waits behind it.

A parked event is tried again by the job `redrive`, in the order of its stream, until it goes or
is dead; what is dead keeps its stream waiting until an operator retries or skips it. Whoever
writes here holds the consumer's cursor, so that a stream has one order.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from zlib import crc32

from sqlalchemy import Connection, Row, text

from chassis import ids
from chassis.errors import NotFound, Rejected, ServiceError
from chassis.hearing import groups, member
from chassis.hearing.cursors import Cursor, call
from chassis.hearing.failures import described, is_final
from chassis.jobs.control import Control
from chassis.jobs.jobs import OUT_OF_MEMORY, Kind, Task
from chassis.unit import envelope
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App

REDRIVE = "redrive"
BACKOFF_S = (1, 5, 30, 120, 600)  # after the 1st failure, the 2nd, …; then the event is dead
AGAIN_S = 60  # until a redrive is queued anew that could not do its work
MOST_STREAMS = 20  # parked ones of a source: then something is wrong with more than an event

log = logging.getLogger(__name__)

Key = Mapping[str, str]  # {consumer, source}


class Redriven(Protocol):
    """A consumer, as its redrive needs it: any member of the group, for all of it."""

    group: str
    source: str

    def redrive(self, stream_id: str) -> bool:
        """Take the first parked event of a stream; return whether the next may be tried."""


def streams(unit: Unit, key: Key) -> set[str]:
    """Return the streams of this source that have parked events."""
    return set(unit.execute(_STREAMS, **key).scalars())


def park(unit: Unit, key: Key, event: Heard, error: Exception) -> None:
    """Park an event that failed, and queue its redrive unless no repeat can mend it."""
    dead = is_final(error)
    _insert(unit, key, event, error=described(error), attempts=1, dead=dead)
    log.error(
        "parked an event", exc_info=error, extra={**key, "event": str(event.event_id), "dead": dead}
    )
    if not dead:
        _queue(unit, key, event.stream_id, delay_s(event.stream_id, 1))


def park_behind(unit: Unit, key: Key, events: Iterable[Heard]) -> None:
    """Park events whose streams wait already."""
    for event in events:
        _insert(unit, key, event, error=None, attempts=0, dead=False)


def head(unit: Unit, key: Key, stream_id: str) -> Row[Any] | None:
    """Return the first parked event of a stream."""
    return unit.execute(_HEAD, **key, stream_id=stream_id).one_or_none()


def remove(unit: Unit, key: Key, position: int) -> None:
    """Take a parked event out of the table."""
    unit.execute(_REMOVE, **key, position=position)


def note_failure(unit: Unit, key: Key, tried: Row[Any], error: Exception) -> None:
    """Note that a parked event failed again; queue the next try, or leave it dead after the last.

    Nothing is noted where a rival has tried it meanwhile.
    """
    attempts = tried.attempts + 1
    dead = is_final(error) or attempts > len(BACKOFF_S)
    failed = {"attempts": attempts, "error": described(error), "dead": dead}
    first = {**key, "position": tried.position, "tried": tried.attempts}
    if unit.execute(_NOTE, **first, **failed).one_or_none() is None:
        return
    log.error(
        "a parked event failed again",
        exc_info=error,
        extra={**key, "event": tried.event["id"], "attempts": attempts, "dead": dead},
    )
    if not dead:
        _queue(unit, key, tried.stream_id, delay_s(tried.stream_id, attempts))


def kind(consumers: Iterable[Redriven]) -> Kind:
    """Return the job that tries parked streams of these consumers again."""
    hearing = {(each.group, each.source): each for each in consumers}

    def run(task: Task, control: Control) -> None:
        consumer = hearing[(task.args["consumer"], task.args["source"])]
        while consumer.redrive(task.args["stream_id"]):
            control.check()

    return Kind(name=REDRIVE, run=run, finish=_nothing, give_up=_give_up, attempts=5)


def retry(app: App, consumer: str, source: str, stream_id: str, who: str = "operator") -> None:
    """Let a stream's first parked event be tried again at once, as if it had never failed.

    Raises `NotFound` for a stream that has none.
    """
    cursor = Cursor(app, consumer, source)
    key = cursor.key

    def work(unit: Unit) -> None:
        cursor.hold(unit)
        first = head(unit, key, stream_id)
        if first is None:
            raise NotFound("chassis.nothing_parked", f"nothing of {stream_id} is parked")
        unit.execute(_REVIVE, **key, position=first.position)
        _audit(unit, who, "parked retry", key, first)
        _queue(unit, key, stream_id, delay_s=0)

    app.attempt(call(app), work)


def skip(app: App, consumer: str, source: str, position: int, who: str) -> None:
    """Drop a stream's first parked event without its effects; the rest is tried at once.

    Raises `NotFound` for an event that is not parked, `Rejected` for one that waits behind
    another.
    """
    cursor = Cursor(app, consumer, source)
    key = cursor.key

    def work(unit: Unit) -> None:
        cursor.hold(unit)
        row = unit.execute(_ONE, **key, position=position).one_or_none()
        if row is None:
            raise NotFound("chassis.nothing_parked", f"{source}:{position} is not parked")
        if row.first != position:
            raise Rejected("chassis.not_first", f"{source}:{row.first} is parked before it")
        remove(unit, key, position)
        _audit(unit, who, "parked skip", key, row)
        _queue(unit, key, row.stream_id, delay_s=0)

    app.attempt(call(app), work)


def listed(connection: Connection, stream_id: str | None = None) -> list[dict[str, Any]]:
    """Return what is parked (of one stream), in the order of its streams."""
    rows = connection.execute(_LISTED, {"stream_id": stream_id}).mappings()
    return [dict(row) for row in rows]


def delay_s(stream_id: str, attempts: int) -> int:
    """Return how long to wait after so many failures: a fifth more or less for each stream."""
    percent = 80 + crc32(f"{stream_id}/{attempts}".encode()) % 41
    return max(1, BACKOFF_S[attempts - 1] * percent // 100)


def _insert(unit: Unit, key: Key, event: Heard, **rest: Any) -> None:
    row = {"position": event.position, "stream_id": event.stream_id, "event": envelope.item(event)}
    unit.execute(_PARK, **key, **row, **rest)


def _queue(unit: Unit, key: Key, stream_id: str, delay_s: int) -> None:
    # by the group, which stays as its members change
    args = {"consumer": member.group(key["consumer"]), "source": key["source"]}
    subject = ids.derive(ids.ROOT, *args.values(), stream_id)
    # one redrive of a stream waits, however many have asked for it
    unit.withdraw(REDRIVE, subject)
    job = Job(kind=REDRIVE, subject=subject, args={**args, "stream_id": stream_id}, delay_s=delay_s)
    unit.queue(job)


def _give_up(unit: Unit, task: Task, error: ServiceError) -> None:
    """Go on later; but leave dead what has ended its process again and again."""
    stream_id = task.args["stream_id"]
    cursor = groups.owner(unit, task.args["consumer"], task.args["source"], stream_id)
    key = cursor.key
    cursor.hold(unit)
    first = head(unit, key, stream_id)
    if first is None or first.dead:
        return
    if error.code == OUT_OF_MEMORY:
        failed = {"attempts": first.attempts + 1, "error": described(error), "dead": True}
        unit.execute(_NOTE, **key, **failed, position=first.position, tried=first.attempts)
    else:
        _queue(unit, key, stream_id, AGAIN_S)


def _audit(unit: Unit, who: str, did: str, key: Key, row: Row[Any]) -> None:
    dropped = {"position": row.position, "stream_id": row.stream_id, "event_id": row.event["id"]}
    unit.execute(_AUDIT, who=who, did=did, details={**key, **dropped})


def _nothing(unit: Unit, task: Task, result: Any) -> None:
    """Record nothing but the job's end: each event's unit has recorded its own."""


_OF = "where consumer = :consumer and source = :source"
_STREAMS = text(f"select distinct stream_id from parked {_OF}")  # noqa: S608
_PARK = text(
    "insert into parked (consumer, source, position, stream_id, event, error, attempts, dead)"
    " values (:consumer, :source, :position, :stream_id, :event, :error, :attempts, :dead)"
)
_HEAD = text(
    "select position, stream_id, event, attempts, dead from parked"  # noqa: S608
    f" {_OF} and stream_id = :stream_id order by position limit 1"
)
_ONE = text(
    "select p.position, p.stream_id, p.event, (select min(position) from parked"  # noqa: S608
    f" {_OF} and stream_id = p.stream_id) as first from parked p {_OF} and position = :position"
)
_REMOVE = text(f"delete from parked {_OF} and position = :position")  # noqa: S608
_NOTE = text(
    "update parked set attempts = :attempts, error = :error, dead = :dead"  # noqa: S608
    f" {_OF} and position = :position and attempts = :tried returning position"
)
_REVIVE = text(f"update parked set attempts = 0, dead = false {_OF} and position = :position")  # noqa: S608
_AUDIT = text("insert into audit (who, did, details) values (:who, :did, :details)")
_LISTED = text(
    "select consumer, source, stream_id, position, event, error, attempts, first_seen, dead"
    " from parked where stream_id = coalesce(:stream_id, stream_id)"
    " order by consumer, source, stream_id, position"
)
