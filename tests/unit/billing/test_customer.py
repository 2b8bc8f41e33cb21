"""A customer: what is known of a workspace, and what waits for it."""

from uuid import UUID

import pytest

from billing.domain.customer import (
    AwaitEligibility,
    Customer,
    CustomerMet,
    HearProfile,
    HearStatus,
    NoteWorkspace,
    ProfileHeard,
    StatusHeard,
    TargetAwaited,
    TargetsReleased,
    decider,
    refusal,
)
from chassis.testing.spec import scenario

WORKSPACE, FIRST, SECOND = UUID(int=1), UUID(int=2), UUID(int=3)
NUMBER = "974760673"

met = CustomerMet(workspace_id=WORKSPACE)
unapproved = ProfileHeard(
    workspace_id=WORKSPACE, organization_number=NUMBER, invoice_eligible=False
)
eligible = ProfileHeard(workspace_id=WORKSPACE, organization_number=NUMBER, invoice_eligible=True)
first_waits = TargetAwaited(workspace_id=WORKSPACE, payment_id=FIRST)
second_waits = TargetAwaited(workspace_id=WORKSPACE, payment_id=SECOND)

meet = NoteWorkspace(workspace_id=WORKSPACE)
approve = HearProfile(workspace_id=WORKSPACE, organization_number=NUMBER, invoice_eligible=True)
disapprove = HearProfile(workspace_id=WORKSPACE, organization_number=NUMBER, invoice_eligible=False)
first_asks = AwaitEligibility(workspace_id=WORKSPACE, payment_id=FIRST)

customer = scenario(decider)


def test_a_workspace_is_met_once() -> None:
    customer.when(meet).then(met)
    customer.given(met).when(meet).then_nothing()


def test_a_workspace_that_targets_waited_for_is_met_all_the_same() -> None:
    customer.given(first_waits).when(meet).then(met)


def test_a_profile_may_come_before_its_workspace() -> None:
    customer.when(approve).then(eligible)


def test_a_profile_that_says_nothing_new_is_nothing() -> None:
    customer.given(met, eligible).when(approve).then_nothing()


def test_a_profile_that_changes_is_kept() -> None:
    customer.given(met, eligible).when(disapprove).then(unapproved)


def test_a_target_waits_once_and_its_workspace_need_not_be_known() -> None:
    customer.when(first_asks).then(first_waits)
    customer.given(met).when(first_asks).then(first_waits)
    customer.given(first_waits).when(first_asks).then_nothing()


def test_who_becomes_eligible_releases_all_that_waits_in_its_order() -> None:
    released = TargetsReleased(payment_ids=(FIRST, SECOND))

    customer.given(first_waits, met, second_waits).when(approve).then(eligible, released)


def test_what_was_released_does_not_wait_any_more() -> None:
    released = TargetsReleased(payment_ids=(FIRST,))
    after = customer.given(first_waits, eligible, released)

    assert after.state().waiting == ()
    after.when(first_asks).then(first_waits)


def test_without_approval_or_number_nothing_is_released() -> None:
    customer.given(first_waits).when(disapprove).then(unapproved)
    numberless = HearProfile(
        workspace_id=WORKSPACE, organization_number=None, invoice_eligible=True
    )
    heard = ProfileHeard(workspace_id=WORKSPACE, organization_number=None, invoice_eligible=True)
    customer.given(first_waits).when(numberless).then(heard)


def test_its_status_is_the_last_one_heard() -> None:
    suspended, trial = StatusHeard(status="suspended"), StatusHeard(status="trial")
    story = customer.given(met)
    story.when(HearStatus(status="active")).then_nothing()
    story.when(HearStatus(status="suspended")).then(suspended)
    customer.given(met, suspended).when(HearStatus(status="suspended")).then_nothing()
    assert customer.given(met, suspended, trial).state().status == "trial"


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((), "workspace_unknown"),
        ((first_waits,), "workspace_unknown"),
        ((met,), "organization_number_missing"),
        ((met, unapproved), "not_approved"),
        ((met, eligible), None),
        ((met, eligible, unapproved), "not_approved"),
    ],
)
def test_the_first_thing_that_is_missing_is_the_reason(
    events: tuple[CustomerMet | ProfileHeard | TargetAwaited, ...], reason: str | None
) -> None:
    known: Customer | None = customer.given(*events).state()

    assert refusal(known) == reason
