"""Stripe's own samples, of a payment of ours: what they are told with, event by event."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from billing.gateways.stripe_event import STRIPE_API, StripeEvent
from stand_ins.stripe.samples import sample

PAYMENT, REFUND = UUID(int=1), UUID(int=2)
OURS = {"payment_id": str(PAYMENT), "attempt": "2"}
MONEY: Mapping[str, Any] = {"amount_total": 125_000, "currency": "nok", "payment_intent": "pi_1"}


def event(type: str, about: Mapping[str, Any]) -> StripeEvent:
    return StripeEvent(
        id="evt_1",
        type=type,
        livemode=False,
        api_version=STRIPE_API,
        object_id=about.get("id"),
        created=1_772_000_000,
        object=about,
    )


def session(status: str, payment_status: str, **fields: Any) -> dict[str, Any]:
    state = {"status": status, "payment_status": payment_status}
    return {**sample("checkout.session"), **MONEY, **state, "metadata": OURS, **fields}


def intent(status: str, **fields: Any) -> dict[str, Any]:
    money = {"amount": 125_000, "amount_received": 125_000, "currency": "nok"}
    return {
        **sample("payment_intent"),
        **{"id": "pi_1", "status": status, "metadata": OURS, **money, **fields},
    }


def refund(status: str, **metadata: str) -> dict[str, Any]:
    about = {"id": "re_1", "amount": 25_000, "currency": "nok", "payment_intent": "pi_1"}
    return {**sample("refund"), **about, "status": status, "metadata": metadata}


def dispute(status: str) -> dict[str, Any]:
    taken = {**sample("balance_transaction"), "id": "txn_1", "amount": -125_000, "currency": "nok"}
    about = {"id": "du_1", "amount": 125_000, "currency": "nok", "payment_intent": "pi_1"}
    return {
        **sample("dispute"),
        **about,
        "status": status,
        "reason": "fraudulent",
        "balance_transactions": [taken],
    }


CHARGE = {**sample("charge"), "payment_intent": "pi_1", "amount_refunded": 25_000}
PAID, LATER = session("complete", "paid"), session("complete", "unpaid")
WAITS = session("expired", "unpaid")
NO_CARD = intent("requires_payment_method", amount_received=0)
ASKS_OWNER = intent(
    "requires_payment_method", last_payment_error={"code": "authentication_required"}
)
