"""`workspace_credit`: one row a workspace that has, or had, credit."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, func, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.domain.wallet_messages import (
    CreditGranted,
    CreditRestored,
    CreditSpent,
    CreditTakenBack,
)
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "workspace_credit",
    metadata,
    Column("id", Text, primary_key=True),  # the workspace's
    Column("balance_ore", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; a workspace's first credit is always a grant."""
    at = recorded.recorded_at
    this = update(table).where(table.c.id == str(recorded.subject))
    match recorded.event:
        case CreditGranted(amount_ore=ore):
            first = insert(table).values(id=recorded.subject, balance_ore=ore, updated_at=at)
            more = {"balance_ore": table.c.balance_ore + ore, "updated_at": at}
            yield first.on_conflict_do_update(index_elements=["id"], set_=more)
        case CreditSpent(amount_ore=ore) | CreditTakenBack(amount_ore=ore):
            yield this.values(balance_ore=table.c.balance_ore - ore, updated_at=at)
        case CreditRestored(amount_ore=ore):
            yield this.values(balance_ore=table.c.balance_ore + ore, updated_at=at)


projection = Projection(table=table, project=project)


def balance_ore(connection: Connection, workspace_id: UUID) -> int:
    """Return what a workspace may use."""
    query = select(table.c.balance_ore).where(table.c.id == str(workspace_id))
    return connection.scalar(query) or 0


def total_ore(connection: Connection) -> int:
    """Return what all workspaces may use."""
    return int(connection.scalar(select(func.sum(table.c.balance_ore))) or 0)
