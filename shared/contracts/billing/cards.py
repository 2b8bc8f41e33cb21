"""Paying by card; all of it is refused yet."""

from uuid import UUID

from chassis.asked import Asked, Command, Keyed, Page
from chassis.domain import value
from contracts.billing.prices import TargetKind


@value
class CardReply:
    """What a method on cards replies: nothing of it is agreed, for all of them are refused yet."""


@value
class StartCheckout(Keyed[CardReply]):
    """Begin to pay for a target by card."""

    target_kind: TargetKind
    target_id: UUID


@value
class ChargeSavedCard(Keyed[CardReply]):
    """Pay for a target by a card that was saved."""

    target_kind: TargetKind
    target_id: UUID
    payment_method_id: str | None = None  # None: the card that was saved last


@value
class CreateBillingPortalSession(Command[CardReply]):
    """Open the page on which cards are managed."""


@value
class SetAutoCharge(Command[CardReply]):
    """Say whether a saved card pays without being asked."""

    enabled: bool


@value
class ListPaymentMethods(Asked[Page[CardReply]]):
    """Return the saved cards."""
