"""What an issued invoice answers to money and corrections. Amounts are øre."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from billing.domain import oslo
from billing.domain.amounts import Amounts
from billing.domain.invoice_events import (
    InvoiceCredited,
    InvoicePaid,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceRecovered,
    InvoiceWrittenOff,
)
from billing.domain.invoice_messages import (
    Credit,
    LosePayment,
    RecordPayment,
    ReversePayment,
    WriteOff,
)
from billing.domain.invoice_money import Money
from billing.domain.invoice_reminders import REMIND_AFTER
from billing.domain.invoice_states import Numbered, Paid, Paper, PartPaid, WrittenOff
from chassis.errors import Rejected

EARLIEST_BEFORE_ISSUE = timedelta(days=30)
RELIEF_AFTER_MONTHS = 6  # past the due date, and three reminders: FMVA § 4-7-1 b
GROUNDS = ("reminders", "collection_failed", "insolvency", "irrecoverable")

Event = (
    InvoicePaymentRecorded
    | InvoicePaid
    | InvoicePaymentReversed
    | InvoiceCredited
    | InvoiceWrittenOff
    | InvoiceRecovered
)


def implausible(paper: Paper, paid_on: date, today: date) -> str | None:
    """Return why no money for this document came on that day, or None.

    The day of its issue has been, even where a slow clock says that it is to come.
    """
    if paid_on > max(today, paper.issue_date):
        return "paid_in_future"
    return "paid_on_implausible" if paid_on < paper.issue_date - EARLIEST_BEFORE_ISSUE else None


def pay(invoice: Numbered, command: RecordPayment) -> Sequence[Event]:
    """Return what it takes of a payment: as much as it needs, nothing when nothing remains."""
    if command.amount_ore < 1:
        raise Rejected("billing.amount_not_positive", "a payment is at least one øre")
    reason = implausible(invoice.paper, command.paid_on, oslo.day(command.at))
    if reason and command.source != "card":  # which paid in advance, however long before
        raise Rejected(f"billing.{reason}", "nothing came for this invoice on that day")
    money = invoice.money
    known = money.of(command.source, command.external_id)
    meant_ore = command.amount_ore - (known.amount_ore if known else 0)
    if known and known.amount_ore and (meant_ore < 0 or known.paid_on != command.paid_on):
        raise Rejected("billing.payment_mismatch", "it was recorded with another amount or day")
    room_ore = money.written_off_ore if isinstance(invoice, WrittenOff) else money.remaining_ore
    if (taken_ore := min(meant_ore, room_ore)) == 0:
        return []
    came = InvoicePaymentRecorded(
        amount_ore=taken_ore,
        paid_on=command.paid_on,
        source=command.source,
        external_id=command.external_id,
        at=command.at,
    )
    last = [_paid(invoice, money, command.paid_on, command.at)] if taken_ore == room_ore else []
    return [*_recovered(money, taken_ore), came, *last]


def _recovered(money: Money, amount_ore: int) -> Sequence[Event]:
    if money.loss is None:
        return []
    vat_ore = money.loss.vat_of_recovery(amount_ore)
    return [InvoiceRecovered(amount_ore=amount_ore, vat_ore=vat_ore)]


def _paid(
    invoice: Numbered, money: Money, last_on: date | None, at: datetime, credited_ore: int = 0
) -> InvoicePaid:
    credited_net_ore = money.credited.net_ore + credited_ore
    days = [each.paid_on for each in money.payments if each.amount_ore]
    return InvoicePaid(
        settlement=money.settlements + 1,
        credited_net_ore=credited_net_ore,
        commission_base_ore=invoice.sheet.amounts.net_ore - credited_net_ore,
        paid_on=max([*days, last_on] if last_on else days),
        paid_at=at,
    )


def reverse(invoice: Numbered, command: ReversePayment) -> Sequence[Event]:
    """Return what leaves it again with a payment; what had left it as excess is not among it.

    All of it may have: then nothing changes but that the payment is not one of its any more.
    """
    money = invoice.money
    known = money.of(command.source, command.external_id)
    if known is None:
        raise Rejected("billing.payment_unknown", "no such payment was recorded on this invoice")
    if known.amount_ore == 0:  # reversed already
        return []
    taken_ore = min(known.amount_ore, money.paid_ore)
    reversed_ = InvoicePaymentReversed(
        amount_ore=taken_ore,
        excess_ore=known.amount_ore - taken_ore,
        source=command.source,
        external_id=command.external_id,
        was_paid=isinstance(invoice, Paid) and taken_ore > 0,
        reason=command.reason,
    )
    if money.loss is None or taken_ore == 0:
        return [reversed_]
    vat_ore = money.loss.vat_of_more(taken_ore, money.uncredited)
    return [reversed_, InvoiceWrittenOff(amount_ore=taken_ore, vat_ore=vat_ore, ground=None)]


def lose(invoice: Numbered, command: LosePayment) -> Sequence[Event]:
    """Return what is gone of what stands on it; the claim is open again."""
    gone_ore = min(command.amount_ore, invoice.money.paid_ore)
    if gone_ore == 0:
        return []
    gone = InvoicePaymentReversed(
        amount_ore=gone_ore,
        excess_ore=0,
        source=command.source,
        external_id=command.external_id,
        was_paid=isinstance(invoice, Paid),
        reason=command.reason,
    )
    return [gone]


def credit(invoice: Numbered, command: Credit) -> Sequence[Event]:
    """Return what a credit note takes back: first what remains, then what was paid."""
    money, left = invoice.money, invoice.money.uncredited
    taken = Amounts(net_ore=command.net_ore, vat_ore=command.vat_ore, gross_ore=command.gross_ore)
    if left.gross_ore == 0:
        raise Rejected("billing.already_credited", "all of it was credited")
    if not _is_of_lines(taken, left):
        raise AssertionError(f"{command} is no sum of lines")
    if taken.net_ore > left.net_ore or taken.vat_ore > left.vat_ore:
        details = {"left_ore": left.net_ore}
        raise Rejected("billing.credit_too_large", "more than is left of it", details=details)
    applied_ore = min(taken.gross_ore, money.remaining_ore)
    credited = InvoiceCredited(
        credit_note_id=command.credit_note_id,
        credit_note_number=command.credit_note_number,
        net_ore=taken.net_ore,
        vat_ore=taken.vat_ore,
        gross_ore=taken.gross_ore,
        applied_ore=applied_ore,
        excess_ore=taken.gross_ore - applied_ore,
        credited_net_ore=money.credited.net_ore + taken.net_ore,
    )
    settles = isinstance(invoice, PartPaid) and applied_ore == money.remaining_ore
    if not settles or taken == left:
        return [credited]
    return [credited, _paid(invoice, money, None, command.at, taken.net_ore)]


def _is_of_lines(taken: Amounts, left: Amounts) -> bool:
    """Return whether lines come to that; their whole net has their whole VAT."""
    adds_up = (
        taken.net_ore > 0 <= taken.vat_ore and taken.gross_ore == taken.net_ore + taken.vat_ore
    )
    return adds_up and (taken.net_ore != left.net_ore or taken == left)


def write_off(invoice: Numbered, command: WriteOff) -> Sequence[Event]:
    """Return what will not come, and the VAT that is relieved if there is a ground for it."""
    if command.vat_relief:
        _must_be_relievable(invoice, command)
    vat_ore = invoice.money.vat_of_loss() if command.vat_relief else 0
    ground = command.ground if command.vat_relief else None
    remaining_ore = invoice.money.remaining_ore
    return [InvoiceWrittenOff(amount_ore=remaining_ore, vat_ore=vat_ore, ground=ground)]


def _must_be_relievable(invoice: Numbered, command: WriteOff) -> None:
    """Source: FMVA § 4-7-1 a to d."""
    if command.ground not in GROUNDS:
        raise Rejected("billing.ground_missing", "VAT is relieved on one of four grounds only")
    if command.ground != "reminders":
        if not command.has_reference:
            raise Rejected("billing.reference_missing", "say what proves the ground")
        return
    first = oslo.months_later(invoice.paper.due_date, RELIEF_AFTER_MONTHS)
    reminded = invoice.document.reminders.sent == len(REMIND_AFTER)
    if not reminded or oslo.day(command.at) < first:
        details = {"from": first.isoformat()}
        message = "six months after the due date, and after three reminders"
        raise Rejected("billing.vat_relief_too_early", message, details=details)
