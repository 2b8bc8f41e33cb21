"""What follows from a payment: what was delivered is billed, what must wait waits, money goes back.

A part of every unit in which a payment was decided: of reactions, of what Stripe tells, of jobs.
"""

from uuid import UUID

from billing.delivering import bill
from billing.domain import customer, payment, pricing, refund, wallet
from billing.domain.clearance import TOO_DEAR, Terms
from billing.domain.order import Outcome
from billing.domain.payment_messages import Deliver
from billing.domain.payment_states import Advance, Cleared, Delivered, Payment, Required
from billing.domain.refund_messages import RequestRefund
from billing.kept_cards import forget_payer
from billing.names import receipt_id
from billing.receipts import document
from chassis.unit.deciding import Unit


def terms(unit: Unit, workspace_id: UUID, target_kind: str, may_charge: bool = False) -> Terms:
    """Return on which terms work of that kind may start for a workspace now.

    A saved card pays only where somebody who may pay is there to want it.
    """
    price = pricing.current(unit.state(pricing.decider, workspace_id), target_kind)
    known: customer.Customer | None = unit.state(customer.decider, workspace_id)
    return customer.terms(known, price, may_charge and _charges(unit, workspace_id))


def _charges(unit: Unit, workspace_id: UUID) -> bool:
    owner: wallet.Wallet | None = unit.state(wallet.decider, workspace_id)
    return owner is not None and owner.charges


def go_on(unit: Unit, id: UUID, stands: Payment) -> None:
    """Bill what had been delivered before it was cleared; let wait what may start later."""
    match stands:
        case Cleared(order=order) if order.outcome:
            bill(unit, id, stands, order.outcome)
        case Advance(order=order) if order.outcome:
            deliver(unit, id, stands, order.outcome)
        case Required(workspace_id=workspace_id, reason=reason) if reason != TOO_DEAR:
            awaited = customer.AwaitEligibility(workspace_id=workspace_id, payment_id=id)
            unit.decide(customer.decider, workspace_id, awaited)


def deliver(unit: Unit, id: UUID, stands: Advance, outcome: Outcome) -> None:
    """Use the advance for what came out of the work, and document the sale."""
    invoice_id = receipt_id(id, stands.capture.attempt.number)
    command = Deliver(
        workspace_id=stands.workspace_id,
        target=stands.order.target,
        title=outcome.title,
        completed_at=outcome.completed_at,
        invoice_id=invoice_id,
    )
    unit.decide(payment.decider, id, command)
    document(unit, id, stands, outcome, invoice_id)


def give_back(unit: Unit, id: UUID, stands: Advance, refund_id: UUID, reason: str) -> None:
    """Promise an advance back, all of it, by the card that it came from."""
    unit.execute(forget_payer(id))
    unit.decide(refund.decider, refund_id, back(stands, id, stands.capture.amount_ore, reason))


def back(stands: Advance | Delivered, id: UUID, amount_ore: int, reason: str) -> RequestRefund:
    """Return the request for so much of what a card paid."""
    return RequestRefund(
        workspace_id=stands.workspace_id,
        rail="card",
        of="advances",
        amount_ore=amount_ore,
        reason=reason,
        payment_id=id,
        payment_intent_id=stands.capture.payment_intent_id,
        target=stands.order.target,
        whole=amount_ore == stands.capture.amount_ore,
    )
