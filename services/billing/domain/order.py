"""What stays of a payment, whichever way it goes: the work asked for, and how it was sold."""

from datetime import datetime

from billing.domain.payment_events import DeliveryNoted, TargetCleared
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.domain import value

FREE, INVOICE = "free", "invoice"


@value
class Outcome:
    """What is billed of work that came out."""

    title: str
    completed_at: datetime


@value
class Order:
    """Which work was asked for, in which run, and what was heard of it before it was sold."""

    target: Target
    run: int
    outcome: Outcome | None = None
    deleted: bool = False


@value
class Sale:
    """How work was sold, once and for all; by invoice, on whose credit."""

    method: str  # invoice | stripe | free
    price: Price
    organization_number: str | None
    cleared_at: datetime


def outcome(event: DeliveryNoted) -> Outcome:
    """Return what came out."""
    return Outcome(title=event.title, completed_at=event.completed_at)


def sold(event: TargetCleared) -> Sale:
    """Return how work was sold."""
    return Sale(
        method=event.method,
        price=event.price,
        organization_number=event.organization_number,
        cleared_at=event.at,
    )
