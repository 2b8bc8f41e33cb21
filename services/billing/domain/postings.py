"""What each event posts: it alone says so, and nothing else is read. Debit is positive; øre."""

from datetime import date
from typing import Any

from billing.domain.accounts import WORDS, vat_code
from billing.domain.amounts import RateSum
from billing.domain.bank_payment_messages import BankPaymentReceived, BankPaymentReversed
from billing.domain.credit_note import CreditNoteIssued
from billing.domain.dispute_messages import (
    DisputeClosed,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
)
from billing.domain.invoice_events import (
    InvoiceIssued,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceRecovered,
    InvoiceWrittenOff,
)
from billing.domain.payment_events import AdvanceLost, CardPaymentCaptured, CardPaymentHeld
from billing.domain.refund_messages import RefundRequested, RefundSent
from billing.domain.wallet_messages import CreditGranted, CreditTakenBack
from books.domain.entry import Entry, Posted, balanced
from books.domain.entry import moved as _moved


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
        case CardPaymentCaptured(amount_ore=amount) | CardPaymentHeld(amount_ore=amount):
            posted = _moved(amount, "stripe", "advances")
        case AdvanceLost(amount_ore=amount):
            posted = _moved(amount, "advances", "disputed")
        case DisputeFundsWithdrawn(amount_ore=amount):
            posted = _moved(amount, "disputed", "stripe")
        case DisputeFundsReinstated(amount_ore=amount):
            posted = _moved(amount, "stripe", "disputed")
        case DisputeClosed(loss_ore=amount):
            posted = _moved(amount, "losses", "disputed")
        case InvoiceWrittenOff(amount_ore=amount, vat_ore=vat):
            posted = [("losses", amount - vat), ("vat_out", vat), ("receivable", -amount)]
        case InvoiceRecovered(amount_ore=amount, vat_ore=vat):
            posted = [("receivable", amount), ("losses", vat - amount), ("vat_out", -vat)]
        case _:
            posted = []
    return balanced(event, posted, WORDS, vat_code)


def _document(by_rate: tuple[RateSum, ...], sign: int) -> Posted:
    """Return revenue and output VAT of a document's rates."""
    posted: Posted = []
    for rate in by_rate:
        posted += [(_sales(rate.vat_type), sign * rate.net_ore), ("vat_out", sign * rate.vat_ore)]
    return posted


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
        case "card":
            return "advances"
        case "dispute":
            return "disputed"
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
        case "card_refund_returned":
            return "stripe"
        case "dispute_won":
            return "disputed"
    raise AssertionError(f"no account for credit from {origin}")


def _sent_from(rail: str) -> str:
    match rail:
        case "bank":
            return "bank"
        case "card":
            return "stripe"
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
