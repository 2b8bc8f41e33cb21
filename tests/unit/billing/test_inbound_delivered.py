"""What billing does about work that was delivered."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from billing.app import SERVICE
from billing.domain.line_item_messages import (
    LineItemCancelled,
    LineItemCredited,
    LineItemInvoiced,
    LineItemTargetForgotten,
)
from billing.domain.payment_events import (
    TargetForgotten,
)
from billing.domain.pricing import Price
from billing.inbound import reactions
from chassis.testing.heard import Streams, heard
from contracts.media import events as media
from contracts.video import events as video
from unit.billing.clearances import (
    EITHER,
    OTHER,
    TARGET,
    USER,
    WORKSPACE,
    delivered,
    line,
    line_of,
    payment_of,
    refused,
    sold,
)

hears = partial(heard, SERVICE, reactions)

told: dict[str, Any] = {
    "project_id": TARGET,
    "project_kind": "some_project",
    "workspace_id": OTHER,  # whose line it is stands in the clearance
    "user_id": USER,
    "title": "Storgata 2",
    "completed_at": datetime(2026, 4, 30, 22, 30, tzinfo=UTC),  # the next day in Oslo
}
gone: dict[str, Any] = {
    "project_id": TARGET,
    "project_kind": "some_project",
    "workspace_id": WORKSPACE,
}
lost: dict[str, Any] = {**gone, "run": 3, "failed_count": 2, "reason": "all_failed"}
DONE: dict[str, Any] = {
    "image_project": media.ProjectCompleted(**told, run=3, completed_count=1, failed_count=0),
    "video_project": video.ProjectCompleted(**told, revision=3, duration_seconds=25),
}

FAILED: dict[str, Any] = {
    "image_project": media.ProjectFailed(**lost),
    "video_project": video.ProjectFailed(**lost),
}
DELETED: dict[str, Any] = {
    "image_project": media.ProjectDeleted(**gone),
    "video_project": video.ProjectDeleted(**gone),
}


@EITHER
def test_delivered_work_is_a_line_at_the_price_at_which_it_was_cleared(kind: str) -> None:
    given = {payment_of(kind): [sold(kind)]}
    hears(DONE[kind]).given(given).then({line_of(kind): [line(kind)]})


@EITHER
def test_work_delivered_twice_is_one_line(kind: str) -> None:
    given: Streams = {payment_of(kind): [sold(kind)], line_of(kind): [line(kind)]}
    hears(DONE[kind]).given(given).then_nothing()


@EITHER
def test_free_work_is_no_line(kind: str) -> None:
    price = Price(price_ore=0, price_version=3)
    free = replace(sold(kind), method="free", price=price, organization_number=None)
    hears(DONE[kind]).given({payment_of(kind): [free]}).then_nothing()


put, half, rest = (
    LineItemInvoiced(invoice_id=OTHER, position=1),
    LineItemCredited(credit_note_id=OTHER, net_ore=40_000, vat_ore=10_000),
    LineItemCredited(credit_note_id=USER, net_ore=40_000, vat_ore=10_000),
)


@EITHER
@pytest.mark.parametrize("after", [(put,), (put, half)])
def test_work_delivered_again_makes_no_line_beside_a_live_one(
    kind: str, after: tuple[Any, ...]
) -> None:
    given: Streams = {payment_of(kind): [sold(kind)], line_of(kind): [line(kind), *after]}
    hears(DONE[kind]).given(given).then_nothing()


@EITHER
@pytest.mark.parametrize("after", [(LineItemCancelled(),), (put, half, rest)])
def test_work_delivered_again_is_billed_anew_where_no_line_is_live(
    kind: str, after: tuple[Any, ...]
) -> None:
    dead: Streams = {payment_of(kind): [sold(kind)], line_of(kind): [line(kind), *after]}
    second = replace(line(kind), k=2)
    billed = hears(DONE[kind]).given(dead).reading(line_of(kind, 2))
    billed.then({line_of(kind, 2): [second]})
    given: Streams = {**dead, line_of(kind, 2): [second]}
    hears(DONE[kind]).given(given).reading(line_of(kind, 2)).then_nothing()


@EITHER
def test_nothing_is_billed_of_a_run_that_failed(kind: str) -> None:
    for before in ([], [refused(kind, "no_method")], [sold(kind)], [delivered(kind)]):
        hears(FAILED[kind]).given({payment_of(kind): before}).then_nothing()


@EITHER
def test_a_target_deleted_before_it_was_sold_is_forgotten(kind: str) -> None:
    stream, gone = payment_of(kind), TargetForgotten(unpaid=True)
    hears(DELETED[kind]).then_nothing()
    hears(DELETED[kind]).given({stream: [refused(kind, "no_method")]}).then({stream: [gone]})
    given = {stream: [refused(kind, "no_method"), gone]}
    hears(DELETED[kind]).given(given).then_nothing()


@EITHER
def test_the_lines_of_a_deleted_target_do_not_name_it_any_more(kind: str) -> None:
    dead = {line_of(kind): [line(kind), LineItemCancelled()]}
    lines: Streams = {**dead, line_of(kind, 2): [replace(line(kind), k=2), put]}
    gone, forgotten = LineItemTargetForgotten(), TargetForgotten()
    hears(DELETED[kind]).given({payment_of(kind): [sold(kind)], **lines}).reading(
        line_of(kind, 2)
    ).reading(line_of(kind, 3)).then(
        {payment_of(kind): [forgotten], line_of(kind): [gone], line_of(kind, 2): [gone]}
    )
    again: Streams = {payment_of(kind): [sold(kind), forgotten]}
    again = {**again, **{each: [*events, gone] for each, events in lines.items()}}
    hears(DELETED[kind]).given(again).reading(line_of(kind, 2)).reading(
        line_of(kind, 3)
    ).then_nothing()


@EITHER
def test_a_delivery_heard_before_its_clearance_is_remembered_once(kind: str) -> None:
    for before in ([], [refused(kind, "no_method")]):
        hears(DONE[kind]).given({payment_of(kind): before}).then(
            {payment_of(kind): [delivered(kind)]}
        )
        again: Streams = {payment_of(kind): [*before, delivered(kind)]}
        hears(DONE[kind]).given(again).then_nothing()
