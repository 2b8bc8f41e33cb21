"""Money that comes for one invoice, as a person records it."""

from uuid import UUID

from billing.acts.transfer_shares import receive
from billing.domain import bank_payment, invoice
from billing.domain.bank_payment_messages import Receive
from billing.domain.invoice_messages import TakePayments
from billing.names import bank_payment_id
from chassis.errors import Rejected
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from contracts.billing.payments import PaymentRecorded, RecordInvoicePayment


def record(unit: Unit, asked: RecordInvoicePayment) -> PaymentRecorded:
    """Record a transfer and let the invoice take what it needs; the rest is its workspace's credit.

    The transfer is asked first: known, it is neither recorded nor paid in again. Raises `Rejected`
    for one that was recorded with another amount or day, or is not with this invoice.
    """
    id = bank_payment_id(asked.source, asked.external_id)
    came = Receive(
        source=asked.source,
        external_id=asked.external_id,
        amount_ore=asked.amount_ore,
        paid_on=asked.paid_on,
    )
    if unit.state(bank_payment.decider, id) is not None:
        decided = unit.may(invoice.decider, asked.invoice_id, TakePayments())
        transfer: bank_payment.BankPayment = unit.may(bank_payment.decider, id, came).state
        _must_be_with(transfer, decided, id)
        return _recorded(decided, transfer, id)
    _, decided = receive(unit, id, came, asked.invoice_id)
    return _recorded(decided, unit.state(bank_payment.decider, id), id)


def _must_be_with(transfer: bank_payment.BankPayment, decided: Decided, id: UUID) -> None:
    if transfer.on(invoice_id=decided.id) or _credited(transfer, decided):
        return
    details = {"bank_payment_id": str(id), "left_ore": transfer.left_ore}
    message = "this transfer is known: allocate_bank_payment lets it pay more"
    raise Rejected("billing.payment_already_recorded", message, details=details)


def _credited(transfer: bank_payment.BankPayment, decided: Decided) -> int:
    return transfer.on(invoice_id=decided.id, workspace_id=decided.state.workspace_id)


def _recorded(decided: Decided, transfer: bank_payment.BankPayment, id: UUID) -> PaymentRecorded:
    return PaymentRecorded(
        id=decided.id,
        version=decided.version,
        state=type(decided.state).__name__,
        remaining_ore=decided.state.money.remaining_ore,
        credited_ore=_credited(transfer, decided),
        bank_payment_id=id,
    )
