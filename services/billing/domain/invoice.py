"""An invoice, or a card sales document: drafted from lines, issued under a number, paid, corrected.

draft ── issued ── part paid ── paid; a draft may be discarded, what is issued credited or written
off, and never changed. What money and corrections come to: `invoice_rules`. Amounts are øre.
"""

from dataclasses import replace
from typing import NoReturn

from billing.domain.invoice_events import (
    Event,
    InvoiceCredited,
    InvoiceDelivered,
    InvoiceDeliveryFailed,
    InvoiceDiscarded,
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoiceIssueRefused,
    InvoiceOverdue,
    InvoicePaid,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceRecovered,
    InvoiceReminded,
    InvoiceSendingRequested,
    InvoiceWrittenOff,
)
from billing.domain.invoice_messages import (
    Command,
    Credit,
    Discard,
    DraftInvoice,
    Issue,
    LosePayment,
    MarkOverdue,
    NoteDelivery,
    NoteDeliveryFailure,
    NoteDocument,
    RecordPayment,
    RefuseIssue,
    Remind,
    RequestSending,
    ReversePayment,
    TakePayments,
    WriteOff,
)
from billing.domain.invoice_moves import issue, move
from billing.domain.invoice_paper import drafted, is_of, issued, sheet_of, stored
from billing.domain.invoice_reminders import overdue, remind
from billing.domain.invoice_rules import credit, lose, pay, reverse, write_off
from billing.domain.invoice_states import (
    Credited,
    Discarded,
    Draft,
    Invoice,
    Issued,
    Numbered,
    Paid,
    PartPaid,
    WrittenOff,
)
from chassis.domain import Decider
from chassis.errors import Rejected

MOST_LINES = 1_000  # on one invoice; more wait for the next one
ALLOWED = {
    Draft: ["Issue", "Discard"],
    Discarded: [],
    Issued: ["RecordPayment", "ReversePayment", "Credit", "WriteOff"],
    PartPaid: ["RecordPayment", "ReversePayment", "Credit", "WriteOff"],
    Paid: ["RecordPayment", "ReversePayment", "Credit"],
    Credited: ["RecordPayment", "ReversePayment"],
    WrittenOff: ["RecordPayment", "ReversePayment"],
}


def decide(invoice: Invoice | None, command: Command) -> list[Event]:
    match invoice, command:
        case None, DraftInvoice():
            return [drafted(command)]
        case Draft() | Numbered(), DraftInvoice() if is_of(invoice.sheet, command):
            return []
        case Draft() | Numbered() | Discarded(), DraftInvoice():
            raise Rejected("billing.invoice_exists", "this id is another invoice's")
        case Draft(), Discard():
            return [InvoiceDiscarded(line_item_ids=invoice.sheet.line_item_ids)]
        case Discarded(), Discard():
            return []
        case Draft(), RefuseIssue() if invoice.missing != command.missing:
            return [InvoiceIssueRefused(missing=command.missing)]
        case Draft() | Discarded() | Numbered(), RefuseIssue():
            return []
        case Draft(), Issue():
            return [issued(invoice.sheet, command)]
        case Numbered(), Issue() | TakePayments():
            return []
        case Numbered(), RecordPayment():
            return list(pay(invoice, command))
        case Numbered(), ReversePayment():
            return list(reverse(invoice, command))
        case WrittenOff(), LosePayment():
            return []  # nobody waits for it: its loss is the dispute's
        case Numbered(), LosePayment():
            return list(lose(invoice, command))
        case Issued() | PartPaid() | Paid(), Credit():
            return list(credit(invoice, command))
        case Credited(), Credit():
            raise Rejected("billing.already_credited", "all of it was credited")
        case WrittenOff(), Credit():
            raise Rejected("billing.written_off", "what remained was written off")
        case Issued() | PartPaid(), WriteOff():
            return list(write_off(invoice, command))
        case Paid() | Credited(), WriteOff():
            raise Rejected("billing.nothing_remains", "nobody owes anything on it")
        case WrittenOff(), WriteOff():
            return []
        case Issued() | PartPaid(), MarkOverdue():
            return list(overdue(invoice, command))
        case Issued() | PartPaid(), Remind():
            return list(remind(invoice, command))
        case Draft() | Discarded() | Numbered(), MarkOverdue() | Remind():
            return []
        case _:
            return _deliver(invoice, command)


def _deliver(invoice: Invoice | None, command: Command) -> list[Event]:
    match invoice, command:
        case Numbered(), NoteDocument() if command.format in invoice.document.delivery.formats:
            return []
        case Numbered(), NoteDocument():
            return [stored(command)]
        case Numbered(), RequestSending() if invoice.document.delivery.pending:
            return []
        case Numbered(), RequestSending():
            return [InvoiceSendingRequested(sending=invoice.document.delivery.sending + 1)]
        case Numbered(), NoteDelivery() | NoteDeliveryFailure() if (
            invoice.document.delivery.is_over(command.sending)
        ):
            return []
        case Numbered(), NoteDelivery():
            return [InvoiceDelivered(sending=command.sending, channel=command.channel)]
        case Numbered(), NoteDeliveryFailure():
            return [InvoiceDeliveryFailed(sending=command.sending, reason=command.reason)]
        case _:
            _refuse(invoice, command)


def _refuse(invoice: Invoice | None, command: Command) -> NoReturn:
    details = {
        "from": type(invoice).__name__,
        "command": type(command).__name__,
        "allowed": ALLOWED[type(invoice)] if invoice else [],
    }
    raise Rejected("billing.invalid_transition", "not in this state", details=details)


def evolve(invoice: Invoice | None, event: Event) -> Invoice:
    match invoice, event:
        case None, InvoiceDrafted():
            return Draft(workspace_id=event.workspace_id, sheet=sheet_of(event))
        case Draft(), InvoiceDiscarded():
            return Discarded(workspace_id=invoice.workspace_id, sheet=invoice.sheet)
        case Draft(), InvoiceIssueRefused():
            return replace(invoice, missing=event.missing)
        case Draft(), InvoiceIssued():
            return issue(invoice, event)
        case Numbered(), _:
            return move(invoice, event)
        case _:
            raise AssertionError(f"{event} cannot follow {invoice}")


decider = Decider(
    name="invoice",
    decide=decide,
    evolve=evolve,
    events=(
        InvoiceDrafted,
        InvoiceDiscarded,
        InvoiceIssueRefused,
        InvoiceIssued,
        InvoiceDocumentStored,
        InvoiceSendingRequested,
        InvoiceDelivered,
        InvoiceDeliveryFailed,
        InvoicePaymentRecorded,
        InvoicePaid,
        InvoicePaymentReversed,
        InvoiceCredited,
        InvoiceWrittenOff,
        InvoiceRecovered,
        InvoiceOverdue,
        InvoiceReminded,
    ),
    creates=(DraftInvoice,),
)
