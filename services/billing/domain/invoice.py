"""An invoice: drafted from line items, issued under a number, paid. Amounts are øre."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from billing.domain import oslo
from billing.domain.invoice_messages import (
    DraftInvoice,
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoicePaymentRecorded,
    Issue,
    NoteDocument,
    RecordPayment,
    RequestIssue,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected

MOST_LINES = 1_000  # on one invoice; more wait for the next one
DUE_AFTER = timedelta(days=14)
CURRENCY = "NOK"


@value
class Sheet:
    workspace_id: UUID
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    line_item_ids: tuple[UUID, ...]


@value
class Draft(Sheet):
    pass


@value
class Numbered(Sheet):
    series: str
    invoice_number: int
    issue_date: date
    due_date: date
    document_ref: str | None = None
    payments: tuple[InvoicePaymentRecorded, ...] = ()

    @property
    def remaining_ore(self) -> int:
        """What is still to be paid."""
        return self.gross_ore - sum(each.amount_ore for each in self.payments)


@value
class Issued(Numbered):
    pass


@value
class PartPaid(Numbered):
    pass


@value
class Paid(Numbered):
    pass


Invoice = Draft | Issued | PartPaid | Paid
Command = DraftInvoice | RequestIssue | Issue | NoteDocument | RecordPayment
Event = (
    InvoiceDrafted | InvoiceIssued | InvoiceDocumentStored | InvoicePaymentRecorded | InvoicePaid
)
ALLOWED = {Draft: ["Issue"], Issued: ["RecordPayment"], PartPaid: ["RecordPayment"], Paid: []}

S = TypeVar("S", bound=Sheet)


def decide(invoice: Invoice | None, command: Command) -> list[Event]:
    match invoice, command:
        case None, DraftInvoice() if not command.lines:
            raise Rejected("billing.invoice_empty", "an invoice needs a line")
        case None, DraftInvoice():
            return [_drafted(command)]
        case Draft() | Issued() | PartPaid() | Paid(), DraftInvoice() if _on_paper(
            invoice
        ) == _on_paper(_drafted(command)):
            return []
        case Draft() | Issued() | PartPaid() | Paid(), DraftInvoice():
            raise Rejected("billing.invoice_exists", "this id is another invoice's")
        case Draft(), RequestIssue() | Issue() if invoice.gross_ore <= 0:
            raise Rejected("billing.not_issuable", details={"missing": ["gross_ore"]})
        case Draft() | Issued(), RequestIssue():
            return []
        case Draft(), Issue():
            return [_issued(command)]
        case Issued() | PartPaid() | Paid(), NoteDocument() if invoice.document_ref is not None:
            return []
        case Issued() | PartPaid() | Paid(), NoteDocument():
            return [
                InvoiceDocumentStored(ref=command.ref, sha256=command.sha256, size=command.size)
            ]
        case Issued() | PartPaid() | Paid(), RecordPayment() if _recorded(invoice, command):
            return _same_amount(invoice, command)
        case Issued() | PartPaid(), RecordPayment():
            return _pay(invoice, command)
        case _:
            _refuse(invoice, command)


def _drafted(command: DraftInvoice) -> InvoiceDrafted:
    return InvoiceDrafted(
        workspace_id=command.workspace_id,
        currency=CURRENCY,
        net_ore=sum(line.net_ore for line in command.lines),
        vat_ore=sum(line.vat_ore for line in command.lines),
        gross_ore=sum(line.gross_ore for line in command.lines),
        line_item_ids=tuple(line.line_item_id for line in command.lines),
    )


def _on_paper(sheet: Sheet | InvoiceDrafted) -> dict[str, Any]:
    return {each.name: getattr(sheet, each.name) for each in fields(Sheet)}


def _issued(command: Issue) -> InvoiceIssued:
    return InvoiceIssued(
        series=command.series,
        invoice_number=command.invoice_number,
        kid=command.kid,
        issue_date=command.issue_date,
        due_date=command.issue_date + DUE_AFTER,
    )


def _recorded(invoice: Numbered, command: RecordPayment) -> InvoicePaymentRecorded | None:
    name = (command.source, command.external_id)
    return next(
        (each for each in invoice.payments if (each.source, each.external_id) == name), None
    )


def _same_amount(invoice: Numbered, command: RecordPayment) -> list[Event]:
    earlier = _recorded(invoice, command)
    if earlier is None or earlier.amount_ore != command.amount_ore:
        raise Rejected("billing.payment_mismatch", "this payment was recorded with another amount")
    return []


def _pay(invoice: Numbered, command: RecordPayment) -> list[Event]:
    if command.amount_ore < 1:
        raise Rejected("billing.amount_not_positive", "a payment is at least one øre")
    if command.paid_on > oslo.day(command.at):
        raise Rejected("billing.paid_in_future", "this day has not come yet")
    if command.amount_ore > invoice.remaining_ore:
        details = {"remaining_ore": invoice.remaining_ore}
        raise Rejected("billing.overpaid", "this is more than remains", details=details)
    received = InvoicePaymentRecorded(
        amount_ore=command.amount_ore,
        paid_on=command.paid_on,
        source=command.source,
        external_id=command.external_id,
        at=command.at,
    )
    if command.amount_ore < invoice.remaining_ore:
        return [received]
    # the day on which the last of the money came
    paid_on = max(each.paid_on for each in (*invoice.payments, received))
    paid = InvoicePaid(commission_base_ore=invoice.net_ore, paid_on=paid_on, paid_at=command.at)
    return [received, paid]


def _refuse(invoice: Invoice | None, command: Command) -> NoReturn:
    details = {
        "from": type(invoice).__name__,
        "command": type(command).__name__.removeprefix("Request"),
        "allowed": ALLOWED[type(invoice)] if invoice else [],
    }
    raise Rejected("billing.invalid_transition", "not in this state", details=details)


def evolve(invoice: Invoice | None, event: Event) -> Invoice:
    match invoice, event:
        case None, InvoiceDrafted():
            return Draft(**_on_paper(event))
        case Draft(), InvoiceIssued():
            return Issued(
                **_on_paper(invoice),
                series=event.series,
                invoice_number=event.invoice_number,
                issue_date=event.issue_date,
                due_date=event.due_date,
            )
        case Issued() | PartPaid() | Paid(), InvoiceDocumentStored():
            return _become(type(invoice), invoice, document_ref=event.ref)
        case Issued() | PartPaid(), InvoicePaymentRecorded():
            return _become(PartPaid, invoice, payments=(*invoice.payments, event))
        case PartPaid(), InvoicePaid():
            return _become(Paid, invoice)
        case _:
            raise AssertionError(f"{event} cannot follow {invoice}")


def _become(kind: type[S], invoice: Numbered, **changes: Any) -> S:
    return kind(**{each.name: getattr(invoice, each.name) for each in fields(invoice)} | changes)


decider = Decider(
    name="invoice",
    decide=decide,
    evolve=evolve,
    events=(
        InvoiceDrafted,
        InvoiceIssued,
        InvoiceDocumentStored,
        InvoicePaymentRecorded,
        InvoicePaid,
    ),
    creates=(DraftInvoice,),
)
