"""What comes of trying to be paid by card: money came, or it did not.

A part of every unit that hears of it: of a charge, of a job, of what Stripe tells. Whoever hears
of it again changes nothing.
"""

import logging
from uuid import UUID

from prometheus_client import Counter

from billing import kept_cards
from billing.clearing import go_on, terms
from billing.domain import payment, refund
from billing.domain.card import CURRENCY
from billing.domain.payment_card import why_held
from billing.domain.payment_messages import Capture, EndCheckout, FailCharge
from billing.domain.payment_states import (
    Asked,
    Charging,
    CheckoutOpen,
    Forgotten,
    Payment,
    Waiting,
)
from billing.domain.refund_messages import RequestRefund
from billing.names import held_refund_id
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit

CHARGE, EXPIRE_SESSION = "charge", "expire_session"  # kinds of job
HELD = Counter(
    "billing_card_payments_held_total",
    "Money that came by card and that nothing is sold for: it goes back by itself",
    ("why",),
)
UNKNOWN = Counter(
    "billing_card_payments_unknown_total",
    "Money that came by card for no payment of ours, or in another currency: nothing is written",
    ("why",),
)

log = logging.getLogger(__name__)


def captured(
    unit: Unit,
    payment_id: UUID,
    attempt: int,
    amount_ore: int,
    currency: str,
    payment_intent_id: str,
) -> None:
    """Take money that came for an attempt: the target is cleared, or the money goes back."""
    before: Payment | None = unit.state(payment.decider, payment_id)
    if not isinstance(before, Asked | Forgotten):
        return _unknown(payment_id, payment_intent_id, "unknown_payment")
    if currency.lower() != CURRENCY:
        return _unknown(payment_id, payment_intent_id, "other_currency")
    if payment_intent_id in before.card.intents:
        return None
    command = Capture(attempt=attempt, amount_ore=amount_ore, payment_intent_id=payment_intent_id)
    now: Payment = unit.decide(payment.decider, payment_id, command).state
    if why := why_held(before, command):
        _hold(unit, payment_id, before, command, why)
        return _use_up(unit, payment_id, before, attempt, why)
    unit.execute(kept_cards.payer_has_paid(payment_id))
    _end(unit, payment_id, before, attempt)
    go_on(unit, payment_id, now)


def _unknown(payment_id: UUID, payment_intent_id: str, why: str) -> None:
    UNKNOWN.labels(why).inc()
    about = {"payment_id": payment_id, "payment_intent_id": payment_intent_id}
    log.error("money came that is nobody's: %s", why, extra=about)


def _hold(unit: Unit, payment_id: UUID, stands: Asked | Forgotten, came: Capture, why: str) -> None:
    HELD.labels(why).inc()
    about = {"payment_id": payment_id, "payment_intent_id": came.payment_intent_id}
    log.error("money came that nothing is sold for: %s", why, extra=about)
    back = RequestRefund(
        workspace_id=stands.workspace_id,
        rail="card",
        of="advances",
        amount_ore=came.amount_ore,
        reason=why,
        payment_id=payment_id,
        payment_intent_id=came.payment_intent_id,
        target=stands.order.target if isinstance(stands, Asked) else None,
    )
    unit.decide(refund.decider, held_refund_id(payment_id, came.payment_intent_id), back)


def _use_up(
    unit: Unit, payment_id: UUID, before: Asked | Forgotten, attempt: int, why: str
) -> None:
    """End the attempt whose money was held: nobody can pay it again."""
    match before:
        case CheckoutOpen() if before.attempt.number == attempt:
            checkout_ended(unit, payment_id, attempt, why)
        case Charging() if before.attempt.number == attempt:
            charge_failed(unit, payment_id, attempt, why)


def checkout_ended(unit: Unit, payment_id: UUID, attempt: int, reason: str) -> None:
    """Note that a session is over and sold nothing.

    `reason`: expired | card_declined | amount_mismatch.
    """
    stands: Payment | None = unit.state(payment.decider, payment_id)
    if isinstance(stands, Waiting):
        now = terms(unit, stands.workspace_id, stands.order.target.kind)
        _decide(unit, payment_id, stands, EndCheckout(attempt=attempt, reason=reason, terms=now))


def charge_failed(unit: Unit, payment_id: UUID, attempt: int | None, code: str) -> None:
    """Note that a saved card was not charged, for good. `attempt` None: it was not even tried."""
    stands: Payment | None = unit.state(payment.decider, payment_id)
    if isinstance(stands, Waiting):
        now = terms(unit, stands.workspace_id, stands.order.target.kind)
        _decide(unit, payment_id, stands, FailCharge(attempt=attempt, code=code, terms=now))


def _decide(
    unit: Unit, payment_id: UUID, before: Waiting, command: EndCheckout | FailCharge
) -> None:
    now: Payment = unit.decide(payment.decider, payment_id, command).state
    if now is not before:
        _end(unit, payment_id, before, command.attempt)
        go_on(unit, payment_id, now)


def _end(unit: Unit, payment_id: UUID, before: Asked | Forgotten, attempt: int | None) -> None:
    """Take back the look at a charge that is over; close a session that another attempt paid."""
    match before:
        case Charging() if before.attempt.number == attempt:
            unit.withdraw(CHARGE, payment_id)
        case CheckoutOpen() if before.attempt.number != attempt:
            _close(unit, payment_id, before)


def close_forgotten(unit: Unit, payment_id: UUID, before: Payment | None) -> None:
    """Let a job close the session of a target that was deleted, and let go of who would have paid.

    What was delivered is owed, and may still be paid.
    """
    if not isinstance(before, Waiting) or before.order.outcome is not None:
        return
    if before.card.attempts:
        unit.execute(kept_cards.forget_payer(payment_id))
    if isinstance(before, CheckoutOpen):
        _close(unit, payment_id, before)


def _close(unit: Unit, payment_id: UUID, stands: CheckoutOpen) -> None:
    about = {"session_id": stands.session_id}
    job = Job(kind=EXPIRE_SESSION, subject=payment_id, args=about)
    unit.queue(job, stands.workspace_id)
