"""How each event moves a payment on. Nothing is judged here."""

from dataclasses import replace
from typing import Any

from billing.domain.card import CARD, Attempt, Capture, Card
from billing.domain.clearance import NO_METHOD
from billing.domain.order import Order, Sale, outcome, sold
from billing.domain.payment_events import (
    AdvanceConsumed,
    AdvanceLost,
    AdvanceReturnDue,
    AdvanceReturned,
    CardPaymentCaptured,
    CardPaymentFailed,
    CardPaymentHeld,
    ChargeDue,
    ChargeStarted,
    CheckoutExpired,
    CheckoutOpened,
    ClearanceRefused,
    ClearanceRepeated,
    DeliveryNoted,
    Event,
    TargetCleared,
    TargetDisputed,
    TargetForgotten,
    TargetSettled,
    TargetUndisputed,
    TargetUnsettled,
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
    Payment,
    Refunded,
    Required,
    Sold,
    Unasked,
    Waiting,
)


def evolve(payment: Payment | None, event: Event) -> Payment:
    match payment, event:
        case None, DeliveryNoted():
            return Unasked(workspace_id=event.workspace_id, outcome=outcome(event))
        case CheckoutOpen() | ChargeAwaited() | Charging(), ClearanceRefused():
            order = replace(payment.order, run=event.run)
            return payment.but(order=order, max_price_ore=event.max_price_ore, price=event.price)
        case None | Unasked() | Required() | Refunded(), ClearanceRefused():
            return _refused(payment, event)
        case None | Unasked() | Required() | Refunded(), ChargeDue():
            price, most_ore = event.price, event.max_price_ore
            return ChargeAwaited(**_asked(payment, event), max_price_ore=most_ore, price=price)
        case Advance(), ClearanceRefused():
            return payment.but(order=replace(payment.order, run=event.run))
        case Advance(), TargetCleared():  # by the money that came with it
            return payment
        case None | Unasked() | Waiting() | Refunded(), TargetCleared():
            return Cleared(**_asked(payment, event), sale=sold(event))
        case Waiting(), _:
            return _wait(payment, event)
        case Sold(), _:
            return _go_on(payment, event)
        case Unasked(), TargetForgotten():
            return replace(payment, deleted=True)
        case Forgotten(), _:
            return _remember(payment, event)
    raise AssertionError(f"{event} cannot follow {payment}")


def _refused(payment: Unasked | Asked | None, event: ClearanceRefused) -> Required:
    return Required(
        **_asked(payment, event),
        max_price_ore=event.max_price_ore,
        price=event.price,
        reason=event.reason,
    )


def _asked(
    payment: Unasked | Asked | None, event: ClearanceRefused | ChargeDue | TargetCleared
) -> dict[str, Any]:
    """Return what stays of what was asked for, and of what was heard before."""
    match payment:
        case Asked(order=before, card=card):
            order = replace(before, run=event.run)
            return {"workspace_id": payment.workspace_id, "order": order, "card": card}
        case Unasked(outcome=outcome, deleted=deleted):
            order = Order(target=event.target, run=event.run, outcome=outcome, deleted=deleted)
            return {"workspace_id": event.workspace_id, "order": order}
    order = Order(target=event.target, run=event.run)
    return {"workspace_id": event.workspace_id, "order": order}


def _wait(payment: Waiting, event: Event) -> Payment:
    """Return what is not cleared after it was tried to be paid, or something was heard of it."""
    match event:
        case DeliveryNoted():
            return payment.but(order=replace(payment.order, outcome=outcome(event)))
        case CheckoutOpened():
            attempt = _attempt(event)
            return CheckoutOpen(
                **_waiting(payment, attempt),
                attempt=attempt,
                session_id=event.session_id,
                expires_at=event.expires_at,
            )
        case ChargeStarted():
            attempt = _attempt(event)
            return Charging(
                **_waiting(payment, attempt),
                attempt=attempt,
                charge_id=event.charge_id,
                payment_method_id=event.payment_method_id,
            )
        case CheckoutExpired():  # why follows, or another attempt
            return Required(**_waiting(payment), reason=NO_METHOD)
        case CardPaymentFailed():
            failed = Required(**_waiting(payment), reason=NO_METHOD)
            if event.attempt is None:
                return failed
            return failed.but(card=payment.card.failed(event.attempt, event.code))
        case CardPaymentCaptured():
            return _paid(payment, event)
        case TargetForgotten(unpaid=True):
            whose, target = payment.workspace_id, payment.order.target
            return Forgotten(workspace_id=whose, target=target, card=payment.card)
        case TargetForgotten():  # delivered work is owed all the same
            return payment.but(order=replace(payment.order, deleted=True))
    return payment.but(card=_card(payment.card, event))


def _attempt(event: CheckoutOpened | ChargeStarted) -> Attempt:
    return Attempt(
        number=event.attempt,
        price=event.price,
        vat_rate_bp=event.vat_rate_bp,
        amount_ore=event.amount_ore,
        charge_id=event.charge_id if isinstance(event, ChargeStarted) else None,
    )


def _waiting(payment: Waiting, attempt: Attempt | None = None) -> dict[str, Any]:
    return {
        "workspace_id": payment.workspace_id,
        "order": payment.order,
        "max_price_ore": payment.max_price_ore,
        "price": payment.price,
        "card": payment.card.tried(attempt) if attempt else payment.card,
    }


def _paid(payment: Waiting, event: CardPaymentCaptured) -> Advance:
    attempt = payment.card.attempts[event.attempt - 1]
    sale = Sale(method=CARD, price=attempt.price, organization_number=None, cleared_at=event.at)
    return Advance(
        workspace_id=payment.workspace_id,
        order=payment.order,
        card=payment.card.came(event.payment_intent_id),
        sale=sale,
        capture=Capture(attempt=attempt, payment_intent_id=event.payment_intent_id),
    )


def _go_on(payment: Sold, event: Event) -> Payment:
    """Return what was cleared after something came of it, or of its money."""
    match payment, event:
        case _, ClearanceRepeated():
            return payment.but(order=replace(payment.order, run=event.run))
        case _, TargetForgotten():
            return payment.but(order=replace(payment.order, deleted=True))
        case Cleared(), TargetSettled():
            return payment.but(settled_at=event.at)
        case Cleared(), TargetUnsettled():
            return payment.but(settled_at=None)
        case Advance(), AdvanceConsumed():
            return Delivered(**_sold(payment), invoice_id=event.invoice_id)
        case Advance(), AdvanceReturnDue():
            return payment.but(due_back=event.reason)
        case Advance(), AdvanceReturned():
            return Refunded(**_sold(payment))
        case Advance(), AdvanceLost():
            refunded = Refunded(**_sold(payment))
            return refunded.but(card=refunded.card.undisputed(event.dispute_id))
    return payment.but(card=_card(payment.card, event))


def _sold(payment: Advance) -> dict[str, Any]:
    return {
        "workspace_id": payment.workspace_id,
        "order": payment.order,
        "card": payment.card,
        "sale": payment.sale,
        "capture": payment.capture,
    }


def _remember(payment: Forgotten, event: Event) -> Forgotten:
    return replace(payment, card=_card(payment.card, event))


def _card(card: Card, event: Event) -> Card:
    match event:
        case CardPaymentHeld():
            return card.came(event.payment_intent_id)
        case TargetDisputed():
            return card.disputed(event.dispute_id)
        case TargetUndisputed():
            return card.undisputed(event.dispute_id)
    raise AssertionError(f"{event} cannot follow what a card did")
