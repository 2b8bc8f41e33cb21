"""What billing does about workspaces and about work that somebody asks for."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from billing.app import SERVICE
from billing.domain import customer
from billing.domain.customer import (
    CustomerMet,
    ProfileHeard,
    StatusHeard,
    TargetsReleased,
)
from billing.domain.line_item_messages import LineItemCreated, LineItemTargetForgotten
from billing.domain.payment_events import (
    ClearanceRepeated,
    TargetForgotten,
)
from billing.domain.pricing import Price, PriceSet
from billing.inbound import reactions
from chassis.testing.heard import TOLD_AT, Streams, heard
from contracts.auth import events as auth
from contracts.media import events as media
from contracts.video import events as video
from unit.billing.clearances import (
    DEFAULT,
    EITHER,
    OTHER,
    TARGET,
    USER,
    WORKSPACE,
    awaited,
    cleared,
    delivered,
    line,
    line_of,
    payment_of,
    prices_of,
    refused,
)

hears = partial(heard, SERVICE, reactions)

CUSTOMER = (customer.decider, WORKSPACE)

met = CustomerMet(workspace_id=WORKSPACE)
profile = ProfileHeard(
    workspace_id=WORKSPACE, organization_number="974760673", invoice_eligible=True
)
unapproved = replace(profile, invoice_eligible=False)
created = auth.WorkspaceCreated(workspace_id=WORKSPACE, owner_user_id=USER)
changed = auth.WorkspaceProfileChanged(
    workspace_id=WORKSPACE, organization_number="974760673", invoice_eligible=True
)


def test_a_new_workspace_is_met() -> None:
    hears(created).then({CUSTOMER: [met]})


@EITHER
def test_what_waited_for_a_workspace_to_be_known_is_decided_anew_and_may_wait_on(kind: str) -> None:
    given: Streams = {
        CUSTOMER: [awaited(kind)],
        payment_of(kind): [refused(kind, "workspace_unknown")],
    }
    released = TargetsReleased(payment_ids=(payment_of(kind)[1],))
    hears(created).given(given).reading(prices_of(), payment_of(kind)).then(
        {
            CUSTOMER: [met, released, awaited(kind)],
            payment_of(kind): [refused(kind, "no_method")],
        }
    )


def test_a_workspace_heard_twice_is_met_once() -> None:
    hears(created).given({CUSTOMER: [met]}).then_nothing()


STATUSES = [
    (auth.WorkspaceSuspended(workspace_id=WORKSPACE), "suspended"),
    (auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="trial"), "trial"),
    (auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="active"), "active"),
    (auth.WorkspaceClosed(workspace_id=WORKSPACE, purge_after=TOLD_AT), "closed"),
]


@pytest.mark.parametrize("event,status", STATUSES)
def test_what_becomes_of_a_workspace_is_known(event: Any, status: str) -> None:
    now, other = StatusHeard(status=status), StatusHeard(status="another")
    hears(event).given({CUSTOMER: [met, other]}).then({CUSTOMER: [now]})
    hears(event).given({CUSTOMER: [met, other, now]}).then_nothing()


@EITHER
@pytest.mark.parametrize("status", ["active", "trial"])
def test_a_suspended_workspace_waits_and_is_decided_anew_when_it_is_reinstated(
    kind: str, status: str
) -> None:
    suspended, stream = StatusHeard(status="suspended"), payment_of(kind)
    waits: Streams = {
        stream: [refused(kind, "workspace_suspended")],
        CUSTOMER: [awaited(kind)],
    }
    hears(ASKED[kind]).given({CUSTOMER: [profile, suspended]}).then(waits)

    given: Streams = {
        CUSTOMER: [profile, suspended, awaited(kind)],
        stream: [refused(kind, "workspace_suspended")],
    }
    released = TargetsReleased(payment_ids=(stream[1],))
    back = auth.WorkspaceReinstated(workspace_id=WORKSPACE, status=status)
    hears(back).given(given).reading(prices_of(), stream).then(
        {CUSTOMER: [StatusHeard(status=status), released], stream: [cleared(kind)]}
    )


def test_a_workspace_is_active_before_anything_else_is_heard_of_it() -> None:
    again = auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="active")
    hears(again).given({CUSTOMER: [met]}).then_nothing()


@pytest.mark.parametrize("before", [[], [met], [unapproved]])
def test_changed_details_are_known(before: list[Any]) -> None:
    hears(changed).given({CUSTOMER: before}).then({CUSTOMER: [profile]})


def test_the_same_details_are_nothing_new() -> None:
    hears(changed).given({CUSTOMER: [profile]}).then_nothing()


PHOTOGRAPHS, FILM = payment_of("image_project"), payment_of("video_project")
WAITING = [met, awaited("image_project"), awaited("video_project")]
REFUSED: Streams = {
    PHOTOGRAPHS: [refused("image_project", "no_method")],
    FILM: [
        replace(refused("video_project", "no_method"), price=Price(price_ore=7, price_version=9))
    ],
}


def test_who_can_pay_now_has_all_that_waited_decided_anew_at_the_price_of_now() -> None:
    released = TargetsReleased(payment_ids=(PHOTOGRAPHS[1], FILM[1]))
    hears(changed).given({CUSTOMER: WAITING, **REFUSED}).reading(
        prices_of(), PHOTOGRAPHS, FILM
    ).then(
        {
            CUSTOMER: [profile, released],
            PHOTOGRAPHS: [cleared("image_project")],
            FILM: [cleared("video_project")],
        }
    )


def test_what_waited_and_is_too_dear_or_cleared_by_now_is_not_cleared() -> None:
    dear = refused("image_project", "no_method", most=99_999)
    given: Streams = {CUSTOMER: WAITING, PHOTOGRAPHS: [dear], FILM: [cleared("video_project")]}
    hears(changed).given(given).reading(prices_of(), PHOTOGRAPHS, FILM).then(
        {
            CUSTOMER: [profile, TargetsReleased(payment_ids=(PHOTOGRAPHS[1], FILM[1]))],
            PHOTOGRAPHS: [replace(dear, reason="price_above_max")],
        }
    )


def test_who_still_cannot_pay_goes_on_waiting() -> None:
    given: Streams = {CUSTOMER: WAITING, **REFUSED}
    still = replace(changed, invoice_eligible=False)
    hears(still).given(given).then({CUSTOMER: [unapproved]})


told: dict[str, Any] = {
    "project_id": TARGET,
    # what an event says of its kind counts for nothing: a source speaks of its own
    "project_kind": "some_project",
    "workspace_id": WORKSPACE,
    "user_id": USER,
    "run": 3,
    "title": "Storgata 2",
    "max_price_ore": None,
}
ASKED: dict[str, Any] = {
    "image_project": media.ProjectStartRequested(**told),
    "video_project": video.ProjectStartRequested(**told),
}


@EITHER
def test_work_of_who_can_pay_is_cleared(kind: str) -> None:
    decided: Streams = {payment_of(kind): [cleared(kind)]}
    hears(ASKED[kind]).given({CUSTOMER: [profile]}).then(decided)


@EITHER
@pytest.mark.parametrize(
    "before,reason",
    [
        ([], "workspace_unknown"),
        ([met], "no_method"),
        ([replace(profile, organization_number=None)], "no_method"),
        ([unapproved], "no_method"),
    ],
    ids=["unknown", "met", "without a number", "not approved"],
)
def test_work_of_who_cannot_pay_yet_waits(kind: str, before: list[Any], reason: str) -> None:
    decided: Streams = {payment_of(kind): [refused(kind, reason)], CUSTOMER: [awaited(kind)]}
    hears(ASKED[kind]).given({CUSTOMER: before}).then(decided)


@EITHER
def test_work_that_is_too_dear_is_refused_and_waits_for_nothing(kind: str) -> None:
    dear = replace(ASKED[kind], max_price_ore=99_999)
    decided: Streams = {payment_of(kind): [refused(kind, "price_above_max", most=99_999)]}
    hears(dear).given({CUSTOMER: [profile]}).then(decided)
    hears(replace(dear, max_price_ore=100_000)).given({CUSTOMER: [profile]}).then(
        {payment_of(kind): [cleared(kind)]}
    )


@EITHER
def test_work_costs_what_was_set_last_for_its_kind(kind: str) -> None:
    prices = [
        PriceSet(workspace_id=WORKSPACE, kind=each, price_ore=ore, price_version=version)
        for each, ore, version in (
            (kind, 300_000, 1),
            (kind, 120_000, 2),
            *((other, 0, 1) for other in ASKED if other != kind),
        )
    ]
    given: Streams = {CUSTOMER: [profile], prices_of(): prices}
    price = Price(price_ore=120_000, price_version=2)
    hears(ASKED[kind]).given(given).then({payment_of(kind): [replace(cleared(kind), price=price)]})


@EITHER
def test_free_work_of_a_workspace_without_credit_is_cleared(kind: str) -> None:
    price = Price(price_ore=0, price_version=1)
    at_no_price = PriceSet(workspace_id=WORKSPACE, kind=kind, price_ore=0, price_version=1)
    free = replace(cleared(kind), method="free", price=price, organization_number=None)
    given: Streams = {CUSTOMER: [met], prices_of(): [at_no_price]}
    hears(ASKED[kind]).given(given).then({payment_of(kind): [free]})


@EITHER
def test_work_delivered_and_deleted_before_it_was_cleared_is_billed_without_its_name(
    kind: str,
) -> None:
    before = [refused(kind, "no_method"), delivered(kind), TargetForgotten()]
    given: Streams = {CUSTOMER: [profile], payment_of(kind): before}
    billed = [line_of_now(kind), LineItemTargetForgotten()]
    hears(ASKED[kind]).given(given).reading(line_of(kind)).then(
        {payment_of(kind): [cleared(kind)], line_of(kind): billed}
    )


@EITHER
def test_work_delivered_before_it_was_asked_for_is_billed_as_it_is_cleared(kind: str) -> None:
    given: Streams = {CUSTOMER: [profile], payment_of(kind): [delivered(kind)]}
    billed: Streams = {payment_of(kind): [cleared(kind)], line_of(kind): [line_of_now(kind)]}
    hears(ASKED[kind]).given(given).reading(line_of(kind)).then(billed)


@EITHER
def test_delivered_work_that_waits_is_billed_when_its_workspace_can_pay(kind: str) -> None:
    waiting = [refused(kind, "no_method"), delivered(kind)]
    given: Streams = {CUSTOMER: [met, awaited(kind)], payment_of(kind): waiting}
    released = TargetsReleased(payment_ids=(payment_of(kind)[1],))
    hears(changed).given(given).reading(prices_of(), payment_of(kind)).reading(line_of(kind)).then(
        {
            CUSTOMER: [profile, released],
            payment_of(kind): [cleared(kind)],
            line_of(kind): [line_of_now(kind)],
        }
    )


def line_of_now(kind: str) -> LineItemCreated:
    return replace(
        line(kind),
        price=DEFAULT,
        net_ore=100_000,
        vat_ore=25_000,
        gross_ore=125_000,
    )


@EITHER
def test_cleared_work_asked_for_twice_is_cleared_once(kind: str) -> None:
    given: Streams = {CUSTOMER: [profile], payment_of(kind): [cleared(kind)]}
    hears(ASKED[kind]).given(given).then_nothing()


@EITHER
def test_another_run_of_cleared_work_is_told_so_and_costs_nothing(kind: str) -> None:
    stream = payment_of(kind)
    given: Streams = {CUSTOMER: [profile], stream: [cleared(kind)]}
    hears(replace(ASKED[kind], run=4)).given(given).then({stream: [ClearanceRepeated(run=4)]})


@EITHER
def test_refused_work_asked_for_again_is_answered_again_and_waits_once(kind: str) -> None:
    answer = refused(kind, "no_method")
    given: Streams = {CUSTOMER: [met, awaited(kind)], payment_of(kind): [answer]}
    hears(ASKED[kind]).given(given).then({payment_of(kind): [answer]})


@EITHER
def test_nobody_is_given_work_on_another_workspaces_target(kind: str) -> None:
    of_another = replace(cleared(kind), workspace_id=OTHER)
    given: Streams = {CUSTOMER: [profile], payment_of(kind): [of_another]}
    hears(ASKED[kind]).given(given).then_refused("billing.payment_exists")
