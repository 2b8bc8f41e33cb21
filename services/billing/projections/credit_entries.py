"""`workspace_credit_entry`: one row for what came to a workspace's credit, or went of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, DateTime, Index, Table, Text, insert, select

from billing.domain.wallet_messages import (
    CreditGranted,
    CreditRestored,
    CreditSpent,
    CreditTakenBack,
)
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

LATEST = 1_000  # that are shown at once

table = Table(
    "workspace_credit_entry",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("version", BigInteger, nullable=False),  # of the wallet: its order
    Column("type", Text, nullable=False),
    Column("amount_ore", BigInteger, nullable=False),  # below zero: it went
    Column("reference", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("workspace_credit_entry_workspace", "workspace_id", "version"),
    Index("workspace_credit_entry_reference", "reference"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; its id is its event's."""
    match recorded.event:
        case CreditGranted(amount_ore=ore, reference=reference):
            yield _entry(recorded, "granted", ore, reference)
        case CreditSpent(amount_ore=ore, reference=reference):
            yield _entry(recorded, "spent", -ore, reference)
        case CreditTakenBack(amount_ore=ore, reference=reference):
            yield _entry(recorded, "taken_back", -ore, reference)
        case CreditRestored(amount_ore=ore, invoice_id=invoice_id) if ore:
            yield _entry(recorded, "restored", ore, str(invoice_id))


def _entry(recorded: Recorded, type: str, amount_ore: int, reference: str) -> Change:
    return insert(table).values(
        id=recorded.event_id,
        workspace_id=recorded.subject,
        version=recorded.version,
        type=type,
        amount_ore=amount_ore,
        reference=reference,
        at=recorded.recorded_at,
    )


projection = Projection(table=table, project=project)


def spent_on(connection: Connection, invoice_id: UUID) -> int:
    """Return what an invoice used of credit at its issue, whatever has left it since."""
    its = (table.c.type == "spent") & (table.c.reference == str(invoice_id))
    return -int(connection.scalar(select(table.c.amount_ore).where(its)) or 0)


def latest(connection: Connection, workspace_id: UUID) -> list[dict[str, Any]]:
    """Return a workspace's last entries, newest first."""
    query = select(table.c.at, table.c.type, table.c.amount_ore, table.c.reference)
    own = query.where(table.c.workspace_id == str(workspace_id))
    newest_first = own.order_by(table.c.version.desc()).limit(LATEST)
    return [dict(each) for each in connection.execute(newest_first).mappings()]
