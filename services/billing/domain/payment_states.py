"""Where a payment may stand. What stays is a value, handed on whole."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from billing.domain.card import Attempt, Capture, Card
from billing.domain.order import FREE, Order, Outcome, Sale
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.domain import value


@value
class Unasked:
    """Delivered, though nobody has been heard to ask for it yet."""

    workspace_id: UUID
    outcome: Outcome
    deleted: bool = False


@value
class Asked:
    """What every state has in which somebody asked for work."""

    workspace_id: UUID
    order: Order
    card: Card = Card()

    def but(self, **changes: Any) -> Self:
        """Return it with these changes."""
        return replace(self, **changes)


@value
class Waiting(Asked):
    """Asked for, and not cleared."""

    max_price_ore: int | None
    price: Price


@value
class Required(Waiting):
    reason: str


@value
class ChargeAwaited(Waiting):
    """A saved card will be charged."""


@value
class Charging(Waiting):
    attempt: Attempt
    charge_id: UUID
    payment_method_id: str


@value
class CheckoutOpen(Waiting):
    attempt: Attempt
    session_id: str
    expires_at: datetime


@value
class Sold(Asked):
    """Cleared: work may go on, has come out, or came to nothing."""

    sale: Sale


@value
class Cleared(Sold):
    """By invoice, or free."""

    settled_at: datetime | None = None

    @property
    def paid_at(self) -> datetime | None:
        """When nothing was owed any more; what is free was never owed."""
        return self.sale.cleared_at if self.sale.method == FREE else self.settled_at


@value
class Advance(Sold):
    """Paid by card, and not delivered."""

    capture: Capture
    due_back: str | None = None  # why it goes back as soon as no dispute is open on it


@value
class Delivered(Sold):
    """Paid by card, delivered, and documented."""

    capture: Capture
    invoice_id: UUID


@value
class Refunded(Sold):
    """The advance went back, or was lost to a dispute."""

    capture: Capture


@value
class Forgotten:
    """Deleted before anything was sold."""

    workspace_id: UUID
    target: Target
    card: Card = Card()


Payment = Unasked | Asked | Forgotten
