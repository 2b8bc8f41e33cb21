"""`invoice_payment`: one row a payment recorded on an invoice."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Table, Text, insert

from billing.domain.invoice_messages import InvoicePaymentRecorded
from billing.tables import metadata
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "invoice_payment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("invoice_id", Text, nullable=False),
    Column("amount_ore", BigInteger, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("invoice_payment_external", "source", "external_id", unique=True),
    Index("invoice_payment_invoice", "invoice_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; its id is its event's."""
    match recorded.event:
        case InvoicePaymentRecorded() as event:
            yield insert(table).values(
                id=recorded.event_id,
                invoice_id=recorded.subject,
                amount_ore=event.amount_ore,
                paid_on=event.paid_on,
                source=event.source,
                external_id=event.external_id,
                created_at=recorded.recorded_at,
            )


projection = Projection(
    table=table,
    project=project,
    unique={"invoice_payment_external": "billing.payment_already_recorded"},
)
