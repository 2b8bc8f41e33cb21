"""What is asked of the table `invoice_line_item` about lines that are on no invoice."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, select

from billing.projections.invoices import table as invoices
from billing.projections.line_items import table

LATE_AFTER = timedelta(days=20)  # the law: a document within a month of the delivery

_PENDING = table.c.status == "pending"


def ids(
    connection: Connection,
    workspace_id: UUID | None = None,
    until: date | None = None,
    most: int | None = None,
) -> list[UUID]:
    """Return what waits, of one workspace or all, delivered on that day or before; oldest first."""
    query = select(table.c.id).where(_PENDING, *_of(workspace_id, until))
    ordered = query.order_by(table.c.created_at, table.c.id).limit(most)
    return [UUID(id) for id in connection.scalars(ordered)]


def rows(
    connection: Connection, workspace_id: UUID | None, line_item_ids: Sequence[UUID] | None
) -> list[dict[str, Any]]:
    """Return the lines named, whatever their status, else all that waits; oldest first."""
    named = None if line_item_ids is None else [str(id) for id in line_item_ids]
    wanted = _PENDING if named is None else table.c.id.in_(named)
    query = select(*table.c).where(wanted, *_of(workspace_id, None))
    ordered = query.order_by(table.c.created_at, table.c.id)
    return [dict(each) for each in connection.execute(ordered).mappings()]


def workspaces(connection: Connection, until: date) -> list[UUID]:
    """Return who has something that waits, delivered on that day or before."""
    query = select(table.c.workspace_id).distinct().where(_PENDING, *_of(None, until))
    return [UUID(id) for id in connection.scalars(query.order_by(table.c.workspace_id))]


def workspaces_of_run(connection: Connection, run_id: UUID, until: date) -> int:
    """Return how many workspaces have something in a run, or waiting for it."""
    waiting = select(table.c.workspace_id).where(_PENDING, *_of(None, until))
    drafted = select(invoices.c.workspace_id).where(invoices.c.run_id == str(run_id))
    both = waiting.union(drafted).subquery()
    return connection.scalar(select(func.count()).select_from(both)) or 0


def figures(connection: Connection, today: date) -> dict[str, Any]:
    """Return how much waits, how much of it is late, and since when."""
    late = func.count().filter(table.c.delivered_on <= today - LATE_AFTER)
    query = select(
        func.count().label("uninvoiced_count"),
        cast(func.coalesce(func.sum(table.c.net_ore), 0), BigInteger).label("uninvoiced_ore"),
        late.label("late_line_items_count"),
        func.min(table.c.delivered_on).label("oldest_delivered_on"),
    )
    return dict(connection.execute(query.where(_PENDING)).mappings().one())


def _of(workspace_id: UUID | None, until: date | None) -> list[ColumnElement[bool]]:
    whose = [] if workspace_id is None else [table.c.workspace_id == str(workspace_id)]
    return [*whose, *([] if until is None else [table.c.delivered_on <= until])]
