"""What billing does about work that was delivered."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from billing.app import SERVICE
from billing.inbound import reactions
from chassis.testing.heard import Streams, heard
from contracts.media import events as media
from contracts.video import events as video
from unit.billing.clearances import (
    EITHER,
    OTHER,
    TARGET,
    USER,
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
DONE: dict[str, Any] = {
    "image_project": media.ProjectCompleted(**told, run=3, completed_count=1, failed_count=0),
    "video_project": video.ProjectCompleted(**told, revision=3, duration_seconds=25),
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
def test_work_that_is_paid_otherwise_is_no_line(kind: str) -> None:
    paid_by_card = replace(sold(kind), method="stripe")
    hears(DONE[kind]).given({payment_of(kind): [paid_by_card]}).then_nothing()


@EITHER
def test_a_delivery_heard_before_its_clearance_is_remembered_once(kind: str) -> None:
    for before in ([], [refused(kind, "no_method")]):
        hears(DONE[kind]).given({payment_of(kind): before}).then(
            {payment_of(kind): [delivered(kind)]}
        )
        again: Streams = {payment_of(kind): [*before, delivered(kind)]}
        hears(DONE[kind]).given(again).then_nothing()
