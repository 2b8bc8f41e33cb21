"""What billing does outside a transaction, a file a kind."""

from collections.abc import Iterable
from typing import Any

from billing.acts import runs
from billing.domain.credit_note import (
    CreditNoteDocumentStored,
    CreditNoteIssued,
    CreditNoteSendingRequested,
)
from billing.domain.invoice_events import (
    InvoiceDocumentStored,
    InvoiceIssued,
    InvoiceReminded,
    InvoiceSendingRequested,
)
from billing.domain.invoicing_run import InvoicingRunStarted
from billing.domain.payment_events import ChargeDue, ChargeStarted
from billing.domain.refund_messages import RefundRequested
from billing.gateways.card_port import Cards
from billing.gateways.document import Seller
from billing.gateways.einvoice import Put
from billing.jobs import charge, deliver, look, refund, remind, render, run
from billing.jobs.issued import Reading
from chassis.jobs.jobs import Kind
from chassis.running.parts import Peers
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from gateways.port import Blobs, Mail


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for."""
    match recorded.event:
        case InvoiceIssued():
            yield render.job(recorded, "invoice")
        case CreditNoteIssued():
            yield render.job(recorded, "credit_note")
        case InvoiceDocumentStored(format=format):
            sending = state.document.delivery.sending
            yield from deliver.stored(recorded, "invoice", format, sending)
        case CreditNoteDocumentStored(format=format):
            yield from deliver.stored(recorded, "credit_note", format, state.delivery.sending)
        case InvoiceSendingRequested(sending=sending):
            yield deliver.asked(recorded, "invoice", sending)
        case CreditNoteSendingRequested(sending=sending):
            yield deliver.asked(recorded, "credit_note", sending)
        case InvoicingRunStarted():
            yield Job(kind=runs.JOB, subject=recorded.subject)
        case RefundRequested(rail="card"):
            yield refund.job(recorded)
        case InvoiceReminded(number=number):
            yield Job(kind="remind", subject=recorded.subject, args={"number": number})
        case ChargeDue():
            yield Job(kind=charge.CHARGE_DUE, subject=recorded.subject)
        case ChargeStarted(attempt=attempt):
            yield charge.look(recorded.subject, attempt)


def kinds(
    app: App,
    peers: Peers,
    blobs: Blobs,
    mail: Mail,
    einvoice: Put | None,
    cards: Cards | None,
    seller: Seller,
    demo: bool,
) -> tuple[Kind, ...]:
    """Return the kinds of job that billing does; `demo` documents say that they are none."""
    reading = Reading(app=app, seller=seller, demo=demo)
    return (
        render.kind(reading, blobs),
        *deliver.kinds(reading, blobs, mail, einvoice),
        remind.kind(app, mail, seller, demo),
        run.kind(app, peers),
        refund.kind(app, cards),
        *charge.kinds(app, peers, cards),
        *look.kinds(cards),
    )
