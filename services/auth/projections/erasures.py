"""`erasure`: a row a person that is forgotten; `erasure_acknowledgement`: a row a service."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, Index, Table, Text, insert, select
from sqlalchemy.dialects.postgresql import JSONB

from auth.domain.user_events import ErasureAcknowledged, UserErased
from auth.tables import metadata
from chassis import ids
from chassis.codec import plain
from chassis.domain import value
from chassis.errors import NotFound
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "erasure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("workspace_id", Text),  # that is forgotten with them
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Index("erasure_user_id", "user_id", unique=True),
)

acknowledgement = Table(
    "erasure_acknowledgement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("forgotten_at", DateTime(timezone=True), nullable=False),
    Column("kept", JSONB, nullable=False),  # {items: [{what, until}]}
    Index("erasure_acknowledgement_user_id", "user_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row of who was erased."""
    match recorded.event:
        case UserErased(erasure_id=erasure_id, workspace_id=workspace_id):
            yield insert(table).values(
                id=erasure_id,
                user_id=recorded.subject,
                workspace_id=workspace_id,
                erased_at=recorded.recorded_at,
            )


def acknowledge(recorded: Recorded) -> Iterable[Change]:
    """Fill the row of a service that has said what it has forgotten."""
    match recorded.event:
        case ErasureAcknowledged(service=service, kept=kept):
            yield insert(acknowledgement).values(
                id=ids.derive(recorded.subject, service),
                user_id=recorded.subject,
                service=service,
                forgotten_at=recorded.recorded_at,
                kept={"items": plain(kept)},
            )


projection = Projection(table=table, project=project)
acknowledgements = Projection(table=acknowledgement, project=acknowledge)


@value
class Row:
    """Somebody who was erased, and the workspace that went with them."""

    erasure_id: UUID
    user_id: UUID
    workspace_id: UUID | None
    erased_at: datetime


@value
class Said:
    """What a service has said: when it had forgotten somebody, and what it keeps until when."""

    forgotten_at: datetime
    kept: tuple[tuple[str, datetime | None], ...]


def of_person(connection: Connection, user_id: UUID) -> Row:
    """Return the erasure of somebody. Raises `NotFound`."""
    mine = select(table).where(table.c.user_id == str(user_id))
    found = connection.execute(mine).one_or_none()
    if found is None:
        raise NotFound("auth.erasure_not_found", "nobody of that id was erased")
    return _row(found)


def all_of_them(connection: Connection) -> list[Row]:
    """Return all erasures, the earliest first."""
    query = select(table).order_by(table.c.erased_at, table.c.id)
    return [_row(each) for each in connection.execute(query)]


def said(connection: Connection, user_id: UUID) -> Mapping[str, Said]:
    """Return what services have said of somebody's erasure, by service."""
    mine = select(acknowledgement).where(acknowledgement.c.user_id == str(user_id))
    return {
        row.service: Said(
            forgotten_at=row.forgotten_at,
            kept=tuple((each["what"], _moment(each.get("until"))) for each in row.kept["items"]),
        )
        for row in connection.execute(mine)
    }


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _row(row: Any) -> Row:
    return Row(
        erasure_id=UUID(row.id),
        user_id=UUID(row.user_id),
        workspace_id=UUID(row.workspace_id) if row.workspace_id else None,
        erased_at=row.erased_at,
    )
