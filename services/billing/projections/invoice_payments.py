"""`invoice_payment`: one row a payment for what an invoice took of it, until it was reversed."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    Table,
    Text,
    case,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from billing.domain import oslo
from billing.domain.invoice_events import InvoicePaymentRecorded, InvoicePaymentReversed
from billing.tables import metadata
from chassis import ids
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

LOST = ("refunded", "disputed")  # so much of what stood on it, whatever payment it came by

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
    Column("reversed_at", DateTime(timezone=True)),
    Index("invoice_payment_external", "source", "external_id"),
    Index("invoice_payment_invoice", "invoice_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; a payment of which it takes more, or which comes again, keeps its row.

    What was lost of what a card paid was never recorded as such: it has a row below zero.
    """
    invoice_id = recorded.subject
    match recorded.event:
        case InvoicePaymentRecorded() as event:
            yield _moved(recorded, event, event.amount_ore, event.paid_on)
        case InvoicePaymentReversed() as event if event.reason in LOST:
            yield _moved(recorded, event, -event.amount_ore, oslo.day(recorded.recorded_at))
        case InvoicePaymentReversed() as event:
            this = update(table).where(table.c.id == str(_row_of(invoice_id, event)))
            yield this.values(reversed_at=recorded.recorded_at)


def _moved(
    recorded: Recorded,
    event: InvoicePaymentRecorded | InvoicePaymentReversed,
    amount_ore: int,
    on: date,
) -> Change:
    came = insert(table).values(
        id=_row_of(recorded.subject, event),
        invoice_id=recorded.subject,
        amount_ore=amount_ore,
        paid_on=on,
        source=event.source,
        external_id=event.external_id,
        created_at=recorded.recorded_at,
    )
    stood_ore = case((table.c.reversed_at.is_(None), table.c.amount_ore), else_=0)
    again = {"amount_ore": stood_ore + amount_ore, "paid_on": on, "reversed_at": None}
    return came.on_conflict_do_update(index_elements=["id"], set_=again)


def _row_of(invoice_id: UUID, event: InvoicePaymentRecorded | InvoicePaymentReversed) -> UUID:
    return ids.derive(invoice_id, "payment", event.source, event.external_id)


projection = Projection(table=table, project=project)


def of_invoice(connection: Connection, invoice_id: UUID) -> list[dict[str, Any]]:
    """Return the payments of an invoice, oldest first."""
    columns = [each for each in table.c if each.name != "invoice_id"]
    query = select(*columns).where(table.c.invoice_id == str(invoice_id))
    ordered = query.order_by(table.c.created_at, table.c.id)
    return [dict(each) for each in connection.execute(ordered).mappings()]
