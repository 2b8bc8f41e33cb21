"""`piece`: one row a piece that is being made or is there; what is lost has none."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)

from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from video.domain.piece_messages import (
    PieceCompleted,
    PieceFailed,
    PieceForgone,
    PieceForgotten,
    PieceWanted,
)
from video.tables import metadata

table = Table(
    "piece",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("key", Text),
    Column("sha256", Text),
    Column("size_bytes", BigInteger),
    Column("duration_ms", Integer),
    Column("model", Text),  # that a provider made it by
    Column("cost_micro_usd", BigInteger, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("made_at", DateTime(timezone=True)),
    CheckConstraint("kind in ('clip', 'transition')", name="piece_kind"),
    CheckConstraint("state in ('wanted', 'made')", name="piece_state"),
    Index("piece_workspace", "workspace_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row, as often as the piece is made."""
    id, at = recorded.subject, recorded.recorded_at
    match recorded.event:
        case PieceWanted(workspace_id=workspace_id, spec=spec):
            yield insert(table).values(
                id=id,
                workspace_id=workspace_id,
                kind=spec.kind,
                engine=spec.engine,
                state="wanted",
                created_at=at,
            )
        case PieceCompleted(result=result, model=model, cost_micro_usd=cost):
            yield (
                update(table)
                .where(table.c.id == str(id))
                .values(
                    state="made",
                    key=result.key,
                    sha256=result.sha256,
                    size_bytes=result.size,
                    duration_ms=result.duration_ms,
                    model=model,
                    cost_micro_usd=cost,
                    made_at=at,
                )
            )
        case PieceFailed() | PieceForgone(goes_on=False) | PieceForgotten():
            yield delete(table).where(table.c.id == str(id))


projection = Projection(table=table, project=project)


def made(connection: Connection, piece_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these pieces are there."""
    wanted = [str(each) for each in piece_ids]
    there = select(table.c.id).where(table.c.id.in_(wanted), table.c.state == "made")
    return {UUID(each) for each in connection.execute(there).scalars()}


def models(connection: Connection, piece_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return by what model of a provider's these pieces were made, where one has."""
    wanted = [str(each) for each in piece_ids]
    named = select(table.c.id, table.c.model).where(table.c.model.is_not(None))
    return {
        UUID(id): model for id, model in connection.execute(named.where(table.c.id.in_(wanted)))
    }


def collectable(connection: Connection, before: datetime) -> list[tuple[UUID, str]]:
    """Return the pieces, and their blobs, made before that and in no film of any video there is."""
    found = connection.execute(_COLLECTABLE, {"before": before})
    return [(UUID(each.id), each.key) for each in found]


_COLLECTABLE = text(
    "select p.id, p.key from piece p where p.state = 'made' and p.made_at < :before"
    " and not exists (select from film f, jsonb_object_keys(f.pieces) as named(piece_id)"
    "  where f.workspace_id = p.workspace_id and named.piece_id = p.id)"
    " order by p.id"
)


def of_workspace(connection: Connection, workspace_id: UUID) -> list[UUID]:
    """Return the pieces of a workspace that are there or being made."""
    theirs = select(table.c.id).where(table.c.workspace_id == str(workspace_id))
    return [UUID(each) for each in connection.execute(theirs.order_by(table.c.id)).scalars()]
