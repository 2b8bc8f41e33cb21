"""What stays of a payment, whichever way it goes: the work asked for, and how it was sold."""

from dataclasses import replace
from datetime import datetime

from billing.domain.payment_messages import ClearanceRefused, DeliveryNoted, TargetCleared
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.domain import value

FREE, INVOICE = "free", "invoice"


@value
class Delivery:
    """What is billed of work that came out."""

    title: str
    completed_at: datetime


@value
class Order:
    """Which work was asked for, in which run, and what was heard of it before it was sold."""

    target: Target
    run: int
    delivery: Delivery | None = None
    deleted: bool = False


@value
class Sale:
    """How work was sold, once and for all; by invoice, on whose credit."""

    method: str  # invoice | free
    price: Price
    organization_number: str | None
    cleared_at: datetime


def delivery(event: DeliveryNoted) -> Delivery:
    """Return what came out."""
    return Delivery(title=event.title, completed_at=event.completed_at)


def ordered(
    event: ClearanceRefused | TargetCleared, before: Order | None, noted: Delivery | None
) -> Order:
    """Return what was asked for, with what had been heard of it before."""
    if before is not None:
        return replace(before, run=event.run)
    return Order(target=event.target, run=event.run, delivery=noted)


def sold(event: TargetCleared) -> Sale:
    """Return how work was sold."""
    return Sale(
        method=event.method,
        price=event.price,
        organization_number=event.organization_number,
        cleared_at=event.at,
    )
