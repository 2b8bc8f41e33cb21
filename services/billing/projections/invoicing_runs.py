"""`invoicing_run`: one row a month's run."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Table,
    Text,
    insert,
    select,
    update,
)

from billing.domain.invoicing_run import InvoicingRunEnded, InvoicingRunStarted
from billing.tables import metadata
from chassis.errors import NotFound
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

table = Table(
    "invoicing_run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("month", Text, nullable=False),  # 2026-11
    Column("issue", Boolean, nullable=False),  # else drafts only
    Column("state", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("state in ('running', 'done')", name="invoicing_run_state"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    at = recorded.recorded_at
    match recorded.event:
        case InvoicingRunStarted() as started:
            yield insert(table).values(
                id=recorded.subject,
                month=started.month,
                issue=started.issue,
                state="running",
                created_at=at,
            )
        case InvoicingRunEnded():
            this = update(table).where(table.c.id == str(recorded.subject))
            yield this.values(state="done", ended_at=at)


projection = Projection(table=table, project=project)


def get(connection: Connection, run_id: UUID) -> dict[str, Any]:
    """Return a run: id, version, month, state. Raises `NotFound`."""
    version = version_of("invoicing_run", table.c.id).label("version")
    query = select(table.c.id, version, table.c.month, table.c.state)
    found = connection.execute(query.where(table.c.id == str(run_id))).mappings().one_or_none()
    if found is None:
        raise NotFound("billing.invoicing_run_not_found", "no such run")
    return dict(found)
