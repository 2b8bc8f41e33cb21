"""`card_payment`: one row for money that came by card, kept or held."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, DateTime, Index, Table, Text

from billing.domain.payment_events import CardPaymentCaptured, CardPaymentHeld
from billing.tables import metadata
from chassis import ids
from chassis.unit.projection import Added, Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "card_payment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("payment_intent_id", Text, nullable=False),
    Column("amount_ore", BigInteger, nullable=False),  # VAT included
    Column("held", Text),  # why it goes back; null: something was sold for it
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("card_payment_intent", "payment_intent_id"),
    Index("card_payment_payment", "payment_id"),
    Index("card_payment_created", "created_at"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Add the row; an intent's money comes once."""
    match recorded.event:
        case CardPaymentCaptured() as event:
            yield _came(recorded, event, None)
        case CardPaymentHeld(why=why) as event:
            yield _came(recorded, event, why)


def _came(
    recorded: Recorded, event: CardPaymentCaptured | CardPaymentHeld, held: str | None
) -> Change:
    row = {
        "id": ids.derive(recorded.subject, "card", event.payment_intent_id),
        "payment_id": recorded.subject,
        "workspace_id": recorded.workspace_id,
        "payment_intent_id": event.payment_intent_id,
        "amount_ore": event.amount_ore,
        "held": held,
        "created_at": recorded.recorded_at,
    }
    return Added(table=table, row=row)


projection = Projection(table=table, project=project)
