"""`price_history`: one row a price that was ever set, valid until the next one of its kind."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    insert,
    select,
)

from billing.domain.pricing import PriceSet
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "price_history",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("target_kind", Text, nullable=False),
    Column("price_version", Integer, nullable=False),
    Column("price_ore", BigInteger),  # net; null is the default
    Column("valid_from", DateTime(timezone=True), nullable=False),
    Column("set_by", Text),  # whoever set it, a person
    Index("price_history_version", "workspace_id", "target_kind", "price_version", unique=True),
)

Setters = dict[tuple[str, int], str | None]  # by kind of target and version
SHOWN = [table.c[name] for name in ("price_version", "price_ore", "valid_from", "set_by")]


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; its id is its event's."""
    match recorded.event:
        case PriceSet() as event:
            kind, _, person = recorded.meta["actor"].partition(":")
            yield insert(table).values(
                id=recorded.event_id,
                workspace_id=event.workspace_id,
                target_kind=event.kind,
                price_version=event.price_version,
                price_ore=event.price_ore,
                valid_from=recorded.recorded_at,
                set_by=person if kind == "person" else None,
            )


projection = Projection(table=table, project=project)


def valid_at(
    connection: Connection, workspace_id: UUID, target_kind: str, at: datetime
) -> dict[str, Any]:
    """Return the price that was valid then; before any was set that is version 0, by nobody."""
    c = table.c
    query = (
        select(*SHOWN)
        .where(
            c.workspace_id == str(workspace_id), c.target_kind == target_kind, c.valid_from <= at
        )
        .order_by(c.price_version.desc())
        .limit(1)
    )
    found = connection.execute(query).mappings().one_or_none()
    return dict(found) if found else {**{each.name: None for each in SHOWN}, "price_version": 0}


def setters(connection: Connection, workspace_id: UUID) -> Setters:
    """Return who set each of a workspace's prices, by kind of target and version."""
    columns = table.c.target_kind, table.c.price_version, table.c.set_by
    query = select(*columns).where(table.c.workspace_id == str(workspace_id))
    return {(kind, version): person for kind, version, person in connection.execute(query)}
