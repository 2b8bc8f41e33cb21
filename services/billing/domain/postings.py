"""What each event posts: it alone says so, and nothing else is read. Debit is positive; øre."""

from datetime import date
from typing import Any

from billing.domain.accounts import WORDS, vat_code
from billing.domain.amounts import RateSum
from billing.domain.bank_payment_messages import BankPaymentReceived, BankPaymentReversed
from billing.domain.credit_note import CreditNoteIssued
from billing.domain.invoice_events import (
    InvoiceIssued,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceRecovered,
    InvoiceWrittenOff,
)
from billing.domain.refund import RefundRequested, RefundSent
from billing.domain.wallet import CreditGranted, CreditTakenBack
from chassis.domain import value


@value
class Entry:
    account: str  # a word of the chart
    amount_ore: int  # debit; credit is negative
    vat_code: str | None


def postings(event: Any) -> tuple[Entry, ...]:
    """Return what an event posts: entries that come to 0, none of them 0 itself.

    Raises `AssertionError` for an event whose parts do not add up: it must not be recorded.
    """
    match event:
        case InvoiceIssued(gross_ore=gross, by_rate=by_rate):
            posted = [("receivable", gross), *_document(by_rate, -1)]
        case CreditNoteIssued(gross_ore=gross, by_rate=by_rate):
            posted = [*_document(by_rate, 1), ("receivable", -gross)]
        case BankPaymentReceived(amount_ore=amount):
            posted = _moved(amount, "bank", "unallocated")
        case BankPaymentReversed(amount_ore=amount):
            posted = _moved(amount, "unallocated", "bank")
        case InvoicePaymentRecorded(amount_ore=amount, source=source):
            posted = _moved(amount, _paid_from(source), "receivable")
        case InvoicePaymentReversed(amount_ore=amount, source=source):
            posted = _moved(amount, "receivable", _paid_from(source))
        case CreditGranted(amount_ore=amount, origin=origin):
            posted = _moved(amount, _granted_from(origin), "credit")
        case CreditTakenBack(amount_ore=amount):
            posted = _moved(amount, "credit", "unallocated")
        case RefundRequested(amount_ore=amount, of=of):
            posted = _moved(amount, of, "refunds")
        case RefundSent(amount_ore=amount, rail=rail):
            posted = _moved(amount, "refunds", _sent_from(rail))
        case InvoiceWrittenOff(amount_ore=amount, vat_ore=vat):
            posted = [("losses", amount - vat), ("vat_out", vat), ("receivable", -amount)]
        case InvoiceRecovered(amount_ore=amount, vat_ore=vat):
            posted = [("receivable", amount), ("losses", vat - amount), ("vat_out", -vat)]
        case _:
            posted = []
    if sum(amount for _, amount in posted) != 0:
        raise AssertionError(f"{event} does not balance: {posted}")
    return tuple(_entry(word, amount) for word, amount in posted if amount != 0)


Posted = list[tuple[str, int]]


def _document(by_rate: tuple[RateSum, ...], sign: int) -> Posted:
    """Return revenue and output VAT of a document's rates."""
    posted: Posted = []
    for rate in by_rate:
        posted += [(_sales(rate.vat_type), sign * rate.net_ore), ("vat_out", sign * rate.vat_ore)]
    return posted


def _entry(word: str, amount: int) -> Entry:
    if word not in WORDS:
        raise AssertionError(f"no account is called {word}")
    return Entry(account=word, amount_ore=amount, vat_code=vat_code(word))


def _moved(amount: int, debit: str, credit: str) -> Posted:
    return [(debit, amount), (credit, -amount)]


def _sales(vat_type: str) -> str:
    match vat_type:
        case "HIGH":
            return "sales"
        case "EXEMPT_IMPORT_EXPORT":
            return "sales_exempt"
    raise AssertionError(f"no account for sales of VAT type {vat_type}")


def _paid_from(source: str) -> str:
    match source:
        case "bank" | "manual":
            return "unallocated"
        case "credit":
            return "credit"
    raise AssertionError(f"no account for payments from {source}")


def _granted_from(origin: str) -> str:
    match origin:
        case "overpayment":
            return "unallocated"
        case "credit_note":
            return "receivable"
        case "refund_failed":
            return "refunds"
        case "bank_refund_returned":
            return "bank"
    raise AssertionError(f"no account for credit from {origin}")


def _sent_from(rail: str) -> str:
    match rail:
        case "bank":
            return "bank"
    raise AssertionError(f"no account for refunds by {rail}")


def value_day(event: Any) -> date | None:
    """Return the day of the document or of the payment; None where the event names none."""
    match event:
        case InvoiceIssued() | CreditNoteIssued():
            return event.issue_date
        case (
            BankPaymentReceived() | BankPaymentReversed() | InvoicePaymentRecorded() | RefundSent()
        ):
            return event.paid_on
    return None


def document(event: Any) -> str | None:
    """Return the number of a sales document, None where the event is of none."""
    match event:
        case InvoiceIssued():
            return str(event.invoice_number)
        case CreditNoteIssued():
            return str(event.number)
    return None
