"""`affiliate_relationship`: one row a pair of affiliate and referred workspace."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Update,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from affiliate.domain.relationship import (
    CommissionChanged,
    Rate,
    RelationshipEnded,
    RelationshipStarted,
)
from affiliate.tables import metadata
from chassis.asked import Listing, Page
from chassis.codec import plain
from chassis.personal import PRIVATE, recall_optional
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

table = Table(
    "affiliate_relationship",
    metadata,
    Column("id", Text, primary_key=True),
    Column("affiliate_workspace_id", Text, nullable=False),
    Column("referred_workspace_id", Text, nullable=False),
    Column("commission_percent", Integer, nullable=False, server_default="20"),
    Column("is_active", Boolean, nullable=False, server_default="true"),
    Column("notes", Text, info=PRIVATE),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("ended_at", DateTime(timezone=True)),
    Column("percents", JSONB, nullable=False),  # by the moment from which each holds
    Index(
        "affiliate_relationship_active",
        "referred_workspace_id",
        unique=True,
        postgresql_where=text("is_active"),
    ),
    Index("affiliate_relationship_created", "created_at", "id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; the notes come from what is kept of it."""
    id, at = recorded.subject, recorded.recorded_at
    match recorded.event:
        case RelationshipStarted() as event:
            yield insert(table).values(
                id=id,
                affiliate_workspace_id=event.affiliate_workspace_id,
                referred_workspace_id=event.referred_workspace_id,
                commission_percent=event.percent,
                notes=recall_optional(id, "notes"),
                created_at=at,
                updated_at=at,
                percents={plain(event.at): event.percent},
            )
        case CommissionChanged(percent=percent) as event:
            yield _this(id).values(
                commission_percent=percent,
                percents=table.c.percents.concat({plain(event.at): percent}),
                updated_at=at,
            )
        case RelationshipEnded():
            yield _this(id).values(is_active=False, ended_at=recorded.event.at, updated_at=at)


def _this(id: UUID) -> Update:
    return update(table).where(table.c.id == str(id))


projection = Projection(
    table=table,
    project=project,
    unique={"affiliate_relationship_active": "affiliate.already_referred"},
)


def listed(
    connection: Connection, affiliate_id: UUID | None, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of relationships: of one affiliate or of all."""
    query = select(table, version_of("relationship", table.c.id).label("version"))
    wanted = {"affiliate_workspace_id": affiliate_id}
    found = page(connection, table, query, wanted, asked)
    return replace(found, items=tuple({**each, "percents": _rates(each)} for each in found.items))


def rates(connection: Connection, relationship_id: UUID) -> tuple[Rate, ...]:
    """Return a relationship's percentages by time."""
    query = select(table.c.percents).where(table.c.id == str(relationship_id))
    return _rates({"percents": connection.execute(query).scalar_one()})


def _rates(row: Mapping[str, Any]) -> tuple[Rate, ...]:
    moments = sorted(
        (datetime.fromisoformat(at), percent) for at, percent in row["percents"].items()
    )
    return tuple(Rate(percent=percent, valid_from=at) for at, percent in moments)


def active_count(connection: Connection) -> int:
    """Return how many relationships are active."""
    query = select(func.count()).select_from(table).where(table.c.is_active)
    return connection.execute(query).scalar_one()
