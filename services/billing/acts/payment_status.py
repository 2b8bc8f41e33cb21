"""How the payment of one target stands. Amounts are øre."""

from typing import Any

from sqlalchemy import Connection

from billing.acts.prices import target
from billing.domain import oslo, vat
from billing.domain.amounts import amounts
from billing.domain.card import CARD, Attempt
from billing.domain.payment_states import (
    Advance,
    Asked,
    Charging,
    CheckoutOpen,
    Cleared,
    Delivered,
    Refunded,
    Required,
    Sold,
    Waiting,
)
from billing.domain.pricing import Price
from billing.projections import refunds
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.billing.prices import GetPaymentStatus, PaymentStatus

_UNPAID = {"clearance": "payment_required", "is_paid": False, "paid_at": None}


def shown(db: Connection, door: Door, call: Call, asked: GetPaymentStatus) -> PaymentStatus:
    """Return how a target stands. Raises `NotFound` for one whose start nobody requested."""
    stream = target(db, door, call, asked.target_kind, asked.target_id)
    stands: Asked = stream.state
    back_ore = refunds.given_back_ore(db, stream.id, _intent(stands))
    return PaymentStatus(
        id=stream.id,
        version=stream.version,
        workspace_id=stands.workspace_id,
        target_kind=stands.order.target.kind,
        target_id=stands.order.target.id,
        run=stands.order.run,
        refunded_ore=back_ore,
        disputed=bool(stands.card.disputes),
        **standing(stands, vat.rate_bp(oslo.day(call.at)), back_ore),
    )


def _intent(stands: Asked) -> str | None:
    """Return whose money the target is paid by now; None: by no card, or not any more."""
    match stands:
        case Advance(capture=capture) | Delivered(capture=capture) | Refunded(capture=capture):
            return capture.payment_intent_id
    return None


def standing(stands: Asked, rate_bp: int, back_ore: int) -> dict[str, Any]:
    """Return what a target costs and whether it is paid, at today's rate where no card says it."""
    match stands:
        case Required(reason=reason):
            failed = {"status": "failed"} if stands.card.attempts else {}
            return {**_price(stands.price, rate_bp), **_UNPAID, **failed, "reason": reason}
        case CheckoutOpen(attempt=attempt, expires_at=expires_at):
            return {**_tried(attempt), "reason": "no_method", "expires_at": expires_at}
        case Charging(attempt=attempt):
            return {**_tried(attempt), "reason": "charge_running"}
        case Waiting():
            awaited = {"reason": "charge_running", "payment_method": CARD, "status": "pending"}
            return {**_price(stands.price, rate_bp), **_UNPAID, **awaited}
        case Cleared(sale=sale):
            paid = {"paid_at": stands.paid_at, "is_paid": stands.paid_at is not None}
            status = "pending" if stands.paid_at is None else "completed"
            return {**_price(sale.price, rate_bp), **_cleared(stands, rate_bp, status), **paid}
        case Advance(capture=capture) | Delivered(capture=capture):
            status = "refunded" if back_ore >= capture.amount_ore else "completed"
            paid = {"paid_at": stands.sale.cleared_at, "is_paid": status == "completed"}
            attempt = capture.attempt
            return {**_asked(attempt), **_cleared(stands, attempt.vat_rate_bp, status), **paid}
        case Refunded(capture=capture):
            attempt = capture.attempt
            over = {**_cleared(stands, attempt.vat_rate_bp, "refunded"), **_UNPAID}
            return {**_asked(attempt), **over, "reason": "refunded"}
    raise AssertionError(f"{stands} cannot be shown")


def _price(price: Price, rate_bp: int) -> dict[str, Any]:
    gross_ore = amounts(price.price_ore, 1, rate_bp).gross_ore
    return {"price_ore": price.price_ore, "amount_ore": gross_ore}


def _asked(attempt: Attempt) -> dict[str, Any]:
    """Return what a card paid, or is asked for, whatever the price is by now."""
    return {"price_ore": attempt.price.price_ore, "amount_ore": attempt.amount_ore}


def _tried(attempt: Attempt) -> dict[str, Any]:
    price_version, rate_bp = attempt.price.price_version, attempt.vat_rate_bp
    by_card = {"payment_method": CARD, "price_version": price_version, "vat_rate_bp": rate_bp}
    return {**_asked(attempt), **_UNPAID, **by_card, "status": "pending"}


def _cleared(stands: Sold, rate_bp: int, status: str) -> dict[str, Any]:
    return {
        "clearance": "cleared",
        "payment_method": stands.sale.method,
        "price_version": stands.sale.price.price_version,
        "vat_rate_bp": rate_bp,
        "cleared_at": stands.sale.cleared_at,
        "status": status,
    }
