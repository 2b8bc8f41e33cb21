"""What a payment answers to its card: attempts, money that came, and money that goes back."""

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from billing.domain.card import CARD
from billing.domain.payment_events import (
    AdvanceLost,
    AdvanceReturnDue,
    AdvanceReturned,
    CardPaymentCaptured,
    CardPaymentHeld,
    ChargeStarted,
    CheckoutExpired,
    CheckoutOpened,
    Event,
    TargetCleared,
    TargetUndisputed,
)
from billing.domain.payment_messages import (
    Capture,
    EndDispute,
    LoseDispute,
    OpenCheckout,
    Refund,
    StartCharge,
    TakeCard,
)
from billing.domain.payment_states import (
    Advance,
    Asked,
    ChargeAwaited,
    Charging,
    CheckoutOpen,
    Cleared,
    Delivered,
    Forgotten,
    Refunded,
    Required,
    Sold,
    Waiting,
)
from chassis.errors import NotFound, Rejected


def must_take_card(payment: Asked | Forgotten, command: TakeCard) -> None:
    """Raise why a target cannot be paid by card now; a Checkout of it may be open."""
    if not isinstance(payment, Required | CheckoutOpen):
        refuse_as_sold(payment)
    if command.refusal is not None:
        raise Rejected(f"billing.{command.refusal}", "no work is begun for this workspace")
    if command.price.price_ore == 0:
        raise Rejected("billing.free", "nothing is to be paid for it: start it again")


def refuse_as_sold(payment: Asked | Forgotten) -> NoReturn:
    """Raise why nothing is to be paid by card for a target; a charge of it may be running."""
    match payment:
        case Charging() | ChargeAwaited():
            raise Rejected("billing.charge_running", "a card is being charged", retryable=True)
        case Refunded():
            raise Rejected("billing.not_requested", "given back: start the work again first")
        case Sold():
            raise Rejected("billing.already_billed", "it is paid for, or on an invoice")
        case Forgotten():
            raise NotFound("billing.payment_not_found", "it was deleted")
    raise AssertionError(f"{payment} can be paid by card")


def open_checkout(payment: Required | CheckoutOpen, command: OpenCheckout) -> Sequence[Event]:
    """Return the session as its next attempt; one that is still open stands."""
    if isinstance(payment, CheckoutOpen) and command.attempt <= payment.attempt.number:
        return []
    if command.attempt != payment.card.next:
        raise AssertionError(f"the next attempt is {payment.card.next}")
    opened = CheckoutOpened(
        target=payment.order.target,
        attempt=command.attempt,
        session_id=command.session_id,
        price=command.price,
        vat_rate_bp=command.vat_rate_bp,
        amount_ore=command.amount_ore,
        expires_at=command.expires_at,
    )
    if not isinstance(payment, CheckoutOpen):
        return [opened]
    if command.at < payment.expires_at:
        raise AssertionError("a session is open: a second one would be paid too")
    return [CheckoutExpired(attempt=payment.attempt.number, reason="expired"), opened]


def start_charge(
    payment: Required | ChargeAwaited | CheckoutOpen, command: StartCharge
) -> Sequence[Event]:
    """Return the charge as its next attempt."""
    started = ChargeStarted(
        target=payment.order.target,
        attempt=payment.card.next,
        charge_id=command.charge_id,
        price=command.price,
        vat_rate_bp=command.vat_rate_bp,
        amount_ore=command.amount_ore,
        payment_method_id=command.payment_method_id,
    )
    if not isinstance(payment, CheckoutOpen):
        return [started]
    if command.at < payment.expires_at:
        raise Rejected("billing.checkout_open", "a Checkout is open: it would be paid twice")
    return [CheckoutExpired(attempt=payment.attempt.number, reason="expired"), started]


def capture(payment: Asked | Forgotten, command: Capture) -> Sequence[Event]:
    """Return what becomes of money that came: it is ours, or it goes back."""
    if command.payment_intent_id in payment.card.intents:
        return []
    if why := why_held(payment, command):
        intent, amount_ore = command.payment_intent_id, command.amount_ore
        return [CardPaymentHeld(amount_ore=amount_ore, payment_intent_id=intent, why=why)]
    attempt = payment.card.attempt(command.attempt)
    if not isinstance(payment, Waiting) or attempt is None:
        raise AssertionError(f"{command} would sell {payment} twice")
    captured = CardPaymentCaptured(
        attempt=command.attempt,
        amount_ore=command.amount_ore,
        payment_intent_id=command.payment_intent_id,
        at=command.at,
    )
    cleared = TargetCleared(
        target=payment.order.target,
        run=payment.order.run,
        workspace_id=payment.workspace_id,
        method=CARD,
        price=attempt.price,
        organization_number=None,
        at=command.at,
    )
    return [captured, cleared]


def why_held(payment: Asked | Forgotten, command: Capture) -> str | None:
    """Return why money that came goes back; None: it is ours."""
    attempt = payment.card.attempt(command.attempt)
    if attempt is None:
        return "unknown_attempt"
    if command.amount_ore != attempt.amount_ore:
        return "amount_mismatch"
    match payment:
        case Forgotten():
            return "target_gone"
        case Cleared() | Advance() | Delivered() | Refunded():
            return "paid_twice"
    return None


def give_back(payment: Advance, reason: str, refund_id: UUID) -> Event:
    """Return that an advance goes back, as soon as no dispute is open on it."""
    if payment.card.disputes:
        return AdvanceReturnDue(reason=reason)
    return AdvanceReturned(refund_id=refund_id, reason=reason)


def refund(payment: Asked | Forgotten, command: Refund) -> Sequence[Event]:
    """Return that an advance goes back; after delivery its credit note says what may."""
    match payment:
        case Forgotten():
            raise NotFound("billing.payment_not_found", "it was deleted")
        case Waiting():
            raise Rejected("billing.nothing_captured", "nothing was paid for it")
        case Cleared():
            raise Rejected("billing.not_a_card_payment", "it is on an invoice, or free")
        case Refunded():
            raise Rejected("billing.already_refunded", "all of it went back")
    must_be_undisputed(payment)
    if not isinstance(payment, Advance):
        return []
    if not command.whole:
        raise Rejected("billing.not_delivered_yet", "before delivery all of it goes back, or none")
    return [AdvanceReturned(refund_id=command.refund_id, reason="by_hand")]


def must_be_undisputed(payment: Asked) -> None:
    """Raise `Rejected("billing.disputed")` while the customer's bank has the matter."""
    if payment.card.disputes:
        raise Rejected("billing.disputed", "a dispute is open on it")


def end_dispute(payment: Asked | Forgotten, command: EndDispute | LoseDispute) -> Sequence[Event]:
    """Return that a dispute is over, and what it held up."""
    ended = TargetUndisputed(dispute_id=command.dispute_id)
    others = [each for each in payment.card.disputes if each != command.dispute_id]
    if not isinstance(payment, Advance) or payment.due_back is None or others:
        return [ended]
    return [ended, AdvanceReturned(refund_id=command.refund_id, reason=payment.due_back)]


def lose_dispute(payment: Advance, command: LoseDispute) -> AdvanceLost:
    """Return what of an advance is gone; the rest goes back."""
    lost_ore = min(command.amount_ore, payment.capture.amount_ore)
    returned_ore = payment.capture.amount_ore - lost_ore
    return AdvanceLost(
        dispute_id=command.dispute_id,
        amount_ore=lost_ore,
        returned_ore=returned_ore,
        refund_id=command.refund_id if returned_ore else None,
    )
