"""`affiliate_relationship`: one row a pair of affiliate and referred workspace."""

from collections.abc import Iterable
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
    func,
    insert,
    select,
    text,
)

from affiliate.domain.relationship import RelationshipStarted
from affiliate.tables import metadata
from chassis.asked import Listing, Page
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
            )


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
    return page(connection, table, query, wanted, asked)


def active_count(connection: Connection) -> int:
    """Return how many relationships are active."""
    query = select(func.count()).select_from(table).where(table.c.is_active)
    return connection.execute(query).scalar_one()
