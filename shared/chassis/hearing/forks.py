"""Forks: a source was restored from a backup and has forgotten what was heard of it.

The consumer then stops, for good: what is lost and what it has caused here is for people to judge.
They let it go on from the last event that both sides know (`resume`). What the source tells from
there is heard again; effects that stand here already are passed over (`reacting`).
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis import ids
from chassis.codec import plain
from chassis.errors import Conflict, Rejected
from chassis.hearing import cursors
from chassis.hearing.cursors import Cursor
from chassis.hearing.inbox import Consumer, Read
from chassis.unit.deciding import Unit
from chassis.unit.feed import START
from chassis.unit.handling import App

FORKED = "chassis.forked"
RESUMED = "fork"  # what is written into `audit`

log = logging.getLogger(__name__)


@contextmanager
def noticed(consumer: Consumer, read: Read) -> Iterator[None]:
    """Stop the source if what is done inside finds it forked. Raises what `read` raises."""
    try:
        yield
    except Conflict as error:
        if error.code != FORKED:
            raise
        stop(consumer, read)


def stop(consumer: Consumer, read: Read) -> None:
    """Stop hearing a source that has forgotten what was heard of it, and say what that caused.

    `read` is asked about twenty times what the source still knows; in no transaction. Nothing is
    stopped if the cursor has moved meanwhile. Raises what `read` raises.
    """
    stands = consumer.own_cursor.stands()
    caused = _caused(consumer, stands.position)
    known = _count_known(caused, read)
    found = {
        "code": FORKED,
        "at": plain(consumer.app.clock()),
        "cursor": {"position": stands.position, "event_id": str(stands.event_id)},
        "last_known": _pair(caused[known - 1].heard) if known else dict(START),
        "lost": [_lost(each) for each in caused[known:]],
    }

    def work(unit: Unit) -> bool:
        now = consumer.own_cursor.hold(unit)
        if now != stands or now.stopped is not None:
            return False
        unit.execute(_STOP, **consumer.own_cursor.key, stopped=found)
        return True

    if consumer.app.attempt(cursors.call(consumer.app), work):
        log.error(
            "stopped hearing %s, which has forgotten what was heard of it; caused by that: %s",
            consumer.source,
            json.dumps(found["lost"]),
            extra={
                **consumer.own_cursor.key,
                "cursor": found["cursor"],
                "known": found["last_known"],
            },
        )


def resume(app: App, consumer: str, source: str, who: str) -> dict[str, Any]:
    """Let a stopped source go on from the last event that it knows; return what it was stopped for.

    What is parked from there on is dropped: the source tells it again, or has forgotten it.
    Raises `Rejected` where nothing is stopped.
    """
    cursor = Cursor(app, consumer, source)

    def work(unit: Unit) -> dict[str, Any]:
        stopped: dict[str, Any] | None = cursor.hold(unit).stopped
        if stopped is None:
            raise Rejected("chassis.not_stopped", f"{consumer} has not stopped hearing {source}")
        unit.execute(_GO_ON, **cursor.key, **stopped["last_known"])
        position = stopped["last_known"]["position"]
        unit.execute(_DROP_PARKED, **cursor.key, position=position)
        details = {**cursor.key, **stopped}
        unit.execute(_AUDIT, who=who, did=RESUMED, details=details)
        return stopped

    return app.attempt(cursors.call(app), work)


def _caused(consumer: Consumer, position: int) -> Sequence[Row[Any]]:
    """Return what this consumer made of the source's events, in their order, but earlier losses.

    Up to the cursor; each with `heard`, the pair that caused it.
    """
    parameters = {"source": consumer.source, "position": position, "did": RESUMED}
    rows = consumer.app.query(lambda connection: connection.execute(_CAUSED, parameters).all())
    return [each for each in rows if _heard_by(consumer, each)]


def _heard_by(consumer: Consumer, caused: Row[Any]) -> bool:
    """Return whether this consumer did that: another may have heard, since, what it has not."""
    stream_id = caused.heard.get("stream_id")  # none of what was heard before there were groups
    by_group = caused.call == str(ids.derive(UUID(caused.heard["event_id"]), consumer.group))
    return by_group and (stream_id is None or consumer.member.owns(stream_id))


def _count_known(caused: Sequence[Row[Any]], read: Read) -> int:
    """Return how many of these, from the first on, were caused by what the source still knows."""
    low, high = 0, len(caused)
    while low < high:
        middle = (low + high) // 2
        if _knows(read, _pair(caused[middle].heard)):
            low = middle + 1
        else:
            high = middle
    return low


def _knows(read: Read, pair: dict[str, Any]) -> bool:
    try:
        read(pair)
    except Conflict as error:
        if error.code != FORKED:
            raise
        return False
    return True


def _pair(heard: dict[str, Any]) -> dict[str, Any]:
    return {"position": heard["position"], "event_id": heard["event_id"]}


def _lost(row: Row[Any]) -> dict[str, Any]:
    heard = {**_pair(row.heard), "type": row.heard["type"]}
    event_id = str(row.event_id)
    return {"event_id": event_id, "type": row.type, "stream_id": row.stream_id, "heard": heard}


_OF = "where consumer = :consumer and source = :source"
_CAUSED = text(
    "select e.event_id, e.type, e.stream_id, e.meta->>'call' as call, e.meta->'heard' as heard"
    " from events e"
    " where e.meta->'heard'->>'source' = :source"
    " and (e.meta->'heard'->>'position')::bigint <= :position"
    " and not exists (select from audit a, jsonb_array_elements(a.details->'lost') lost"
    "  where a.did = :did and a.details->>'source' = :source"
    "  and lost->>'event_id' = e.event_id::text)"
    " order by (e.meta->'heard'->>'position')::bigint, e.seq"
)
_STOP = text(f"update cursors set stopped = :stopped {_OF}")  # noqa: S608
_GO_ON = text(
    "update cursors set position = :position, event_id = cast(:event_id as uuid), tries = 0,"  # noqa: S608
    f" stopped = null {_OF}"
)
_DROP_PARKED = text(f"delete from parked {_OF} and position > :position")  # noqa: S608
_AUDIT = text("insert into audit (who, did, details) values (:who, :did, :details)")
