"""Money that goes back: promised, then sent; what fails is the workspace's credit again.

By bank a person pays it and says so; by card Stripe does.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from billing import clearing
from billing.acts import credits
from billing.domain import (
    customer,
    invoice,
    line_item,
    payment,
    payment_messages,
    refund,
    refund_messages,
    wallet,
    wallet_messages,
)
from billing.domain.invoice_states import Numbered
from billing.domain.item import Item
from billing.domain.payment_states import Advance, Delivered, Payment
from billing.names import advance_refund_id, payment_id
from billing.projections import refunds
from chassis import ids
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.errors import NotFound, Rejected
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.billing.corrections import CreditInvoice, LineToCredit
from contracts.billing.refunds import (
    ConfirmRefund,
    FailRefund,
    ListRefunds,
    PaymentRefund,
    Refund,
    RefundCredit,
    RefundMoved,
    RefundPayment,
    RefundRequested,
)


def of_credit(unit: Unit, asked: RefundCredit) -> RefundRequested:
    """Take a workspace's credit, or some of it, to be paid back."""
    _must_have_a_wallet(unit, asked)
    refund_id = ids.derive(unit.call.id, "refund")
    request = refund_messages.RequestRefund(
        workspace_id=asked.workspace_id,
        rail="bank",
        of="credit",
        amount_ore=asked.amount_ore,
        reason="by_hand",
    )
    spend = wallet_messages.Spend(
        amount_ore=asked.amount_ore, on="refund", reference=str(refund_id)
    )
    requested = unit.decide(refund.decider, refund_id, request)
    unit.decide(wallet.decider, asked.workspace_id, spend)
    unit.execute(keep(refund_id, asked.workspace_id, {"reason": asked.reason}))
    return RefundRequested(
        id=requested.id,
        version=requested.version,
        state=type(requested.state).__name__,
        amount_ore=asked.amount_ore,
    )


def of_payment(unit: Unit, asked: RefundPayment) -> PaymentRefund:
    """Give back what a card paid: the advance, or so much of what was delivered, by a credit note.

    Raises `Rejected`: `nothing_captured`, `not_a_card_payment`, `already_refunded`, `disputed`,
    `not_delivered_yet`, `refund_too_large`, `not_whole_kroner`.
    """
    id = payment_id(asked.target_kind, asked.target_id)
    before: Payment | None = unit.state(payment.decider, id)
    attempt = before.capture.attempt.number if isinstance(before, Advance) else 0
    refund_id = advance_refund_id(id, attempt)
    command = payment_messages.Refund(refund_id=refund_id, whole=asked.net_ore is None)
    unit.decide(payment.decider, id, command)
    if isinstance(before, Delivered):
        return _of_delivered(unit, before, asked)
    if not isinstance(before, Advance):
        raise AssertionError(f"nothing goes back of {before}")
    clearing.give_back(unit, id, before, refund_id, "by_hand")
    unit.execute(keep(refund_id, before.workspace_id, {"reason": asked.reason}))
    return _on_its_way(unit, refund_id)


def _of_delivered(unit: Unit, sold: Delivered, asked: RefundPayment) -> PaymentRefund:
    document: Numbered = unit.state(invoice.decider, sold.invoice_id)
    [line_item_id] = document.sheet.line_item_ids
    item: Item = unit.state(line_item.decider, line_item_id).item
    net_ore = item.left_ore if asked.net_ore is None else asked.net_ore
    _must_be_held(document, item, net_ore)
    credited = credits.credit(
        unit,
        CreditInvoice(
            invoice_id=sold.invoice_id,
            reason=asked.reason,
            lines=(LineToCredit(line_item_id=line_item_id, net_ore=net_ore),),
            refund=True,
            idempotency_key=asked.idempotency_key,
        ),
    )
    if credited.refund_id is None:
        raise AssertionError("what was credited of a paid document goes back")
    sent = _on_its_way(unit, credited.refund_id)
    return replace(
        sent,
        credit_note_id=credited.credit_note_id,
        credit_note_number=credited.credit_note_number,
    )


def _must_be_held(document: Numbered, item: Item, net_ore: int) -> None:
    """Raise why so much of a delivery cannot go back.

    A credit note takes first what is owed: where a dispute took some of the money, and its claim
    is open, the rest goes back as a whole or not at all.
    """
    money, left_ore = document.money, item.left_ore
    if left_ore == 0:
        raise Rejected("billing.already_refunded", "all of it was credited")
    if money.owed_ore:
        left_ore = left_ore if money.paid_ore and net_ore == left_ore else 0
    if net_ore > left_ore:
        details = {"left_ore": left_ore}
        raise Rejected("billing.refund_too_large", "more than is left of it", details=details)


def _on_its_way(unit: Unit, refund_id: UUID) -> PaymentRefund:
    stands = unit.state(refund.decider, refund_id)
    return PaymentRefund(
        id=refund_id,
        version=1,  # it has just been asked for
        state=type(stands).__name__,
        amount_ore=stands.terms.amount_ore,
    )


def _must_have_a_wallet(unit: Unit, asked: RefundCredit) -> None:
    """Tell a workspace that never had any credit from one that is not known."""
    if unit.state(wallet.decider, asked.workspace_id) is not None:
        return
    if unit.state(customer.decider, asked.workspace_id) is None:
        raise NotFound("billing.workspace_not_found", "no such workspace")
    raise Rejected("billing.credit_not_enough", "there is none", details={"balance_ore": 0})


def confirm(unit: Unit, asked: ConfirmRefund) -> RefundMoved:
    """Record that the bank has paid it. Raises `Rejected("billing.refund_is_stripes")`."""
    _must_be_by_bank(unit, asked.refund_id)
    sent = refund_messages.SendRefund(reference=asked.reference, paid_on=asked.paid_on)
    return _moved(unit.decide(refund.decider, asked.refund_id, sent))


def fail(unit: Unit, asked: FailRefund) -> RefundMoved:
    """Record that it was not paid, or came back: the money is the workspace's credit again.

    Raises `Rejected("billing.refund_is_stripes")`.
    """
    before = _must_be_by_bank(unit, asked.refund_id)
    failed = unit.decide(refund.decider, asked.refund_id, refund_messages.FailRefund())
    stands: refund.Failed | refund.Returned = failed.state
    if stands != before:
        returned = isinstance(stands, refund.Returned)
        grant = wallet_messages.Grant(
            workspace_id=stands.workspace_id,
            amount_ore=stands.terms.amount_ore,
            origin="bank_refund_returned" if returned else "refund_failed",
            reference=str(asked.refund_id),
        )
        unit.decide(wallet.decider, stands.workspace_id, grant)
        unit.execute(keep(asked.refund_id, stands.workspace_id, {"failure_reason": asked.reason}))
    return _moved(failed)


def _must_be_by_bank(unit: Unit, refund_id: UUID) -> refund.Refund | None:
    stands: refund.Refund | None = unit.state(refund.decider, refund_id)
    if stands is not None and stands.terms.rail == "card":
        raise Rejected("billing.refund_is_stripes", "Stripe says what becomes of it")
    return stands


def _moved(decided: Decided) -> RefundMoved:
    state = type(decided.state).__name__
    return RefundMoved(id=decided.id, version=decided.version, state=state)


def listed(db: Connection, door: Door, call: Call, asked: ListRefunds) -> Page[Refund]:
    """Return a page of refunds, newest first."""
    wanted = {"state": asked.state, "workspace_id": asked.workspace_id}
    return refunds.listed(db, wanted, asked).of(Refund)
