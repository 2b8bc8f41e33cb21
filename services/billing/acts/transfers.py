"""Transfers by hand: allocated to invoices and workspaces, returned, listed."""

from uuid import UUID

from sqlalchemy import Connection

from billing.acts.transfer_shares import credit, hold, pay
from billing.domain import bank_payment, customer
from billing.domain.bank_payment import BankPayment
from billing.domain.bank_payment_messages import BankPaymentReceived, Offer, Reverse
from billing.projections import bank_payments
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.errors import Invalid, NotFound, Rejected
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.billing import transfers as told
from contracts.billing.transfers import (
    AllocateBankPayment,
    AllocatedInvoice,
    ListBankPayments,
    ReturnBankPayment,
    TransferAllocated,
    TransferReturned,
)


def allocate(unit: Unit, asked: AllocateBankPayment) -> TransferAllocated:
    """Let a transfer pay an invoice as much as that needs, or be a workspace's credit.

    Raises `Rejected` where less is left of it, and for an invoice that needs nothing.
    """
    if (asked.invoice_id is None) == (asked.workspace_id is None):
        wrong = ["Exactly one of invoice_id and workspace_id."]
        raise Invalid("chassis.invalid_argument", details={"fields": {"invoice_id": wrong}})
    id, paid = asked.bank_payment_id, None
    question = Offer(amount_ore=asked.amount_ore)
    offered: BankPayment = unit.may(bank_payment.decider, id, question).state
    amount_ore = asked.amount_ore or offered.left_ore
    if asked.invoice_id is not None:
        decided, paid = _to_invoice(unit, id, offered.received, asked.invoice_id, amount_ore)
    else:
        decided = _to_workspace(unit, id, asked.workspace_id, amount_ore)
    return TransferAllocated(
        id=id, version=decided.version, left_ore=decided.state.left_ore, invoice=paid
    )


def _to_invoice(
    unit: Unit, id: UUID, came: BankPaymentReceived, invoice_id: UUID, amount_ore: int
) -> tuple[Decided, AllocatedInvoice]:
    taken_ore, paid = pay(unit, invoice_id, came, amount_ore)
    if taken_ore == 0:
        raise Rejected("billing.nothing_remains", "nobody owes anything on it")
    return hold(unit, id, taken_ore, invoice_id), AllocatedInvoice(
        id=invoice_id,
        state=type(paid.state).__name__,
        remaining_ore=paid.state.money.remaining_ore,
    )


def _to_workspace(unit: Unit, id: UUID, workspace_id: UUID | None, amount_ore: int) -> Decided:
    if workspace_id is None or unit.state(customer.decider, workspace_id) is None:
        raise NotFound("billing.workspace_not_found")
    return credit(unit, id, amount_ore, workspace_id)


def give_back(unit: Unit, asked: ReturnBankPayment) -> TransferReturned:
    """Record that what is left of a transfer has left the bank; a reference counts once."""
    command = Reverse(paid_on=asked.paid_on, reference=asked.reference)
    decided = unit.decide(bank_payment.decider, asked.bank_payment_id, command)
    return TransferReturned(id=decided.id, version=decided.version, left_ore=decided.state.left_ore)


def listed(
    db: Connection, door: Door, call: Call, asked: ListBankPayments
) -> Page[told.BankPayment]:
    """Return a page of transfers, newest first."""
    return bank_payments.listed(db, {"state": asked.state}, asked).of(told.BankPayment)
