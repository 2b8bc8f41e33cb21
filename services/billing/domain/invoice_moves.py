"""How each event moves an issued invoice on. Nothing is judged here."""

from dataclasses import replace

from billing.domain.amounts import Amounts
from billing.domain.invoice_events import (
    Event,
    InvoiceCredited,
    InvoiceDelivered,
    InvoiceDeliveryFailed,
    InvoiceDocumentStored,
    InvoiceIssued,
    InvoiceOverdue,
    InvoicePaid,
    InvoicePaymentRecorded,
    InvoicePaymentReversed,
    InvoiceRecovered,
    InvoiceReminded,
    InvoiceSendingRequested,
    InvoiceWrittenOff,
)
from billing.domain.invoice_money import Loss, Money, PaidIn
from billing.domain.invoice_states import (
    Credited,
    Document,
    Draft,
    Issued,
    Numbered,
    Paid,
    Paper,
    PartPaid,
    WrittenOff,
)


def issue(draft: Draft, event: InvoiceIssued) -> Issued:
    """Give a draft its paper."""
    paper = Paper(
        series=event.series,
        number=event.invoice_number,
        kid=event.kid,
        issue_date=event.issue_date,
        due_date=event.due_date,
        issued_at=event.at,
    )
    money = Money(total=draft.sheet.amounts)
    document = Document(sheet=draft.sheet, paper=paper, money=money)
    return Issued(workspace_id=draft.workspace_id, document=document)


def move(invoice: Numbered, event: Event) -> Numbered:
    """Return it after money came or went, or after it was corrected."""
    money, kind = invoice.money, type(invoice)
    match event:
        case InvoicePaymentRecorded():
            kind = WrittenOff if kind is WrittenOff else PartPaid
            return invoice.into(kind, money=money.with_payment(_paid_in(event)))
        case InvoicePaid():
            settled = replace(money, settlements=event.settlement, loss=None)
            return invoice.into(Paid, money=settled)
        case InvoicePaymentReversed():
            left = money.without_payment(event.source, event.external_id, event.amount_ore)
            if event.amount_ore and kind is not WrittenOff:
                kind = PartPaid if left.paid_ore else Issued
            return invoice.into(kind, money=left)
        case InvoiceCredited():
            credited = _credited(money, event)
            whole = credited.credited == credited.total
            kind = Credited if whole and kind is not Paid else kind
            return invoice.into(kind, money=credited)
        case InvoiceWrittenOff():
            return invoice.into(WrittenOff, money=_written_off(money, event))
        case InvoiceRecovered() if money.loss:
            loss = money.loss.recovered(event.amount_ore, event.vat_ore)
            return invoice.into(kind, money=replace(money, loss=loss))
    return note(invoice, event)


def note(invoice: Numbered, event: Event) -> Numbered:
    """Return it after something else was noted on it."""
    kind, delivery, reminders = type(invoice), invoice.document.delivery, invoice.document.reminders
    match event:
        case InvoiceDocumentStored():
            return invoice.into(kind, delivery=delivery.with_format(event.format))
        case InvoiceSendingRequested():
            return invoice.into(kind, delivery=delivery.asked(event.sending))
        case InvoiceDelivered() | InvoiceDeliveryFailed():
            return invoice.into(kind, delivery=delivery.ended(event.sending))
        case InvoiceOverdue():
            return invoice.into(kind, reminders=replace(reminders, overdue=True))
        case InvoiceReminded():
            sent = replace(reminders, sent=event.number, last_on=event.on)
            return invoice.into(kind, reminders=sent)
        case _:
            raise AssertionError(f"{event} cannot follow {invoice}")


def _paid_in(event: InvoicePaymentRecorded) -> PaidIn:
    return PaidIn(
        source=event.source,
        external_id=event.external_id,
        amount_ore=event.amount_ore,
        paid_on=event.paid_on,
    )


def _credited(money: Money, event: InvoiceCredited) -> Money:
    note = Amounts(net_ore=event.net_ore, vat_ore=event.vat_ore, gross_ore=event.gross_ore)
    return replace(
        money, credited=money.credited + note, paid_ore=money.paid_ore - event.excess_ore
    )


def _written_off(money: Money, event: InvoiceWrittenOff) -> Money:
    if money.loss:
        return replace(money, loss=money.loss.again(event.amount_ore, event.vat_ore))
    loss = Loss(
        amount_ore=event.amount_ore, vat_ore=event.vat_ore, relieved=event.ground is not None
    )
    return replace(money, loss=loss)
