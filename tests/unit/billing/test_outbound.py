"""What billing tells others of clearances and lines is what its contracts say, and only that."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from billing.domain import line_item, payment
from billing.domain.line_item_messages import (
    LineItemCancelled,
    LineItemCreated,
    LineItemInvoiced,
    LineItemTargetForgotten,
)
from billing.domain.payment_events import (
    ClearanceRefused,
    ClearanceRepeated,
    TargetCleared,
    TargetForgotten,
    TargetSettled,
)
from billing.domain.pricing import Price
from billing.domain.target import Target
from contracts.billing import events as told
from unit.billing.telling import SUBJECT, tell

WORKSPACE, TARGET = UUID(int=1), UUID(int=2)
FILM = Target(kind="video_project", id=TARGET)
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
ISSUED_ON = date(2026, 3, 31)

cleared = TargetCleared(
    workspace_id=WORKSPACE,
    target=FILM,
    run=1,
    method="invoice",
    price=Price(price_ore=100_000, price_version=0),
    organization_number="974760673",
    at=AT,
)


def test_a_clearance_is_told_with_the_price_it_fixes() -> None:
    assert tell(payment.decider, cleared) == told.PaymentCleared(
        target_kind="video_project",
        target_id=TARGET,
        run=1,
        workspace_id=WORKSPACE,
        method="invoice",
        price_ore=100_000,
        price_version=0,
        vat_rate_bp=2_500,
    )


def test_whoever_asks_for_another_run_hears_of_that_run() -> None:
    first = tell(payment.decider, cleared)
    second = tell(payment.decider, cleared, ClearanceRepeated(run=2))

    assert second == replace(first, run=2)


def test_a_refusal_is_told_with_its_reason() -> None:
    refused = ClearanceRefused(
        workspace_id=WORKSPACE,
        target=FILM,
        run=1,
        max_price_ore=5,
        price=Price(price_ore=100_000, price_version=0),
        reason="price_above_max",
    )

    assert tell(payment.decider, refused) == told.PaymentRequired(
        target_kind="video_project",
        target_id=TARGET,
        run=1,
        workspace_id=WORKSPACE,
        price_ore=100_000,
        reason="price_above_max",
    )


created = LineItemCreated(
    workspace_id=WORKSPACE,
    payment_id=UUID(int=8),
    k=1,
    target=FILM,
    title="Storgata 2",
    price=Price(price_ore=90_000, price_version=3),
    quantity=1,
    net_ore=90_000,
    vat_ore=22_500,
    gross_ore=112_500,
    vat_rate_bp=2_500,
    vat_type="HIGH",
    delivered_on=ISSUED_ON,
    rail="invoice",
    organization_number="974760673",
)


def test_a_line_is_told_with_its_amounts_and_its_rail() -> None:
    assert tell(line_item.decider, created) == told.LineItemCreated(
        line_item_id=SUBJECT,
        workspace_id=WORKSPACE,
        target_kind="video_project",
        target_id=TARGET,
        net_ore=90_000,
        vat_ore=22_500,
        gross_ore=112_500,
        rail="invoice",
    )


def test_a_cancelled_line_is_told_with_its_target() -> None:
    assert tell(line_item.decider, created, LineItemCancelled()) == told.LineItemCancelled(
        line_item_id=SUBJECT, workspace_id=WORKSPACE, target_kind="video_project", target_id=TARGET
    )


def test_steps_on_the_way_are_private() -> None:
    assert tell(payment.decider, cleared, TargetSettled(at=AT)) is None
    assert tell(payment.decider, cleared, TargetForgotten()) is None
    put = LineItemInvoiced(invoice_id=SUBJECT, position=1)
    assert tell(line_item.decider, created, put) is None
    assert tell(line_item.decider, created, LineItemTargetForgotten()) is None
