"""What is asked about invoices: what they are, and how they came to be."""

from uuid import UUID

from sqlalchemy import Connection

from billing.acts.prices import shown_workspace
from billing.domain import line_item, oslo, payment
from billing.domain.order import Sale
from billing.projections import (
    credit_notes,
    invoice_history,
    invoice_payments,
    invoice_rows,
    line_items,
    price_history,
)
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.store import Stream
from contracts.billing.invoices import (
    ExplainedLine,
    ExplainInvoice,
    Explanation,
    GetInvoice,
    Happening,
    Invoice,
    InvoiceCreditNote,
    InvoicePayment,
    InvoiceWithLines,
    ListInvoices,
)
from contracts.billing.line_items import InvoiceLine


def shown(db: Connection, door: Door, call: Call, asked: GetInvoice) -> InvoiceWithLines:
    """Return an invoice as it stands today, with its lines, payments and credit notes."""
    row = invoice_rows.shown(db, asked.invoice_id, call.actor, oslo.day(call.at))
    lines = line_items.on_invoice(db, asked.invoice_id)
    payments = invoice_payments.of_invoice(db, asked.invoice_id)
    notes = credit_notes.of_invoice(db, asked.invoice_id)
    return InvoiceWithLines(
        **row,
        lines=tuple(InvoiceLine(**each) for each in lines),
        payments=tuple(InvoicePayment(**each) for each in payments),
        credit_notes=tuple(InvoiceCreditNote(**each) for each in notes),
    )


def listed(db: Connection, door: Door, call: Call, asked: ListInvoices) -> Page[Invoice]:
    """Return a page of invoices as they stand today, newest first."""
    wanted = {
        "workspace_id": shown_workspace(call, asked.workspace_id),
        "status": asked.status,
        "kind": asked.kind,
    }
    return invoice_rows.listed(db, wanted, asked, oslo.day(call.at)).of(Invoice)


def explain(db: Connection, door: Door, call: Call, asked: ExplainInvoice) -> Explanation:
    """Return where each line's price came from, who set it, and what happened since."""
    row = invoice_rows.get(db, asked.invoice_id, call.actor)
    ids = [UUID(each["id"]) for each in line_items.on_invoice(db, asked.invoice_id)]
    lines = [Stream(decider=line_item.decider, id=id) for id in ids]
    store.read(db, door.app.codec, lines)
    payments = [Stream(decider=payment.decider, id=each.state.item.payment_id) for each in lines]
    store.read(db, door.app.codec, payments)
    set_by = price_history.setters(db, UUID(row["workspace_id"]))
    explained = (
        _explained(line, payment.state.sale, set_by)
        for line, payment in zip(lines, payments, strict=True)
    )
    history = invoice_history.of_invoice(db, asked.invoice_id)
    return Explanation(lines=tuple(explained), history=tuple(Happening(**each) for each in history))


def _explained(line: Stream, sale: Sale, set_by: price_history.Setters) -> ExplainedLine:
    item = line.state.item
    price = item.price
    return ExplainedLine(
        line_item_id=line.id,
        target_kind=item.target.kind,
        target_id=item.target.id,
        price_ore=price.price_ore,
        price_version=price.price_version,
        price_set_by=set_by.get((item.target.kind, price.price_version)),
        cleared_at=sale.cleared_at,
        delivered_on=item.delivered_on,
        vat_type=item.vat_type,
        vat_rate_bp=item.vat_rate_bp,
    )
