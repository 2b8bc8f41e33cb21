"""The feed: give committed events their positions; read on from a cursor."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from chassis.database import postgres
from chassis.database.schema import NONE_TOLD
from chassis.domain import value
from chassis.errors import Conflict, Invalid
from chassis.unit.envelope import attributes

BATCH = 200


START = {"position": 0, "event_id": NONE_TOLD}


def number(engine: Engine, most: int = BATCH) -> int:
    """Give the events of at most `most` transactions their positions; return how many got one.

    One sequencer works at a time; 0 while another does.
    """
    with postgres.autocommit(engine) as connection:
        return max(0, int(connection.execute(_NUMBER, {"most": most}).scalar_one()))


@value
class Stretch:
    """Told events after a cursor, in order; how far was looked, and where the feed ends."""

    items: list[dict[str, Any]]
    scanned_to: Mapping[str, Any]  # {position, event_id}
    head: Mapping[str, Any]

    def reply(self) -> dict[str, Any]:
        """Return it as `events_read` replies it."""
        return {"items": self.items, "scanned_to": self.scanned_to, "head": self.head}


def read(
    connection: Connection,
    service: str,
    after: Mapping[str, Any] | None = None,
    types: Collection[str] | None = None,
    limit: int = BATCH,
) -> Stretch:
    """Return at most `limit` told events after the pair `after` (None: from the beginning).

    `types` ('billing.invoice_paid', …) leaves out others; `scanned_to` passes over them all the
    same. Raises `Conflict("chassis.forked")` for a pair this service does not know: its database
    was restored and has forgotten what the reader has heard.
    """
    after = after or START
    if not 1 <= limit <= BATCH:
        raise Invalid("chassis.invalid_argument", f"limit lies between 1 and {BATCH}")
    _must_know(connection, after)
    rows = connection.execute(_TOLD, {"after": after["position"], "most": limit}).all()
    items = [
        {**attributes(service, row), "event_id": str(row.event_id), "data": row.outbox["data"]}
        for row in rows
        if types is None or row.outbox["type"] in types
    ]
    return Stretch(
        items=items,
        scanned_to=_pair(rows[-1]) if rows else dict(after),
        head=head(connection),
    )


def told_at(connection: Connection, event_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the positions of those of these events that this service tells, or will tell."""
    rows = connection.execute(_TOLD_AT, {"event_ids": list(event_ids)})
    return {row.event_id: row.position for row in rows}


def head(connection: Connection) -> Mapping[str, Any]:
    """Return the pair of the last told event."""
    last = connection.execute(_HEAD).one_or_none()
    return _pair(last) if last else START


def _must_know(connection: Connection, after: Mapping[str, Any]) -> None:
    if after["position"] == 0:
        return
    known = connection.execute(_KNOWN, dict(after)).one_or_none()
    if known is None:
        raise Conflict(
            "chassis.forked",
            "this service does not know that event: its past was restored",
            details={"after": dict(after)},
            retryable=False,
        )


def _pair(row: Any) -> dict[str, Any]:
    return {"position": row.position, "event_id": str(row.event_id)}


_NUMBER = text("select number_events(:most)")
_TOLD = text(
    "select p.position, p.previous,"
    " e.event_id, e.stream_id, e.version, e.recorded_at, e.meta, e.outbox"
    " from positions p join events e using (seq)"
    " where p.previous is not null and p.position > :after order by p.position limit :most"
)
_HEAD = text(
    "select p.position, e.event_id from positions p join events e using (seq)"
    " where p.previous is not null order by p.position desc limit 1"
)
_TOLD_AT = text(
    # what has no position yet gets one after all that have
    "select e.event_id, coalesce(p.position, 9223372036854775807) as position"
    " from events e left join positions p using (seq)"
    " where e.event_id = any(:event_ids) and e.outbox is not null"
)
_KNOWN = text(
    "select 1 from positions p join events e using (seq) where p.previous is not null"
    " and p.position = :position and e.event_id = cast(:event_id as uuid)"
)
