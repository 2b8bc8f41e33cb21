"""Checkout: of one payment at most one is open."""

from datetime import timedelta

from stripe import StripeClient
from stripe.checkout import Session as SessionObject
from stripe.params.checkout import SessionCreateParams

from billing.gateways import stripe_said
from billing.gateways.card_values import NewSession, Session
from billing.gateways.stripe_client import PAGE, asked, every, once
from billing.gateways.stripe_said import written
from chassis.errors import Rejected, Unavailable

LONGEST = timedelta(hours=24)  # that one is open
MOST_NAME = 250  # characters of what is bought


def opened(client: StripeClient, new: NewSession, again: bool) -> Session:
    """Return the Checkout of that attempt and amount."""
    key = f"checkout:{new.payment_id}:{new.attempt}:{new.amount_ore}"

    def make(key: str) -> Session:
        made = client.v1.checkout.sessions.create(parameters(new), {"idempotency_key": key})
        return stripe_said.session(made)

    return asked(lambda: once(key, lambda: _look(client, new), make, again))


def session(client: StripeClient, session_id: str) -> Session:
    """Return a Checkout as it is now."""
    return stripe_said.session(asked(lambda: client.v1.checkout.sessions.retrieve(session_id)))


def expired(client: StripeClient, session_id: str) -> Session:
    """Close a Checkout that is open; return it as it is now."""
    try:
        return stripe_said.session(asked(lambda: client.v1.checkout.sessions.expire(session_id)))
    except Rejected:
        found = session(client, session_id)
        if found.status == "open":
            raise
        return found


def parameters(new: NewSession) -> SessionCreateParams:
    """Return what is asked of Stripe: one line in øre, cards only, the card saved."""
    metadata = {
        "payment_id": str(new.payment_id),
        "attempt": str(new.attempt),
        "target_kind": new.target_kind,
        "target_id": str(new.target_id),
    }
    return {
        "mode": "payment",
        "customer": new.customer_id,
        "client_reference_id": str(new.payment_id),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "nok",
                    "unit_amount": new.amount_ore,
                    "product_data": {"name": new.description[:MOST_NAME]},
                },
            }
        ],
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        # refunds and disputes know only the payment's metadata
        "metadata": metadata,
        "payment_intent_data": {
            "description": new.description,
            "metadata": metadata,
            "setup_future_usage": "off_session",
        },
        "expires_at": int(new.expires_at.timestamp()),
        "success_url": new.return_url,
        "cancel_url": new.return_url,
        "locale": new.locale,
    }


def _look(client: StripeClient, new: NewSession) -> Session | None:
    """Return the Checkout of that attempt and amount that is open or paid; close others."""
    found = None
    for each in _of_this_payment(client, new):
        said = stripe_said.session(each)
        own = (written(each.metadata, "attempt"), said.amount_ore) == (
            str(new.attempt),
            new.amount_ore,
        )
        if own and found is None and said.status != "expired":
            found = said
        elif said.status == "open" and expired(client, said.session_id).status == "complete":
            raise Unavailable("billing.card_gateway_unavailable", "another one was paid just now")
    return found


def _of_this_payment(client: StripeClient, new: NewSession) -> list[SessionObject]:
    """Return the payment's Checkouts that may be open."""
    since = int((new.expires_at - 2 * LONGEST).timestamp())
    listed = every(
        lambda: client.v1.checkout.sessions.list(
            {"customer": new.customer_id, "created": {"gte": since}, "limit": PAGE}
        )
    )
    return [each for each in listed if written(each.metadata, "payment_id") == str(new.payment_id)]
