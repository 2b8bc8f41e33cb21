"""Paying by card. Amounts are øre, VAT included."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Command, Keyed, Page
from chassis.domain import value
from contracts.billing.prices import TargetKind


@value
class CheckoutStarted:
    """Where the customer pays; the same until it expires."""

    id: UUID  # the payment
    version: int
    url: str
    expires_at: datetime
    amount_ore: int
    currency: str  # NOK


@value
class StartCheckout(Keyed[CheckoutStarted]):
    """Begin to pay for a target by card: a page at Stripe, which also saves the card."""

    target_kind: TargetKind
    target_id: UUID
    remembered = False  # an open one is answered again, an expired one is not


@value
class CardCharged:
    """Whether work may start: `payment_required` says why the card did not pay."""

    id: UUID  # the payment
    version: int
    clearance: Literal["cleared", "payment_required"]
    reason: str | None = None  # card_declined | authentication_required


@value
class ChargeSavedCard(Keyed[CardCharged]):
    """Pay for a target by a card that was saved."""

    target_kind: TargetKind
    target_id: UUID
    payment_method_id: str | None = None  # None: the card that was saved last


@value
class PortalOpened:
    url: str


@value
class CreateBillingPortalSession(Command[PortalOpened]):
    """Open the page at Stripe on which cards are managed."""

    remembered = False  # whoever has its address is in


@value
class AutoChargeSet:
    id: UUID  # the workspace
    version: int


@value
class SetAutoCharge(Command[AutoChargeSet]):
    """Say whether a saved card pays without being asked."""

    enabled: bool


@value
class PaymentMethod:
    """A card as its owner knows it."""

    payment_method_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@value
class ListPaymentMethods(Asked[Page[PaymentMethod]]):
    """Return the saved cards, the one that was saved last first."""
