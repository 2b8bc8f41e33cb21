"""`refund`: one row for money that was promised back."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    Table,
    Text,
    insert,
    select,
    update,
)

from billing.domain.refund import RefundFailed, RefundRequested, RefundReturned, RefundSent
from billing.tables import metadata
from chassis.asked import Listing, Page
from chassis.personal import PRIVATE, recall_optional
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

STATES = ("Requested", "Sent", "Failed", "Returned")

table = Table(
    "refund",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("rail", Text, nullable=False),
    Column("of", Text, nullable=False),  # the account that it is promised out of
    Column("amount_ore", BigInteger, nullable=False),
    Column("credit_note_id", Text),
    Column("reason", Text, info=PRIVATE),
    Column("reference", Text),  # the bank's
    Column("paid_on", Date),
    Column("failure_reason", Text, info=PRIVATE),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(f"state in {STATES}", name="refund_state"),
    CheckConstraint("amount_ore > 0", name="refund_amount"),
    Index("refund_workspace", "workspace_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    id, at = recorded.subject, recorded.recorded_at
    this = update(table).where(table.c.id == str(id))
    match recorded.event:
        case RefundRequested() as asked:
            yield insert(table).values(
                id=id,
                workspace_id=asked.workspace_id,
                state="Requested",
                rail=asked.rail,
                of=asked.of,
                amount_ore=asked.amount_ore,
                credit_note_id=asked.credit_note_id,
                reason=recall_optional(id, "reason"),
                created_at=at,
                updated_at=at,
            )
        case RefundSent(reference=reference, paid_on=paid_on):
            yield this.values(state="Sent", reference=reference, paid_on=paid_on, updated_at=at)
        case RefundFailed() | RefundReturned() as event:
            state = "Failed" if isinstance(event, RefundFailed) else "Returned"
            why = recall_optional(id, "failure_reason")
            yield this.values(state=state, failure_reason=why, updated_at=at)


projection = Projection(table=table, project=project)


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of refunds, newest first; `wanted` as in `line_items`."""
    query = select(table, version_of("refund", table.c.id).label("version"))
    return page(connection, table, query, wanted, asked)
