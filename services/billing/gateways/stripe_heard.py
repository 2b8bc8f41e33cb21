"""What Stripe's events come to: each is one of five commands, a question, or nothing of ours.

What an object is now decides, never the type that its event came under: they come in any order.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from stripe import Charge as ChargeObject
from stripe import Dispute, PaymentIntent, Refund

from billing.gateways import stripe_said
from billing.gateways.card_told import Ask, Capture, EndCheckout, FailCharge, Heard, came
from billing.gateways.stripe_event import EVENTS, StripeEvent
from chassis.errors import Invalid


def heard(event: StripeEvent) -> Heard:
    """Return what an event comes to; None: of no interest, or somebody else's.

    Raises `Invalid` for an object that is not of the form that its type has.
    """
    if event.type not in EVENTS:
        return None
    read = next(read for begins, read in _READ if event.type.startswith(begins))
    try:
        return read(event.type, dict(event.object))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise Invalid("billing.webhook_unreadable", f"this is no {event.type}") from None


def _session(type: str, said: Mapping[str, Any]) -> Heard:
    ours = _ours(said)
    if ours is None:
        return None
    payment_id, attempt = ours
    if said["payment_status"] != "unpaid":
        return Capture(
            payment_id=payment_id,
            attempt=attempt,
            amount_ore=_whole(said["amount_total"]),
            currency=said["currency"].upper(),
            intent_id=_text(said["payment_intent"]),
        )
    if said["status"] == "expired":
        return EndCheckout(payment_id=payment_id, attempt=attempt, reason="expired")
    if type == "checkout.session.async_payment_failed":  # its object says so nowhere
        return EndCheckout(payment_id=payment_id, attempt=attempt, reason="card_declined")
    return None


def _intent(type: str, said: dict[str, Any]) -> Heard:
    found = PaymentIntent.construct_from(said, None)
    intent = stripe_said.intent(found)
    if intent.payment_id is None or intent.attempt is None:
        return None
    if (money := came(intent)) is not None:
        return money
    charge = stripe_said.charge(found)
    if charge.outcome == "processing":
        return None
    return FailCharge(payment_id=intent.payment_id, attempt=intent.attempt, code=charge.outcome)


def _refund(type: str, said: dict[str, Any]) -> Heard:
    refund = stripe_said.refund(Refund.construct_from(said, None))
    return refund if refund.refund_id is not None else _ask(refund.intent_id)


def _dispute(type: str, said: dict[str, Any]) -> Heard:
    return stripe_said.dispute(Dispute.construct_from(said, None))


def _charge(type: str, said: dict[str, Any]) -> Heard:
    """Return the question; of a charge's refunds it lists none (Stripe, since 2022-11-15)."""
    return _ask(stripe_said.id_of(ChargeObject.construct_from(said, None).payment_intent))


def _ask(intent_id: str | None) -> Heard:
    return None if intent_id is None else Ask(intent_id=intent_id)


_READ: tuple[tuple[str, Callable[[str, dict[str, Any]], Heard]], ...] = (
    ("checkout.session.", _session),
    ("payment_intent.", _intent),
    ("charge.dispute.", _dispute),
    ("charge.refund.", _refund),
    ("refund.", _refund),
    ("charge.refunded", _charge),
)


def _ours(said: Mapping[str, Any]) -> tuple[UUID, int] | None:
    """Return which attempt of which payment it is, if it is any of ours."""
    written = said.get("metadata") or {}
    try:
        return UUID(written["payment_id"]), int(written["attempt"])
    except (KeyError, ValueError):
        return None


def _whole(number: Any) -> int:
    if type(number) is not int:
        raise TypeError("no amount")
    return number


def _text(id: Any) -> str:
    if not isinstance(id, str):
        raise TypeError("no id")
    return id
