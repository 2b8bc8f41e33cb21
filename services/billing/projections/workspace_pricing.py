"""`workspace_pricing`: one row a workspace that was ever given a price; null is the default."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from billing.domain.pricing import PriceSet
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "workspace_pricing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("image_project_price_ore", BigInteger),
    Column("video_project_price_ore", BigInteger),
    Column("fiken_contact_id", BigInteger),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("workspace_pricing_workspace", "workspace_id", unique=True),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; prices of both kinds stand in it."""
    match recorded.event:
        case PriceSet() as event:
            now = {f"{event.kind}_price_ore": event.price_ore, "updated_at": recorded.recorded_at}
            first = {"workspace_id": event.workspace_id, "created_at": recorded.recorded_at}
            row = insert(table).values(id=recorded.subject, **first, **now)
            yield row.on_conflict_do_update(index_elements=["id"], set_=now)


projection = Projection(table=table, project=project)


def beside(connection: Connection, workspace_id: UUID) -> dict[str, Any]:
    """Return what a workspace's row holds beside its prices; nothing where it has none."""
    shown = (table.c[name] for name in ("fiken_contact_id", "created_at", "updated_at"))
    query = select(*shown).where(table.c.id == str(workspace_id))
    found = connection.execute(query).mappings().one_or_none()
    return dict(found) if found else {}
