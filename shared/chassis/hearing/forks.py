"""Forks: a source was restored from a backup and has forgotten what was heard of it.

The consumer then stops, for good: what is lost and what it has caused here is for people to judge.
They let it go on from the last event that both sides know (`resume`). What the source tells from
there is heard again; effects that stand here already are passed over (`forgotten`, `reacting`).
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis import ids
from chassis.codec import plain
from chassis.errors import Conflict, Rejected
from chassis.hearing import cursors, forgotten, member
from chassis.hearing.cursors import Cursor
from chassis.hearing.inbox import Consumer, Read
from chassis.unit.deciding import Unit
from chassis.unit.feed import START
from chassis.unit.handling import App

FORKED = "chassis.forked"
RESUMED = "fork"  # what is written into `audit`

# A source is asked at which positions it tells these events now; what it leaves out it has lost.
ToldAt = Callable[[Sequence[UUID]], Mapping[UUID, int]]

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
    caused = _made(consumer.own_cursor, _UPTO, stands.position)
    known = _count_known(caused, read)
    found = {
        "code": FORKED,
        "at": plain(consumer.app.clock()),
        "cursor": {"position": stands.position, "event_id": str(stands.event_id)},
        "last_known": _pair(caused[known - 1].heard) if known else dict(START),
        "beyond": [_shown(each) for each in caused[known:]],
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
            json.dumps(found["beyond"]),
            extra={
                **consumer.own_cursor.key,
                "cursor": found["cursor"],
                "known": found["last_known"],
            },
        )


def lost(app: App, consumer: str, source: str, told_at: ToldAt) -> dict[str, Any]:
    """Return what a source is stopped for, with `lost`: what was made of what it does not know now.

    What it has done again is not lost, and what was settled after an earlier fork is not shown.
    Raises `Rejected` where nothing is stopped, and what `told_at` raises.
    """
    return _examined(Cursor(app, consumer, source), told_at)[0]


def resume(app: App, consumer: str, source: str, who: str, told_at: ToldAt) -> dict[str, Any]:
    """Let a stopped source go on from the last event that it knows; return what `lost` returns.

    What was made of what comes after that is kept (`forgotten`). What is parked from there on is
    dropped: the source tells it again, or has forgotten it. Raises what `lost` raises.
    """
    cursor = Cursor(app, consumer, source)
    found, made = _examined(cursor, told_at)

    def work(unit: Unit) -> None:
        stopped = _must_be_stopped(cursor, cursor.hold(unit))
        if stopped["at"] != found["at"]:  # it has gone on and stopped again
            raise Conflict("chassis.busy", f"{consumer} has stopped anew: look again")
        forgotten.keep(unit, consumer, source, made)
        unit.execute(_GO_ON, **cursor.key, **found["last_known"])
        position = found["last_known"]["position"]
        unit.execute(_DROP_PARKED, **cursor.key, position=position)
        beyond = [str(each.event_id) for each in made]
        unit.execute(
            _AUDIT, who=who, did=RESUMED, details={**cursor.key, **found, "beyond": beyond}
        )

    app.attempt(cursors.call(app), work)
    return found


def _examined(cursor: Cursor, told_at: ToldAt) -> tuple[dict[str, Any], list[Row[Any]]]:
    """Return what `lost` returns, and all that was made of what is lost or will be told again."""
    found = dict(_must_be_stopped(cursor, cursor.stands()))
    known = found["last_known"]["position"]
    made = _made(cursor, _BEYOND, known)
    causes = {UUID(each.heard["event_id"]) for each in made}
    now = told_at(list(causes))
    missing = [each for each in made if UUID(each.heard["event_id"]) not in now]
    again = [each for each in made if now.get(UUID(each.heard["event_id"]), 0) > known]
    found["lost"] = [_shown(each) for each in missing if not each.settled]
    del found["beyond"]
    return found, [*missing, *again]


def _must_be_stopped(cursor: Cursor, stands: Row[Any]) -> dict[str, Any]:
    stopped: dict[str, Any] | None = stands.stopped
    if stopped is None:
        reason = "{consumer} has not stopped hearing {source}".format_map(cursor.key)
        raise Rejected("chassis.not_stopped", reason)
    return stopped


def _made(cursor: Cursor, which: str, position: int) -> list[Row[Any]]:
    """Return what a consumer made of a source's events, in their order, each with `heard`."""
    parameters = {"source": cursor.key["source"], "position": position, "did": RESUMED}
    query = text(_MADE.format(which=which))
    rows = cursor.app.query(lambda connection: connection.execute(query, parameters).all())
    return [each for each in rows if _is_of(cursor.key["consumer"], each)]


def _is_of(consumer: str, made: Row[Any]) -> bool:
    """Return whether this consumer did that: another may have heard, since, what it has not."""
    group, own = member.group(consumer), member.of(consumer)
    stream_id = made.heard.get("stream_id")  # none of what was heard before there were groups
    by_group = made.call == str(ids.derive(UUID(made.heard["event_id"]), group))
    return by_group and (stream_id is None or own.owns(stream_id))


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


def _shown(row: Row[Any]) -> dict[str, Any]:
    heard = {**_pair(row.heard), "type": row.heard["type"]}
    event_id = str(row.event_id)
    return {"event_id": event_id, "type": row.type, "stream_id": row.stream_id, "heard": heard}


_OF = "where consumer = :consumer and source = :source"
_MADE = """
with made as (
    select seq, event_id, type, stream_id, meta->>'call' as call, meta->'heard' as heard,
        (meta->'heard'->>'position')::bigint as position,
        exists (select from audit a
            where a.did = :did and a.details->>'source' = :source
            and a.details->'beyond' ? events.event_id::text) as before_a_fork,
        exists (select from forgotten f
            where f.event_id = events.event_id and f.settled_at is not null) as settled
    from events where meta->'heard'->>'source' = :source)
select event_id, type, stream_id, call, heard, settled from made
where {which} order by position, seq"""
# What a fork has put beyond the cursor is heard at other positions since, if at all.
_UPTO = "position <= :position and not before_a_fork"
_BEYOND = "(position > :position or before_a_fork)"
_STOP = text(f"update cursors set stopped = :stopped {_OF}")  # noqa: S608
_GO_ON = text(
    "update cursors set position = :position, event_id = cast(:event_id as uuid), tries = 0,"  # noqa: S608
    f" stopped = null, forked = true {_OF}"
)
_DROP_PARKED = text(f"delete from parked {_OF} and position > :position")  # noqa: S608
_AUDIT = text("insert into audit (who, did, details) values (:who, :did, :details)")
