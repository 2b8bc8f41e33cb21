"""Clearances of one target, of either kind, to tell tests with."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from billing.domain import line_item, payment, pricing
from billing.domain.customer import TargetAwaited
from billing.domain.line_item_messages import LineItemCreated
from billing.domain.payment_events import (
    ClearanceRefused,
    DeliveryNoted,
    TargetCleared,
)
from billing.domain.pricing import Price
from billing.domain.target import Target
from billing.names import line_item_id, payment_id
from chassis.testing.heard import GIVEN_AT, HEARD_AT, Stream

DEFAULT = Price(price_ore=100_000, price_version=0)
NUMBER = "974760673"
WORKSPACE, USER, OTHER, TARGET = (UUID(int=n) for n in range(1, 5))
EITHER = pytest.mark.parametrize("kind", ["image_project", "video_project"])


def payment_of(kind: str) -> Stream:
    return payment.decider, payment_id(kind, TARGET)


def refused(kind: str, reason: str, most: int | None = None) -> ClearanceRefused:
    return ClearanceRefused(
        workspace_id=WORKSPACE,
        target=Target(kind=kind, id=TARGET),
        run=3,
        max_price_ore=most,
        price=DEFAULT,
        reason=reason,
    )


def cleared(kind: str) -> TargetCleared:
    return TargetCleared(
        workspace_id=WORKSPACE,
        target=Target(kind=kind, id=TARGET),
        run=3,
        method="invoice",
        price=DEFAULT,
        organization_number=NUMBER,
        at=HEARD_AT,
    )


def delivered(kind: str) -> DeliveryNoted:
    return DeliveryNoted(
        workspace_id=OTHER,
        target=Target(kind=kind, id=TARGET),
        title="Storgata 2",
        completed_at=datetime(2026, 4, 30, 22, 30, tzinfo=UTC),  # the next day in Oslo
    )


def awaited(kind: str) -> TargetAwaited:
    return TargetAwaited(workspace_id=WORKSPACE, payment_id=payment_id(kind, TARGET))


def prices_of(workspace_id: UUID = WORKSPACE) -> Stream:
    return pricing.decider, workspace_id


def line_of(kind: str, k: int = 1) -> Stream:
    return line_item.decider, line_item_id(payment_id(kind, TARGET), k)


def line(kind: str) -> LineItemCreated:
    return LineItemCreated(
        workspace_id=WORKSPACE,
        payment_id=payment_id(kind, TARGET),
        target=Target(kind=kind, id=TARGET),
        k=1,
        title="Storgata 2",
        price=Price(price_ore=80_000, price_version=2),
        quantity=1,
        net_ore=80_000,
        vat_ore=20_000,
        gross_ore=100_000,
        vat_rate_bp=2_500,
        vat_type="HIGH",
        delivered_on=date(2026, 5, 1),
        rail="invoice",
        organization_number=NUMBER,
    )


def sold(kind: str) -> TargetCleared:
    """Return a clearance whose price is not that of now."""
    return replace(cleared(kind), price=Price(price_ore=80_000, price_version=2), at=GIVEN_AT)
