"""A payment: cleared once, asked for often, settled once."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from billing.domain.payment import decider
from billing.domain.payment_messages import (
    ClearanceRefused,
    ClearanceRepeated,
    Reconsider,
    RequestClearance,
    Settle,
    TargetCleared,
    TargetSettled,
)
from chassis.testing.spec import scenario

WORKSPACE, PROJECT, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)

request = RequestClearance(
    workspace_id=WORKSPACE,
    target_kind="image_project",
    target_id=PROJECT,
    run=1,
    max_price_ore=None,
    price_ore=100_000,
    price_version=0,
    vat_rate_bp=2_500,
    refusal=None,
    at=AT,
)
cleared = TargetCleared(
    workspace_id=WORKSPACE,
    target_kind="image_project",
    target_id=PROJECT,
    run=1,
    method="invoice",
    price_ore=100_000,
    price_version=0,
    vat_rate_bp=2_500,
    at=AT,
)
required = ClearanceRefused(
    workspace_id=WORKSPACE,
    target_kind="image_project",
    target_id=PROJECT,
    run=1,
    max_price_ore=None,
    price_ore=100_000,
    reason="no_method",
)
settled = TargetSettled(at=AT)
reconsider = Reconsider(price_ore=100_000, price_version=0, vat_rate_bp=2_500, at=AT)

payment = scenario(decider)


def test_who_can_be_invoiced_is_cleared_at_the_price_of_that_moment() -> None:
    payment.when(request).then(cleared)


def test_who_cannot_is_told_why() -> None:
    payment.when(replace(request, refusal="no_method")).then(required)
    payment.when(replace(request, refusal="workspace_unknown")).then(
        replace(required, reason="workspace_unknown")
    )


def test_a_price_above_what_the_caller_allows_is_refused() -> None:
    low = replace(request, max_price_ore=99_999)
    too_dear = replace(required, max_price_ore=99_999, reason="price_above_max")

    payment.when(low).then(too_dear)
    payment.when(replace(low, refusal="no_method")).then(too_dear)


def test_exactly_what_the_caller_allows_is_cleared() -> None:
    payment.when(replace(request, max_price_ore=100_000)).then(cleared)


def test_the_same_run_of_what_is_cleared_is_answered_once() -> None:
    payment.given(cleared).when(request).then_nothing()


def test_the_same_run_of_what_was_refused_is_decided_anew() -> None:
    low = replace(request, max_price_ore=99_999)
    too_dear = replace(required, max_price_ore=99_999, reason="price_above_max")

    payment.given(too_dear).when(request).then(cleared)
    payment.given(too_dear).when(low).then(too_dear)


def test_an_earlier_run_of_what_was_refused_is_not_answered_any_more() -> None:
    payment.given(replace(required, run=2)).when(request).then_nothing()


def test_another_run_of_what_is_cleared_hears_so_again_and_costs_nothing_new() -> None:
    again = replace(request, run=2, price_ore=200_000, max_price_ore=1)

    payment.given(cleared).when(again).then(ClearanceRepeated(run=2))
    payment.given(cleared, ClearanceRepeated(run=2)).when(again).then_nothing()


def test_another_run_of_what_was_refused_is_decided_anew() -> None:
    payment.given(required).when(replace(request, run=2)).then(replace(cleared, run=2))
    payment.given(required).when(replace(request, run=2, refusal="no_method")).then(
        replace(required, run=2)
    )


def test_a_target_stays_with_its_workspace() -> None:
    elsewhere = replace(request, workspace_id=OTHER, run=2)

    payment.given(cleared).when(elsewhere).then_refused("billing.payment_exists")
    payment.given(required).when(elsewhere).then_refused("billing.payment_exists")


def test_what_waited_is_cleared_for_the_run_that_waits() -> None:
    waiting = replace(required, run=3)

    payment.given(required, waiting).when(reconsider).then(replace(cleared, run=3))


def test_what_waited_is_refused_if_it_has_become_too_dear() -> None:
    waiting = replace(required, max_price_ore=100_000)
    dearer = replace(reconsider, price_ore=100_100)

    payment.given(waiting).when(dearer).then(
        replace(waiting, price_ore=100_100, reason="price_above_max")
    )


def test_eligibility_does_not_help_what_is_too_dear_or_cleared() -> None:
    payment.given(replace(required, reason="price_above_max")).when(reconsider).then_nothing()
    payment.given(cleared).when(reconsider).then_nothing()


def test_a_target_is_settled_once() -> None:
    payment.given(cleared).when(Settle(at=AT)).then(settled)
    payment.given(cleared, settled).when(Settle(at=AT)).then_nothing()


def test_what_was_not_cleared_cannot_be_settled() -> None:
    payment.given(required).when(Settle(at=AT)).then_refused("billing.payment_not_cleared")
