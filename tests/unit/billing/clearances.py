"""Clearances of one target, of either kind, to tell tests with."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from billing.domain import line_item, payment
from billing.domain.customer import TargetAwaited
from billing.domain.line_item import LineItemCreated
from billing.domain.payment_messages import ClearanceRefused, DeliveryNoted, TargetCleared
from billing.names import line_item_id, payment_id
from chassis.testing.heard import GIVEN_AT, HEARD_AT, Stream

WORKSPACE, USER, OTHER, TARGET = (UUID(int=n) for n in range(1, 5))
EITHER = pytest.mark.parametrize("kind", ["image_project", "video_project"])


def payment_of(kind: str) -> Stream:
    return payment.decider, payment_id(kind, TARGET)


def refused(kind: str, reason: str, most: int | None = None) -> ClearanceRefused:
    return ClearanceRefused(
        workspace_id=WORKSPACE,
        target_kind=kind,
        target_id=TARGET,
        run=3,
        max_price_ore=most,
        price_ore=100_000,
        reason=reason,
    )


def cleared(kind: str) -> TargetCleared:
    return TargetCleared(
        workspace_id=WORKSPACE,
        target_kind=kind,
        target_id=TARGET,
        run=3,
        method="invoice",
        price_ore=100_000,
        price_version=0,
        vat_rate_bp=2_500,
        at=HEARD_AT,
    )


def delivered(kind: str) -> DeliveryNoted:
    return DeliveryNoted(
        workspace_id=OTHER,
        target_kind=kind,
        target_id=TARGET,
        title="Storgata 2",
        completed_at=datetime(2026, 4, 30, 22, 30, tzinfo=UTC),  # the next day in Oslo
    )


def awaited(kind: str) -> TargetAwaited:
    return TargetAwaited(workspace_id=WORKSPACE, payment_id=payment_id(kind, TARGET))


def line_of(kind: str) -> Stream:
    return line_item.decider, line_item_id(payment_id(kind, TARGET))


def line(kind: str) -> LineItemCreated:
    return LineItemCreated(
        workspace_id=WORKSPACE,
        payment_id=payment_id(kind, TARGET),
        target_kind=kind,
        target_id=TARGET,
        title="Storgata 2",
        unit_price_ore=80_000,
        quantity=1,
        net_ore=80_000,
        vat_ore=12_000,
        gross_ore=92_000,
        vat_rate_bp=1_500,
        vat_type="HIGH",
        price_version=2,
        delivered_on=date(2026, 5, 1),
    )


def sold(kind: str) -> TargetCleared:
    """Return a clearance whose price is not that of now."""
    return replace(cleared(kind), price_ore=80_000, price_version=2, vat_rate_bp=1_500, at=GIVEN_AT)
