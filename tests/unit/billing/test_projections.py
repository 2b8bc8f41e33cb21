"""The rows that billing shows: clearances and line items."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from billing.domain.line_item_messages import (
    LineItemCancelled,
    LineItemCreated,
    LineItemCredited,
    LineItemInvoiced,
    LineItemReleased,
    LineItemTargetForgotten,
)
from billing.domain.payment_events import (
    ClearanceRefused,
    ClearanceRepeated,
    TargetCleared,
    TargetForgotten,
    TargetSettled,
    TargetUnsettled,
)
from billing.domain.pricing import Price, PriceSet
from billing.domain.target import Target
from billing.projections import line_items, payments, price_history, workspace_pricing
from chassis.testing.projected import Told, at, event_id, projected

PAYMENT, TARGET, WORKSPACE, LINE, INVOICE, OTHER = (UUID(int=n) for n in range(1, 7))
THEN = datetime(2026, 5, 1, tzinfo=UTC)
DAY = date(2026, 5, 2)
FILM = Target(kind="video_project", id=TARGET)

cleared = TargetCleared(
    workspace_id=WORKSPACE,
    target=FILM,
    run=1,
    method="invoice",
    price=Price(price_ore=90_000, price_version=2),
    organization_number="974760673",
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
    "expires_at": None,
    "stage": "pending",
    "captured_ore": 0,
    "refunded_ore": 0,
    "disputes": 0,
    "disputed": False,
}
created = LineItemCreated(
    workspace_id=WORKSPACE,
    payment_id=PAYMENT,
    k=1,
    target=FILM,
    title="Storgata 2",
    price=Price(price_ore=45_000, price_version=3),
    quantity=2,
    net_ore=90_000,
    vat_ore=22_500,
    gross_ore=112_500,
    vat_rate_bp=2_500,
    vat_type="HIGH",
    delivered_on=DAY,
    rail="invoice",
    organization_number="974760673",
)


def payment_rows(told: Sequence[Told]) -> list[dict[str, Any]]:
    return projected(payments.projection, told, workspace_id=WORKSPACE)


def test_a_cleared_target_has_a_row() -> None:
    assert payment_rows([(PAYMENT, cleared)]) == [PAYMENT_ROW]


def test_a_refused_target_has_none() -> None:
    refused = ClearanceRefused(
        workspace_id=WORKSPACE,
        target=FILM,
        run=1,
        max_price_ore=None,
        price=Price(price_ore=90_000, price_version=2),
        reason="no_method",
    )
    assert payment_rows([(PAYMENT, refused)]) == []


def test_of_two_kinds_of_target_with_one_id_the_first_is_shown() -> None:
    assert payment_rows([(PAYMENT, cleared), (OTHER, cleared)]) == [PAYMENT_ROW]


def test_a_payment_cleared_twice_is_a_mistake_that_is_not_passed_over() -> None:
    another = replace(cleared, target=Target(kind="video_project", id=OTHER))
    with pytest.raises(sqlite3.IntegrityError):
        payment_rows([(PAYMENT, cleared), (PAYMENT, another)])


@pytest.mark.parametrize(
    "subject,event,shown",
    [
        (PAYMENT, ClearanceRepeated(run=2), {}),
        (PAYMENT, TargetSettled(at=THEN), {"status": "completed", "stage": "completed"}),
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
        assert payment_rows(told) == [{**PAYMENT_ROW, **shown, **times}]


def test_another_payments_line_changes_nothing() -> None:
    told = [(OTHER, cleared), (LINE, created)]
    assert payment_rows(told) == [{**PAYMENT_ROW, "id": str(OTHER)}]


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
    "rail": "invoice",
    "organization_number": "974760673",
    "position": None,
}


def test_a_line_costs_what_was_paid_for_it_less_vat_and_abroad_it_is_called_in_english() -> None:
    price = Price(price_ore=100_000, price_version=0)
    paid = replace(created, price=price, quantity=1, net_ore=100_806, vat_ore=24_194)
    paid = replace(paid, gross_ore=125_000, vat_rate_bp=2_400, rail="card")
    abroad = replace(paid, vat_type="EXEMPT_IMPORT_EXPORT", vat_rate_bp=0, vat_ore=0)
    photographs = replace(abroad, target=Target(kind="image_project", id=TARGET))

    (row,) = projected(line_items.projection, [(LINE, paid)])
    (exported,) = projected(line_items.projection, [(LINE, photographs)])

    assert (row["amount_ore"], row["net_ore"]) == (100_806, 100_806)
    assert row["description"] == "Film: Storgata 2"
    assert exported["description"] == "Image project: Storgata 2"


def test_a_line_of_a_film_has_a_row() -> None:
    assert projected(line_items.projection, [(LINE, created)]) == [LINE_ROW]


def test_a_line_of_photographs_names_their_project() -> None:
    of_photographs = replace(created, target=Target(kind="image_project", id=TARGET))
    rows = projected(line_items.projection, [(LINE, of_photographs)])
    named = {
        "project_id": str(TARGET),
        "video_project_id": None,
        "description": "Bildeprosjekt: Storgata 2",
    }
    assert rows == [{**LINE_ROW, **named}]


def changed(*events: Any) -> dict[str, Any]:
    """Return what the line's row holds that it did not hold at first."""
    [row] = projected(line_items.projection, [(LINE, created), *((LINE, each) for each in events)])
    return {name: each for name, each in row.items() if each != LINE_ROW[name]}


def test_a_line_says_where_it_stands_and_in_which_place() -> None:
    invoiced = LineItemInvoiced(invoice_id=INVOICE, position=2)
    on_invoice = {"status": "invoiced", "invoice_id": str(INVOICE), "position": 2}

    assert changed(invoiced) == {**on_invoice, "updated_at": at(2)}
    assert changed(invoiced, LineItemReleased(invoice_id=INVOICE)) == {"updated_at": at(3)}
    assert changed(LineItemCancelled()) == {"status": "cancelled", "updated_at": at(2)}
    credit = LineItemCredited(credit_note_id=OTHER, net_ore=100, vat_ore=25)
    assert changed(invoiced, credit) == {**on_invoice, "updated_at": at(2)}


def test_a_deleted_target_is_not_named_any_more_but_its_line_stays() -> None:
    gone = {"video_project_id": None, "updated_at": at(2)}
    assert changed(LineItemTargetForgotten()) == gone
    of_photographs = replace(created, target=Target(kind="image_project", id=TARGET))
    told = [(LINE, of_photographs), (LINE, LineItemTargetForgotten())]
    [row] = projected(line_items.projection, told)
    assert (row["project_id"], row["video_project_id"], row["target_id"]) == (
        None,
        None,
        str(TARGET),
    )


def test_a_long_title_is_cut_in_the_row() -> None:
    [row] = projected(line_items.projection, [(LINE, replace(created, title="x" * 215))])
    assert row["description"] == f"Film: {'x' * 194}"


def test_what_is_free_is_paid_when_it_is_cleared() -> None:
    free = replace(
        cleared,
        method="free",
        price=Price(price_ore=0, price_version=4),
        organization_number=None,
    )
    shown = {"payment_method": "free", "amount_cents": 0, "paid_at": THEN}
    shown |= {"status": "completed", "stage": "completed"}
    assert payment_rows([(PAYMENT, free)]) == [{**PAYMENT_ROW, **shown}]


def test_what_is_settled_and_unsettled_is_owed_again() -> None:
    told = [(PAYMENT, cleared), (PAYMENT, TargetSettled(at=THEN)), (PAYMENT, TargetUnsettled())]
    assert payment_rows(told) == [{**PAYMENT_ROW, "updated_at": at(3)}]


def test_a_payment_stays_when_its_target_is_deleted() -> None:
    told = [(PAYMENT, cleared), (PAYMENT, TargetForgotten())]
    assert payment_rows(told) == [PAYMENT_ROW]


def test_the_last_line_is_the_payments() -> None:
    again = replace(created, k=2)
    [row] = payment_rows([(PAYMENT, cleared), (LINE, created), (INVOICE, again)])
    assert row["invoice_line_item_id"] == str(INVOICE)


def costs(kind: str, price_ore: int | None, version: int) -> PriceSet:
    return PriceSet(workspace_id=WORKSPACE, kind=kind, price_ore=price_ore, price_version=version)


def test_a_workspace_has_one_row_of_prices() -> None:
    prices = [costs("image_project", 150_000, 1), costs("video_project", 0, 1)]
    told = [(WORKSPACE, each) for each in (*prices, costs("image_project", None, 2))]
    row = {
        "id": str(WORKSPACE),
        "workspace_id": str(WORKSPACE),
        "image_project_price_ore": 150_000,
        "video_project_price_ore": None,
        "fiken_contact_id": None,
        "created_at": at(1),
        "updated_at": at(1),
    }
    of_both = {"video_project_price_ore": 0, "updated_at": at(2)}
    of_default = {**of_both, "image_project_price_ore": None, "updated_at": at(3)}
    for number, shown in enumerate(({}, of_both, of_default), 1):
        assert projected(workspace_pricing.projection, told[:number]) == [{**row, **shown}]


def test_each_price_has_a_row_that_says_who_set_it() -> None:
    event = costs("image_project", None, 2)
    for actor, set_by in ((f"person:{OTHER}", str(OTHER)), ("service:operator", None)):
        rows = projected(price_history.projection, [(WORKSPACE, event)], actor=actor)
        assert rows == [
            {
                "id": str(event_id(WORKSPACE, 1)),
                "workspace_id": str(WORKSPACE),
                "target_kind": "image_project",
                "price_version": 2,
                "price_ore": None,
                "valid_from": at(1),
                "set_by": set_by,
            }
        ]
