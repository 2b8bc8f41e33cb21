"""`refund`: one row for money that was promised back."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

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
    func,
    insert,
    select,
    update,
)

from billing.domain.refund_messages import (
    HELD,
    RefundFailed,
    RefundRequested,
    RefundReturned,
    RefundSent,
    RefundSubmitted,
)
from billing.tables import metadata
from chassis.asked import Listing, Page
from chassis.personal import PRIVATE, recall_optional
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

STATES = ("Requested", "Submitted", "Sent", "Failed", "Returned")
OF_CARDS = ("payment_intent_id", "target_kind", "target_id", "provider_id")  # not shown to people

table = Table(
    "refund",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("rail", Text, nullable=False),
    Column("of", Text, nullable=False),  # the account that it is promised out of
    Column("amount_ore", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),  # a word: why it goes back
    Column("payment_id", Text),  # by card: of which payment
    Column("payment_intent_id", Text),  # by card: of whose money
    Column("target_kind", Text),
    Column("target_id", Text),
    Column("provider_id", Text),  # Stripe's, as soon as it has taken it
    Column("credit_note_id", Text),
    Column("reason", Text, info=PRIVATE),  # what a person wrote
    Column("reference", Text),  # the bank's, or Stripe's
    Column("paid_on", Date),
    Column("failure_reason", Text, info=PRIVATE),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(f"state in {STATES}", name="refund_state"),
    CheckConstraint("rail in ('bank', 'card')", name="refund_rail"),
    CheckConstraint("amount_ore > 0", name="refund_amount"),
    Index("refund_workspace", "workspace_id"),
    Index("refund_payment", "payment_id"),
    Index("refund_state_created", "state", "created_at"),
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
                cause=asked.reason,
                payment_id=asked.payment_id,
                payment_intent_id=asked.payment_intent_id,
                target_kind=asked.target.kind if asked.target else None,
                target_id=asked.target.id if asked.target else None,
                credit_note_id=asked.credit_note_id,
                reason=recall_optional(id, "reason"),
                created_at=at,
                updated_at=at,
            )
        case RefundSubmitted(provider_id=provider_id):
            yield this.values(state="Submitted", provider_id=provider_id, updated_at=at)
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
    shown = [each for each in table.c if each.name not in OF_CARDS]
    query = select(*shown, version_of("refund", table.c.id).label("version"))
    return page(connection, table, query, wanted, asked)


def given_back_ore(connection: Connection, payment_id: UUID, intent_id: str | None) -> int:
    """Return what of a sale by card went back, or is on its way; what was held is not among it.

    Of the money of one intent, or of all that was ever paid for the target.
    """
    back = table.c.state.in_(("Requested", "Submitted", "Sent")) & table.c.cause.not_in(HELD)
    query = select(func.sum(table.c.amount_ore)).where(table.c.payment_id == str(payment_id), back)
    if intent_id is not None:
        query = query.where(table.c.payment_intent_id == intent_id)
    return int(connection.scalar(query) or 0)
