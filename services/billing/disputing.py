"""Disputes: what a customer's bank takes of a card payment, and what that means for what was sold.

What was taken stands in the account `disputed` until it comes back, or is lost: then an advance is
gone, or the claim of a sales document is open again, and what no document holds is a loss. Nothing
here depends on the order in which Stripe tells it. Amounts are øre.
"""

from typing import get_args
from uuid import UUID

from billing.clearing import back, give_back
from billing.domain import (
    dispute,
    dispute_messages,
    invoice,
    invoice_messages,
    oslo,
    payment,
    payment_messages,
    refund,
    wallet,
    wallet_messages,
)
from billing.domain.dispute_messages import Outcome
from billing.domain.invoice_states import Numbered
from billing.domain.payment_states import Advance, Asked, Delivered, Forgotten, Refunded
from billing.gateways.card_values import DisputeSaid
from billing.kept_cards import forget_payer
from billing.names import advance_refund_id, dispute_id
from chassis.unit.deciding import Unit

INQUIRIES = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Sale = Advance | Delivered | Refunded | None


def disputed(unit: Unit, payment_id: UUID, said: DisputeSaid) -> None:
    """Record a dispute as Stripe has it: each movement once, then what its status says."""
    id = dispute_id(said.dispute_id)
    _open(unit, id, payment_id, said)
    for moved in said.movements:
        taken = moved.amount_ore < 0
        funds = dispute_messages.WithdrawFunds if taken else dispute_messages.ReinstateFunds
        ore = abs(moved.amount_ore)
        command = funds(balance_transaction_id=moved.balance_transaction_id, amount_ore=ore)
        unit.decide(dispute.decider, id, command)
    stands: dispute.Dispute = unit.state(dispute.decider, id)
    ended = stands.after(next((each for each in OUTCOMES if each == said.status), None))
    if ended is not None:
        _close(unit, id, stands, ended, said.intent_id)
    elif isinstance(stands, dispute.Open) and _its_sale(unit, payment_id, said.intent_id):
        unit.decide(payment.decider, payment_id, payment_messages.NoteDispute(dispute_id=id))


def _open(unit: Unit, id: UUID, payment_id: UUID, said: DisputeSaid) -> None:
    paid: Asked | Forgotten = unit.state(payment.decider, payment_id)
    command = dispute_messages.OpenDispute(
        workspace_id=paid.workspace_id,
        payment_id=payment_id,
        target=paid.order.target if isinstance(paid, Asked) else paid.target,
        provider_id=said.dispute_id,
        amount_ore=said.amount_ore,
        reason=said.reason,
        inquiry=said.status in INQUIRIES,
    )
    unit.decide(dispute.decider, id, command)


def _its_sale(unit: Unit, payment_id: UUID, intent_id: str | None) -> Sale:
    """Return what was sold for that money; None: it was held, or what it was for is over."""
    stands = unit.state(payment.decider, payment_id)
    if not isinstance(stands, Advance | Delivered | Refunded):
        return None
    return stands if stands.capture.payment_intent_id == intent_id else None


def _close(
    unit: Unit, id: UUID, stands: dispute.Dispute, ended: Outcome, intent_id: str | None
) -> None:
    payment_id = stands.opened.payment_id
    sale = _its_sale(unit, payment_id, intent_id)
    more_ore, loss_ore = stands.unsettled_ore(ended), 0
    reference = f"{stands.opened.provider_id}:{len(stands.funds.movements)}:{ended}"
    if more_ore > 0:
        loss_ore = more_ore - _lose(unit, id, stands, sale, more_ore, reference)
    elif more_ore < 0:
        loss_ore = max(more_ore, -stands.funds.loss_ore)
        _regain(unit, stands, sale, loss_ore - more_ore, reference)
    command = dispute_messages.CloseDispute(outcome=ended, settled_ore=more_ore, loss_ore=loss_ore)
    unit.decide(dispute.decider, id, command)
    if sale is not None and not (ended == "lost" and isinstance(sale, Advance)):
        _go_on(unit, id, payment_id)


def _lose(
    unit: Unit,
    id: UUID,
    stands: dispute.Dispute,
    sale: Sale,
    amount_ore: int,
    reference: str,
) -> int:
    """Take what is gone off what was sold for it; return how much that was."""
    payment_id = stands.opened.payment_id
    match sale:
        case Advance():
            refund_id = advance_refund_id(payment_id, sale.capture.attempt.number)
            lost = payment_messages.LoseDispute(
                dispute_id=id, amount_ore=amount_ore, refund_id=refund_id
            )
            unit.decide(payment.decider, payment_id, lost)
            unit.execute(forget_payer(payment_id))
            gone_ore = min(amount_ore, sale.capture.amount_ore)
            if left_ore := sale.capture.amount_ore - gone_ore:
                rest = back(sale, payment_id, left_ore, "dispute_lost")
                unit.decide(refund.decider, refund_id, rest)
            return gone_ore
        case Delivered():
            held: Numbered = unit.state(invoice.decider, sale.invoice_id)
            command = invoice_messages.LosePayment(
                amount_ore=amount_ore, source="dispute", external_id=reference, reason="disputed"
            )
            left: Numbered = unit.decide(invoice.decider, sale.invoice_id, command).state
            return held.money.paid_ore - left.money.paid_ore
    return 0


def _regain(
    unit: Unit,
    stands: dispute.Dispute,
    sale: Sale,
    amount_ore: int,
    reference: str,
) -> None:
    """Pay what is due on the document with what is not gone after all; the rest is credit."""
    taken_ore = 0
    if amount_ore and isinstance(sale, Delivered):
        held: Numbered = unit.state(invoice.decider, sale.invoice_id)
        paid = invoice_messages.RecordPayment(
            amount_ore=amount_ore,
            paid_on=oslo.day(unit.call.at),
            source="dispute",
            external_id=reference,
        )
        now: Numbered = unit.decide(invoice.decider, sale.invoice_id, paid).state
        taken_ore = now.money.paid_ore - held.money.paid_ore
    if amount_ore > taken_ore:
        grant = wallet_messages.Grant(
            workspace_id=stands.workspace_id,
            amount_ore=amount_ore - taken_ore,
            origin="dispute_won",
            reference=reference,
        )
        unit.decide(wallet.decider, stands.workspace_id, grant)


def _go_on(unit: Unit, id: UUID, payment_id: UUID) -> None:
    """Let an advance go back that waited for the dispute's end."""
    before: Advance | Delivered | Refunded = unit.state(payment.decider, payment_id)
    refund_id = advance_refund_id(payment_id, before.capture.attempt.number)
    command = payment_messages.EndDispute(dispute_id=id, refund_id=refund_id)
    after = unit.decide(payment.decider, payment_id, command).state
    if isinstance(before, Advance) and isinstance(after, Refunded) and before.due_back:
        give_back(unit, payment_id, before, refund_id, before.due_back)
