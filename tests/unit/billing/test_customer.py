"""A customer: what is known of a workspace, and what waits for it."""

from typing import Any
from uuid import UUID

import pytest

from billing.domain.clearance import Terms
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
    terms,
)
from billing.domain.pricing import Price
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
suspend, close, revive, try_again = (
    HearStatus(status=each) for each in ("suspended", "closed", "active", "trial")
)
suspended, closed, active, on_trial = (
    StatusHeard(status=each) for each in ("suspended", "closed", "active", "trial")
)
released = TargetsReleased(payment_ids=(FIRST,))
first_asks = AwaitEligibility(workspace_id=WORKSPACE, payment_id=FIRST)

customer = scenario(decider)


NUMBERLESS: dict[str, Any] = {
    "workspace_id": WORKSPACE,
    "organization_number": None,
    "invoice_eligible": True,
}
numberless = ProfileHeard(**NUMBERLESS)

STATES: dict[str, tuple[Any, ...]] = {
    "none": (),
    "unknown": (first_waits,),
    "unknown, suspended": (first_waits, suspended),
    "met": (met,),
    "met, waiting": (met, first_waits),
    "suspended, waiting": (met, suspended, first_waits),
    "closed, waiting": (eligible, closed, first_waits),
    "eligible": (met, eligible),
    "eligible, suspended, waiting": (eligible, suspended, first_waits),
    "eligible, waiting": (eligible, first_waits),  # what was too dear when it was asked again
}
COMMANDS: dict[str, Any] = {
    "meet": meet,
    "approve": approve,
    "disapprove": disapprove,
    "take the number": HearProfile(**NUMBERLESS),
    "suspend": suspend,
    "close": close,
    "revive": revive,
    "try again": try_again,
    "wait": first_asks,
}
M, E, U, N, R, W = (
    [each] for each in (met, eligible, unapproved, numberless, released, first_waits)
)
S, C, A, T = ([each] for each in (suspended, closed, active, on_trial))

# by state: what follows each of the commands, in their order
CELLS: dict[str, tuple[list[Any] | None, ...]] = {
    "none": (M, E, U, N, None, None, None, None, W),
    "unknown": (M + R, E + R, U + R, N + R, S, C, [], T, []),
    "unknown, suspended": (M, E, U, N, [], C, A, T, []),
    "met": ([], E, U, N, S, C, [], T, W),
    "met, waiting": ([], E + R, U, N, S, C, [], T, []),
    "suspended, waiting": ([], E, U, N, [], C, A + R, T + R, []),
    "closed, waiting": ([], [], U, N, S, [], A + R, T + R, []),
    "eligible": ([], [], U, N, S, C, [], T, W),
    "eligible, suspended, waiting": ([], [], U, N, [], C, A + R, T + R, []),
    "eligible, waiting": ([], [], U, N, S, C, [], T, []),
}


@pytest.mark.parametrize("state", CELLS)
def test_what_each_command_does_in_each_state(state: str) -> None:
    story = customer.given(*STATES[state])
    for command, expected in zip(COMMANDS.values(), CELLS[state], strict=True):
        if expected is None:  # the unit refuses it: it is no beginning
            assert type(command) not in decider.creates
        elif expected:
            story.when(command).then(*expected)
        else:
            story.when(command).then_nothing()


def test_all_that_waits_is_released_in_its_order_and_does_not_wait_any_more() -> None:
    both = TargetsReleased(payment_ids=(FIRST, SECOND))
    customer.given(first_waits, met, second_waits).when(approve).then(eligible, both)

    after = customer.given(first_waits, eligible, released)
    assert after.state().waiting == ()
    after.when(first_asks).then(first_waits)


def test_its_status_is_the_last_one_heard() -> None:
    assert customer.given(met, suspended, on_trial).state().status == "trial"


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


PRICE = Price(price_ore=100_000, price_version=0)


@pytest.mark.parametrize(
    ("events", "why", "number"),
    [
        ((), "workspace_unknown", None),
        ((first_waits,), "workspace_unknown", None),
        ((met,), None, None),
        ((met, numberless), None, None),
        ((met, unapproved), None, None),
        ((met, eligible), None, NUMBER),
        ((met, eligible, suspended), "workspace_suspended", NUMBER),
        ((met, closed), "workspace_suspended", None),
        ((met, eligible, suspended, on_trial), None, NUMBER),
    ],
)
def test_on_which_terms_work_may_start(
    events: tuple[Any, ...], why: str | None, number: str | None
) -> None:
    known: Customer | None = customer.given(*events).state()

    assert terms(known, PRICE) == Terms(price=PRICE, refusal=why, organization_number=number)
