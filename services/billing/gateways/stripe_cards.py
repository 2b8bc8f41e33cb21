"""Stripe as a card gateway, by its own library."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from stripe import CardError, InvalidRequestError, StripeClient
from stripe.params import (
    CustomerCreateParams,
    PaymentIntentCreateParams,
    RefundCreateParams,
)

from billing.gateways import stripe_checkout, stripe_said
from billing.gateways.card_port import Cards
from billing.gateways.card_values import (
    Captured,
    Charge,
    DisputeSaid,
    Intent,
    NewCharge,
    NewRefund,
    NewSession,
    RefundSaid,
    SavedCard,
    Session,
)
from billing.gateways.stripe_client import PAGE, asked, client, every, once
from billing.gateways.stripe_said import written


def opened(key: str | None, base: str) -> Cards | None:
    """Return the gateway of that key; None: cards are not accepted."""
    return StripeCards(client(key, base)) if key else None


class StripeCards:
    """What each method does and raises: `card_port.Cards`."""

    def __init__(self, client: StripeClient) -> None:
        """`client`: as `stripe_client.client` makes it."""
        self._client = client

    def customer(self, workspace_id: UUID, legal_name: str, email: str | None, again: bool) -> str:
        """Return the id of the workspace's customer."""
        customers = self._client.v1.customers
        wanted: CustomerCreateParams = {
            "name": legal_name,
            "metadata": {"workspace_id": str(workspace_id)},
        }
        if email:
            wanted["email"] = email

        def look() -> str | None:
            query = f"metadata['workspace_id']:'{workspace_id}'"
            found = asked(lambda: customers.search({"query": query})).data
            if not found:  # a search does not know the last minute's, the newest page does
                newest = asked(lambda: customers.list({"limit": PAGE})).data
                own = str(workspace_id)
                found = [e for e in newest if written(e.metadata, "workspace_id") == own]
            return min(found, key=lambda each: each.created).id if found else None

        def make(key: str) -> str:
            return customers.create(wanted, {"idempotency_key": key}).id

        return asked(lambda: once(f"customer:{workspace_id}:1", look, make, again))

    def open_session(self, new: NewSession, again: bool) -> Session:
        """Return the Checkout of that attempt and amount."""
        return stripe_checkout.opened(self._client, new, again)

    def session(self, session_id: str) -> Session:
        """Return a Checkout as it is now."""
        return stripe_checkout.session(self._client, session_id)

    def expire_session(self, session_id: str) -> Session:
        """Close a Checkout that is open; return it as it is now."""
        return stripe_checkout.expired(self._client, session_id)

    def charge(self, new: NewCharge, again: bool) -> Charge:
        """Charge a saved card, once an attempt."""
        intents = self._client.v1.payment_intents

        def make(key: str) -> Charge:
            try:
                made = intents.create(charged(new), {"idempotency_key": key})
            except CardError as error:
                return stripe_said.refused_charge(error)
            except InvalidRequestError as error:
                if error.param != "payment_method":
                    raise
                code = error.code or "payment_method_unusable"
                return Charge(intent_id=None, outcome="card_declined", code=code)
            return stripe_said.charge(made)

        key = f"charge:{new.payment_id}:{new.attempt}"
        return asked(lambda: once(key, lambda: self._charged(new), make, again))

    def _charged(self, new: NewCharge) -> Charge | None:
        """Return the charge of that attempt: a search would not know the last minute's."""
        listed = every(
            lambda: self._client.v1.payment_intents.list(
                {"customer": new.customer_id, "limit": PAGE}
            )
        )
        wanted = str(new.payment_id), str(new.attempt)
        for each in listed:
            if (written(each.metadata, "payment_id"), written(each.metadata, "attempt")) == wanted:
                return stripe_said.charge(each)
        return None

    def saved_cards(self, customer_id: str) -> tuple[SavedCard, ...]:
        """Return a customer's cards, the one that was saved last first."""
        listed = every(
            lambda: self._client.v1.payment_methods.list(
                {"customer": customer_id, "type": "card", "limit": PAGE}
            )
        )
        newest = sorted(listed, key=lambda each: each.created, reverse=True)
        cards = map(stripe_said.saved_card, newest)
        return tuple(each for each in cards if each is not None)

    def portal(self, customer_id: str, return_url: str, key: str) -> str:
        """Return the address of a page on which the customer manages cards.

        Stripe lists no pages, so none is looked for; one that nobody opens ends in minutes.
        """

        def make(idempotency_key: str) -> str:
            return self._client.v1.billing_portal.sessions.create(
                {"customer": customer_id, "return_url": return_url},
                {"idempotency_key": idempotency_key},
            ).url

        return asked(lambda: once(f"portal:{key}:1", lambda: None, make, again=False))

    def refund(self, new: NewRefund, again: bool) -> RefundSaid:
        """Send money back, once a refund."""
        wanted: RefundCreateParams = {
            "payment_intent": new.intent_id,
            "amount": new.amount_ore,
            "metadata": {"refund_id": str(new.refund_id), "payment_id": str(new.payment_id)},
        }

        def look() -> RefundSaid | None:
            ours = (x for x in self.refunds_of(new.intent_id) if x.refund_id == new.refund_id)
            return next(ours, None)

        def make(key: str) -> RefundSaid:
            made = self._client.v1.refunds.create(wanted, {"idempotency_key": key})
            return stripe_said.refund(made)

        return asked(lambda: once(f"refund:{new.refund_id}:1", look, make, again))

    def refund_said(self, provider_id: str) -> RefundSaid:
        """Return a refund as it is now."""
        return stripe_said.refund(asked(lambda: self._client.v1.refunds.retrieve(provider_id)))

    def refunds_of(self, intent_id: str) -> tuple[RefundSaid, ...]:
        """Return all refunds of a payment, newest first."""
        listed = every(
            lambda: self._client.v1.refunds.list({"payment_intent": intent_id, "limit": PAGE})
        )
        return tuple(map(stripe_said.refund, listed))

    def intent(self, intent_id: str) -> Intent:
        """Return a payment as it is now."""
        found = asked(lambda: self._client.v1.payment_intents.retrieve(intent_id))
        return stripe_said.intent(found)

    def disputes_of(self, intent_id: str) -> tuple[DisputeSaid, ...]:
        """Return all disputes of a payment, newest first."""
        listed = every(
            lambda: self._client.v1.disputes.list({"payment_intent": intent_id, "limit": PAGE})
        )
        return tuple(map(stripe_said.dispute, listed))

    def captured(self, since: datetime, before: datetime) -> Iterator[Captured]:
        """Yield what was captured in that time, newest first."""
        gte, lt = int(since.timestamp()), int(before.timestamp())
        listed = every(
            lambda: self._client.v1.charges.list({"created": {"gte": gte, "lt": lt}, "limit": PAGE})
        )
        return (each for each in map(stripe_said.captured, listed) if each is not None)

    def refunded(self, since: datetime, before: datetime) -> Iterator[RefundSaid]:
        """Yield the refunds that were made in that time, newest first."""
        gte, lt = int(since.timestamp()), int(before.timestamp())
        listed = every(
            lambda: self._client.v1.refunds.list({"created": {"gte": gte, "lt": lt}, "limit": PAGE})
        )
        return map(stripe_said.refund, listed)

    def disputed(self, since: datetime, before: datetime) -> Iterator[DisputeSaid]:
        """Yield the disputes that were opened in that time, newest first."""
        gte, lt = int(since.timestamp()), int(before.timestamp())
        listed = every(
            lambda: self._client.v1.disputes.list(
                {"created": {"gte": gte, "lt": lt}, "limit": PAGE}
            )
        )
        return map(stripe_said.dispute, listed)


def charged(new: NewCharge) -> PaymentIntentCreateParams:
    """Return what is asked of Stripe: a card that is charged while nobody is there."""
    return {
        "amount": new.amount_ore,
        "currency": "nok",
        "customer": new.customer_id,
        "payment_method": new.payment_method_id,
        "allowed_payment_method_types": ["card"],
        "confirm": True,
        "off_session": True,
        "description": new.description,
        "metadata": {"payment_id": str(new.payment_id), "attempt": str(new.attempt)},
    }
