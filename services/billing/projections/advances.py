"""`advance`: one row for what a card paid and is not delivered; what is delivered stands at 0."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, func, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.domain.payment_events import (
    AdvanceConsumed,
    AdvanceLost,
    AdvanceReturned,
    CardPaymentCaptured,
)
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "advance",
    metadata,
    Column("id", Text, primary_key=True),  # the payment's
    Column("workspace_id", Text, nullable=False),
    Column("amount_ore", BigInteger, nullable=False),  # VAT included
    Column("updated_at", DateTime(timezone=True), nullable=False),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; a target that was paid back may be paid again."""
    at = recorded.recorded_at
    match recorded.event:
        case CardPaymentCaptured(amount_ore=ore):
            came = {"amount_ore": ore, "updated_at": at}
            first = insert(table).values(
                id=recorded.subject, workspace_id=recorded.workspace_id, **came
            )
            yield first.on_conflict_do_update(index_elements=["id"], set_=came)
        case AdvanceConsumed() | AdvanceReturned() | AdvanceLost():
            this = update(table).where(table.c.id == str(recorded.subject))
            yield this.values(amount_ore=0, updated_at=at)


projection = Projection(table=table, project=project)


def total_ore(connection: Connection) -> int:
    """Return what was paid for work that is not delivered."""
    return int(connection.scalar(select(func.sum(table.c.amount_ore))) or 0)
