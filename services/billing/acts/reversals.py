"""Money that was not there, or not for this invoice: a payment is taken off it again."""

from uuid import UUID

from billing.acts.settling import follow
from billing.acts.transfer_shares import credit_reference
from billing.domain import bank_payment, invoice, oslo, wallet, wallet_messages
from billing.domain.bank_payment import BankPayment, Share
from billing.domain.bank_payment_messages import Free, Reverse
from billing.domain.invoice_messages import ReversePayment, TakePayments
from billing.domain.invoice_states import Invoice, Numbered
from billing.names import bank_payment_id
from chassis.errors import Rejected
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from contracts.billing.payments import PaymentReversed, ReverseInvoicePayment


def reverse(unit: Unit, asked: ReverseInvoicePayment) -> PaymentReversed:
    """Take a payment off an invoice, and give back what it came of; a repeat changes nothing.

    Raises `Rejected` for a payment that never was on it, for a transfer that bounced though another
    invoice holds part of it, and where the credit that is to come back was spent.
    """
    if asked.source == "credit":
        decided = _back_to_credit(unit, asked)
    else:
        decided = _off_the_transfer(unit, asked)
    return PaymentReversed(
        id=decided.id,
        version=decided.version,
        state=type(decided.state).__name__,
        remaining_ore=decided.state.money.remaining_ore,
    )


def _back_to_credit(unit: Unit, asked: ReverseInvoicePayment) -> Decided:
    taken_ore, decided = _taken_off(unit, asked)
    # nothing of what a credit note moved off it before: that is credit already
    restore = wallet_messages.Restore(invoice_id=decided.id, amount_ore=taken_ore)
    unit.decide(wallet.decider, decided.state.workspace_id, restore)
    return decided


def _taken_off(unit: Unit, asked: ReverseInvoicePayment) -> tuple[int, Decided]:
    """Return how much stood on the invoice of that payment, and where it stands without it."""
    before: Invoice | None = unit.state(invoice.decider, asked.invoice_id)
    command = ReversePayment(
        source=asked.source, external_id=asked.external_id, reason=asked.reason
    )
    decided = unit.decide(invoice.decider, asked.invoice_id, command)
    follow(unit, before, decided.state)
    paid_ore = before.money.paid_ore if isinstance(before, Numbered) else 0
    return paid_ore - decided.state.money.paid_ore, decided


def _off_the_transfer(unit: Unit, asked: ReverseInvoicePayment) -> Decided:
    id = bank_payment_id(asked.source, asked.external_id)
    transfer: BankPayment | None = unit.state(bank_payment.decider, id)
    stands: object = unit.state(invoice.decider, asked.invoice_id)
    known = transfer is not None and transfer.was_for(asked.invoice_id)
    if known and isinstance(stands, Numbered) and not stands.money.of(*_name(asked)):
        taken_ore = 0  # all of it became credit
        decided = unit.may(invoice.decider, asked.invoice_id, TakePayments())
    else:
        taken_ore, decided = _taken_off(unit, asked)
    if transfer is None:
        raise AssertionError("an invoice took of a transfer that nobody knows")
    bounced = asked.reason == "bounced"
    leaving = _leaving(transfer, decided.id, bounced)
    if leaving:
        _give_back(unit, id, leaving, taken_ore, decided)
    if bounced:
        unit.decide(bank_payment.decider, id, Reverse(paid_on=oslo.day(unit.call.at)))
    return decided


def _name(asked: ReverseInvoicePayment) -> tuple[str, str]:
    return asked.source, asked.external_id


def _leaving(transfer: BankPayment, invoice_id: UUID, bounced: bool) -> list[Share]:
    """Return what is left of a transfer again; where it bounced, that must be all of it."""
    others = [str(each) for each in transfer.invoice_ids if each != invoice_id]
    if bounced and others:
        details = {"invoice_ids": others}
        message = "other invoices hold part of it"
        raise Rejected("billing.still_allocated", message, details=details)
    stand = (each for each in transfer.shares if each.amount_ore)
    return [each for each in stand if bounced or each.invoice_id == invoice_id]


def _give_back(
    unit: Unit, id: UUID, leaving: list[Share], taken_ore: int, decided: Decided
) -> None:
    """Free these shares, and take out of wallets what is not on the invoice any more.

    That is what was credited, and what a credit note had moved off the invoice since.
    """
    of_wallets: dict[UUID, int] = {}
    for share in leaving:
        whose = share.workspace_id or decided.state.workspace_id
        stood_ore = taken_ore if share.workspace_id is None else 0
        of_wallets[whose] = of_wallets.get(whose, 0) + share.amount_ore - stood_ore
        free = Free(
            amount_ore=share.amount_ore,
            invoice_id=share.invoice_id,
            workspace_id=share.workspace_id,
        )
        freed = unit.decide(bank_payment.decider, id, free)
    for workspace_id, amount_ore in of_wallets.items():
        _take_back(unit, workspace_id, amount_ore, credit_reference(freed))


def _take_back(unit: Unit, workspace_id: UUID, amount_ore: int, reference: str) -> None:
    if amount_ore == 0:
        return
    if unit.state(wallet.decider, workspace_id) is None:  # a credit note's excess was refunded
        raise Rejected(
            "billing.credit_already_used", "it was paid back", details={"invoice_ids": []}
        )
    command = wallet_messages.TakeBack(amount_ore=amount_ore, reference=reference)
    unit.decide(wallet.decider, workspace_id, command)
