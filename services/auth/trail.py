"""What was done, by whom, about whom and in which workspace: events, and what was refused.

The conditions are those of the indexes that migration 0004 makes, word for word.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    literal_column,
    select,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB

from auth import refusals
from auth.refusals import Place
from chassis.asked import Page
from chassis.codec import plain
from chassis.unit.pages import cut, list_id, read
from contracts.auth.admins import Audit

events = Table(
    "events",  # the frame's; its columns as they are asked for here
    MetaData(),
    Column("seq", BigInteger),
    Column("stream_id", Text),
    Column("version", Integer),
    Column("type", Text),
    Column("meta", JSONB),
    Column("recorded_at", DateTime(timezone=True)),
)
# Who is behind it: in person, as somebody else, or by a service that goes on with it.
BEHIND = "split_part(coalesce(meta->>'on_behalf_of', meta->>'actor'), ' as ', 1)"
SUBJECT = "meta->>'subject'"  # whom an admin acted as
ABOUT = "coalesce(data->>'user_id', outbox->'data'->>'user_id')"  # whom it names
WORKSPACE = "meta->>'workspace'"
LAST = 2**63 - 1  # of all that `seq` can be

Rows = list[dict[str, Any]]


def listed(connection: Connection, asked: Audit) -> Page[dict[str, Any]]:
    """Return a page of auth's events and of its refused authentications, newest first.

    Raises `Invalid` for a cursor of another list, or of this one asked for something else.
    """
    return _page(asked, (partial(_recorded, connection), partial(_refused, connection)))


def recorded(connection: Connection, asked: Audit) -> Page[dict[str, Any]]:
    """Return a page of any service's events; raises as `listed` does."""
    return _page(asked, (partial(_recorded, connection),))


def joined_by(connection: Connection, user_id: UUID) -> list[UUID]:
    """Return the workspaces that somebody has joined, whether they are in them still or not."""
    theirs = literal_column(ABOUT, Text) == str(user_id)
    query = select(events.c.stream_id).where(theirs, events.c.type == "MemberJoined").distinct()
    found = connection.execute(query.order_by(events.c.stream_id)).scalars()
    return [UUID(each.removeprefix("workspace-")) for each in found]


def _page(
    asked: Audit, sources: Iterable[Callable[[Audit, Place | None, int], Rows]]
) -> Page[dict[str, Any]]:
    """Lay the sources together by time; within it, events by the order of their storing."""
    wanted = (asked.actor_id, asked.user_id, asked.workspace_id, asked.type)
    named = list_id("audit", {"of": plain(wanted), "since": asked.since, "until": asked.until})
    after = None
    if asked.cursor is not None:
        at, id = read(asked.cursor, named)
        after = at, UUID(id)
    rows = [row for source in sources for row in source(asked, after, asked.limit + 1)]
    rows.sort(key=lambda row: (row["created_at"], UUID(row["id"])), reverse=True)
    return cut(rows[: asked.limit + 1], asked.limit, named)


def _recorded(connection: Connection, asked: Audit, after: Place | None, limit: int) -> Rows:
    found = [_newest(_asked_for(asked, each), after, limit) for each in _whose(asked)]
    numbers = found[0] if len(found) == 1 else union(*(select(each.subquery()) for each in found))
    row = events.c
    query = select(row.seq, row.recorded_at, row.type, row.stream_id, row.version, row.meta)
    query = query.where(row.seq.in_(numbers))
    query = query.order_by(row.recorded_at.desc(), row.seq.desc()).limit(limit)
    return [_event(each) for each in connection.execute(query)]


def _whose(asked: Audit) -> list[ColumnElement[bool] | None]:
    """Return by which conditions events are found: any of them does, and each has its index."""
    if asked.user_id is not None:
        whom = str(asked.user_id)
        own = events.c.stream_id == f"user-{whom}"
        return [own, *(literal_column(each, Text) == whom for each in (ABOUT, SUBJECT))]
    if asked.actor_id is not None:
        return [_by(asked.actor_id)]
    if asked.workspace_id is not None:
        return [_in(asked.workspace_id)]
    return [None]


def _asked_for(asked: Audit, which: ColumnElement[bool] | None) -> Select[Any]:
    """Return the numbers of the events that hold to this condition, and to all else asked for."""
    conditions = (
        which,
        _by(asked.actor_id) if asked.actor_id else None,
        _in(asked.workspace_id) if asked.workspace_id else None,
        events.c.type == asked.type if asked.type else None,
        events.c.recorded_at >= asked.since if asked.since else None,
        events.c.recorded_at < asked.until if asked.until else None,
    )
    return select(events.c.seq).where(*(each for each in conditions if each is not None))


def _by(actor_id: UUID) -> ColumnElement[bool]:
    return literal_column(BEHIND, Text) == f"person:{actor_id}"


def _in(workspace_id: UUID) -> ColumnElement[bool]:
    return literal_column(WORKSPACE, Text) == str(workspace_id)


def _newest(query: Select[Any], after: Place | None, limit: int) -> Select[Any]:
    place = tuple_(events.c.recorded_at, events.c.seq)
    if after is not None:
        at, id = after
        query = query.where(place < (at, min(id.int, LAST)))
    return query.order_by(events.c.recorded_at.desc(), events.c.seq.desc()).limit(limit)


def _event(row: Any) -> dict[str, Any]:
    return {
        "created_at": row.recorded_at,
        "id": str(UUID(int=row.seq)),
        "type": row.type,
        "actor": row.meta["actor"],
        "as_user": row.meta.get("subject"),
        "on_behalf_of": row.meta.get("on_behalf_of"),
        "impersonation": row.meta.get("impersonation"),
        "workspace_id": row.meta["workspace"],
        "stream_id": row.stream_id,
        "version": row.version,
    }


def _refused(connection: Connection, asked: Audit, after: Place | None, limit: int) -> Rows:
    """Return what was refused: of whom it is known, but neither by whom nor in which workspace."""
    if asked.actor_id is not None or asked.workspace_id is not None:
        return []
    found = refusals.listed(
        connection,
        user_id=asked.user_id,
        method=asked.type,
        since=asked.since,
        until=asked.until,
        after=after,
        limit=limit,
    )
    return [_refusal(each) for each in found]


def _refusal(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "created_at": row["created_at"],
        "id": str(row["id"]),
        "type": row["method"],
        "actor": None,
        "as_user": None,
        "on_behalf_of": None,
        "impersonation": None,
        "workspace_id": None,
        "stream_id": f"user-{row['user_id']}" if row["user_id"] else None,
        "version": None,
        "code": row["code"],
        "count": row["count"],
    }
