"""The rows that billing shows: clearances and line items."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from billing.domain.line_item import LineItemCreated, LineItemInvoiced
from billing.domain.payment_messages import (
    ClearanceRefused,
    ClearanceRepeated,
    TargetCleared,
    TargetSettled,
)
from billing.projections import line_items, payments
from chassis.testing.projected import Told, at, projected

PAYMENT, TARGET, WORKSPACE, LINE, INVOICE, OTHER = (UUID(int=n) for n in range(1, 7))
THEN = datetime(2026, 5, 1, tzinfo=UTC)
DAY = date(2026, 5, 2)

cleared = TargetCleared(
    workspace_id=WORKSPACE,
    target_kind="video_project",
    target_id=TARGET,
    run=1,
    method="invoice",
    price_ore=90_000,
    price_version=2,
    vat_rate_bp=2_500,
    at=THEN,
)
PAYMENT_ROW = {
    "id": str(PAYMENT),
    "project_id": str(TARGET),
    "workspace_id": str(WORKSPACE),
    "payment_method": "invoice",
    "stripe_checkout_session_id": None,
    "stripe_payment_intent_id": None,
    "invoice_line_item_id": None,
    "amount_cents": 90_000,
    "currency": "nok",
    "status": "pending",
    "paid_at": None,
    "created_at": at(1),
    "updated_at": at(1),
    "target_kind": "video_project",
    "cleared_at": THEN,
}
created = LineItemCreated(
    workspace_id=WORKSPACE,
    payment_id=PAYMENT,
    target_kind="video_project",
    target_id=TARGET,
    title="Storgata 2",
    unit_price_ore=45_000,
    quantity=2,
    net_ore=90_000,
    vat_ore=22_500,
    gross_ore=112_500,
    vat_rate_bp=2_500,
    vat_type="HIGH",
    price_version=3,
    delivered_on=DAY,
)


def test_a_cleared_target_has_a_row() -> None:
    assert projected(payments.projection, [(PAYMENT, cleared)]) == [PAYMENT_ROW]


def test_a_refused_target_has_none() -> None:
    refused = ClearanceRefused(
        workspace_id=WORKSPACE,
        target_kind="video_project",
        target_id=TARGET,
        run=1,
        max_price_ore=None,
        price_ore=90_000,
        reason="no_method",
    )
    assert projected(payments.projection, [(PAYMENT, refused)]) == []


def test_of_two_kinds_of_target_with_one_id_the_first_is_shown() -> None:
    assert projected(payments.projection, [(PAYMENT, cleared), (OTHER, cleared)]) == [PAYMENT_ROW]


def test_a_payment_cleared_twice_is_a_mistake_that_is_not_passed_over() -> None:
    another = replace(cleared, target_id=OTHER)
    with pytest.raises(sqlite3.IntegrityError):
        projected(payments.projection, [(PAYMENT, cleared), (PAYMENT, another)])


@pytest.mark.parametrize(
    "subject,event,shown",
    [
        (PAYMENT, ClearanceRepeated(run=2), {}),
        (PAYMENT, TargetSettled(at=THEN), {"status": "completed"}),
        (LINE, created, {"invoice_line_item_id": str(LINE)}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_happens_to_a_payment_is_shown_and_its_time_never_goes_back(
    subject: UUID, event: Any, shown: dict[str, Any]
) -> None:
    settled = isinstance(event, TargetSettled)
    for recorded_at, updated_at in ((at(2), at(2)), (at(0), at(1))):
        told: list[Told] = [(PAYMENT, cleared), (subject, event, recorded_at)]
        times = {"updated_at": updated_at, "paid_at": recorded_at if settled else None}
        assert projected(payments.projection, told) == [{**PAYMENT_ROW, **shown, **times}]


def test_another_payments_line_changes_nothing() -> None:
    told = [(OTHER, cleared), (LINE, created)]
    assert projected(payments.projection, told) == [{**PAYMENT_ROW, "id": str(OTHER)}]


LINE_ROW = {
    "id": str(LINE),
    "workspace_id": str(WORKSPACE),
    "project_id": None,
    "video_project_id": str(TARGET),
    "description": "Film: Storgata 2",
    "amount_ore": 45_000,
    "quantity": 2,
    "status": "pending",
    "invoice_id": None,
    "created_at": at(1),
    "updated_at": at(1),
    "target_id": str(TARGET),
    "net_ore": 90_000,
    "vat_ore": 22_500,
    "gross_ore": 112_500,
    "vat_rate_bp": 2_500,
    "vat_type": "HIGH",
    "price_version": 3,
    "delivered_on": DAY,
}


def test_a_line_of_a_film_has_a_row() -> None:
    assert projected(line_items.projection, [(LINE, created)]) == [LINE_ROW]


def test_a_line_of_photographs_names_their_project() -> None:
    of_photographs = replace(created, target_kind="image_project")
    rows = projected(line_items.projection, [(LINE, of_photographs)])
    named = {
        "project_id": str(TARGET),
        "video_project_id": None,
        "description": "Bildeprosjekt: Storgata 2",
    }
    assert rows == [{**LINE_ROW, **named}]


def test_a_line_on_an_invoice_says_on_which() -> None:
    told = [(LINE, created), (LINE, LineItemInvoiced(invoice_id=INVOICE))]
    invoiced = {"status": "invoiced", "invoice_id": str(INVOICE), "updated_at": at(2)}
    assert projected(line_items.projection, told) == [{**LINE_ROW, **invoiced}]
