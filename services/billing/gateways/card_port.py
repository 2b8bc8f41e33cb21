"""What a card gateway is to those who use it.

Whatever creates takes `again`: False only on the first try of that attempt, by whoever has just
begun it. Else the gateway first looks whether the thing is there, for the reply to an earlier try
may have been lost, and keys are forgotten after 24 hours (Stripe: idempotent requests).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

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


class Cards(Protocol):
    """Cards, customers and payments at Stripe.

    Every method raises:
        Unavailable: `billing.card_gateway_unavailable`, no answer, or not now: nobody knows what
            became of the call, the next one says `again`; `billing.card_gateway_misconfigured`,
            the key is refused or lacks a right, which an operator mends.
        Rejected: `billing.card_gateway_refused{code, param}`, what is asked cannot be.
    """

    def customer(self, workspace_id: UUID, legal_name: str, email: str | None, again: bool) -> str:
        """Return the id of the workspace's customer, made if there is none."""
        ...

    def open_session(self, new: NewSession, again: bool) -> Session:
        """Return the Checkout of that attempt and amount, opened if there is none.

        What an earlier try opened may have been paid meanwhile (`complete`); what has expired is
        opened anew, and what it opened at another amount is expired first.
        """
        ...

    def session(self, session_id: str) -> Session:
        """Return a Checkout as it is now."""
        ...

    def expire_session(self, session_id: str) -> Session:
        """Close a Checkout that is open; return it as it is now: it may have been paid."""
        ...

    def charge(self, new: NewCharge, again: bool) -> Charge:
        """Charge a saved card, once an attempt, and return what became of it."""
        ...

    def saved_cards(self, customer_id: str) -> tuple[SavedCard, ...]:
        """Return a customer's cards, the one that was saved last first."""
        ...

    def portal(self, customer_id: str, return_url: str, key: str) -> str:
        """Return the address of a page, for minutes, on which the customer manages cards.

        `key`: of this request; a repeat with it is answered with the same page.
        """
        ...

    def refund(self, new: NewRefund, again: bool) -> RefundSaid:
        """Send money back, once a refund."""
        ...

    def refund_said(self, provider_id: str) -> RefundSaid:
        """Return a refund as it is now."""
        ...

    def refunds_of(self, intent_id: str) -> tuple[RefundSaid, ...]:
        """Return all refunds of a payment, whoever made them, newest first."""
        ...

    def intent(self, intent_id: str) -> Intent:
        """Return a payment as it is now."""
        ...

    def disputes_of(self, intent_id: str) -> tuple[DisputeSaid, ...]:
        """Return all disputes of a payment, newest first."""
        ...

    def captured(self, since: datetime, before: datetime) -> Iterator[Captured]:
        """Yield what was captured in that time, newest first."""
        ...

    def refunded(self, since: datetime, before: datetime) -> Iterator[RefundSaid]:
        """Yield the refunds that were made in that time, as they are now, newest first."""
        ...

    def disputed(self, since: datetime, before: datetime) -> Iterator[DisputeSaid]:
        """Yield the disputes that were opened in that time, as they are now, newest first."""
        ...
