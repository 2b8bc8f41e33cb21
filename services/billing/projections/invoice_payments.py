"""`invoice_payment`: one row a payment for what an invoice took of it, until it was reversed."""

from collections.abc import Iterable
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

from billing.domain.invoice_events import InvoicePaymentRecorded, InvoicePaymentReversed
from billing.tables import metadata
from chassis import ids
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
    Column("reversed_at", DateTime(timezone=True)),
    Index("invoice_payment_external", "source", "external_id"),
    Index("invoice_payment_invoice", "invoice_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; a payment of which it takes more, or which comes again, keeps its row."""
    invoice_id = recorded.subject
    match recorded.event:
        case InvoicePaymentRecorded() as event:
            came = insert(table).values(
                id=_row_of(invoice_id, event),
                invoice_id=invoice_id,
                amount_ore=event.amount_ore,
                paid_on=event.paid_on,
                source=event.source,
                external_id=event.external_id,
                created_at=recorded.recorded_at,
            )
            stood_ore = case((table.c.reversed_at.is_(None), table.c.amount_ore), else_=0)
            again = {
                "amount_ore": stood_ore + event.amount_ore,
                "paid_on": event.paid_on,
                "reversed_at": None,
            }
            yield came.on_conflict_do_update(index_elements=["id"], set_=again)
        case InvoicePaymentReversed() as event:
            this = update(table).where(table.c.id == str(_row_of(invoice_id, event)))
            yield this.values(reversed_at=recorded.recorded_at)


def _row_of(invoice_id: UUID, event: InvoicePaymentRecorded | InvoicePaymentReversed) -> UUID:
    return ids.derive(invoice_id, "payment", event.source, event.external_id)


projection = Projection(table=table, project=project)


def of_invoice(connection: Connection, invoice_id: UUID) -> list[dict[str, Any]]:
    """Return the payments of an invoice, oldest first."""
    columns = [each for each in table.c if each.name != "invoice_id"]
    query = select(*columns).where(table.c.invoice_id == str(invoice_id))
    ordered = query.order_by(table.c.created_at, table.c.id)
    return [dict(each) for each in connection.execute(ordered).mappings()]
