"""Given these events, those rows: a projection's test, read aloud."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Text, insert

from chassis import ids
from chassis.domain import value
from chassis.personal import keep
from chassis.testing.tables import Tables
from chassis.unit.projection import Projection, statements
from chassis.unit.store import Recorded, stream_name

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSONAL = Table(
    "personal",
    MetaData(),
    Column("row_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("subject_id", Text, nullable=False),
    Column("value", Text, nullable=False),
)


@value
class Kept:
    """Beside the events: what is kept of a row from here on."""

    texts: Mapping[str, str]


Told = tuple[UUID, Any] | tuple[UUID, Any, datetime]


def at(n: float) -> datetime:
    """Return when the n-th of the events is recorded, counted from one."""
    return START + timedelta(minutes=n)


def event_id(subject: UUID, version: int) -> UUID:
    """Return the id that this event of a subject has."""
    return ids.derive(subject, version)


def kept(**texts: str) -> Kept:
    """Return what is kept of a row: field -> text."""
    return Kept(texts=texts)


def projected(
    projection: Projection,
    told: Iterable[Told],
    *,
    workspace_id: UUID | None = None,
    actor: str = "service:tests",
    beside: Mapping[Table, Sequence[Mapping[str, Any]]] | None = None,
) -> list[dict[str, Any]]:
    """Return the projection's rows after these events, each `(subject, event)`.

    A third entry says when it was recorded, if not in its turn. `kept(…)` in place of an event
    keeps texts of that row. `workspace_id` is whose events they are, `actor` who made them;
    `beside`: what other tables hold that the projection reads.
    """
    others = beside or {}
    versions: dict[UUID, int] = {}
    with closing(Tables(projection.table, PERSONAL, *others)) as tables:
        for table, rows in others.items():
            for row in rows:
                tables.execute(insert(table).values(**row))
        for subject, event, *when in told:
            if isinstance(event, Kept):
                tables.execute(keep(subject, subject, event.texts))
                continue
            versions[subject] = versions.get(subject, 0) + 1
            recorded = Recorded(
                event_id=event_id(subject, versions[subject]),
                stream_id=stream_name("subject", subject),  # which kind is no matter of a row
                subject=subject,
                version=versions[subject],
                event=event,
                meta={"workspace": str(workspace_id) if workspace_id else None, "actor": actor},
                recorded_at=when[0] if when else at(sum(versions.values())),
            )
            for sql, parameters in statements([projection], [recorded]):
                tables.exec_driver_sql(sql, parameters)
        return tables.rows(projection.table)
