"""A relationship: begins and ends once; its percentages are never forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from affiliate.domain.relationship import (
    ChangeCommission,
    CommissionChanged,
    EndRelationship,
    RelationshipEnded,
    RelationshipStarted,
    StartRelationship,
    decider,
    rate_at,
)
from chassis.testing.spec import scenario

AT = datetime(2026, 1, 10, tzinfo=UTC)
LATER, LAST = AT + timedelta(days=1), AT + timedelta(days=2)
start = StartRelationship(
    affiliate_workspace_id=UUID(int=1),
    referred_workspace_id=UUID(int=2),
    percent=20,
    exception=False,
    at=AT,
)
started = RelationshipStarted(
    affiliate_workspace_id=UUID(int=1),
    referred_workspace_id=UUID(int=2),
    percent=20,
    exception=False,
    at=AT,
)
change = ChangeCommission(percent=30, at=LATER)
changed = CommissionChanged(percent=30, at=LATER)
end, ended = EndRelationship(at=LAST), RelationshipEnded(at=LAST)

none, active = scenario(decider), scenario(decider).given(started)
over = active.given(ended)


def test_a_relationship_starts_once() -> None:
    none.when(start).then(started)
    active.when(start).then_nothing()
    active.given(changed).when(start).then_nothing()
    over.when(start).then_refused("affiliate.relationship_exists")


def test_a_started_relationship_does_not_become_another_one() -> None:
    for other in (
        replace(start, percent=50),
        replace(start, affiliate_workspace_id=UUID(int=3)),
        replace(start, referred_workspace_id=UUID(int=3)),
    ):
        active.when(other).then_refused("affiliate.relationship_exists")


def test_a_percentage_is_changed_while_it_is_active() -> None:
    active.when(change).then(changed)
    active.when(replace(change, percent=20)).then_nothing()
    active.given(changed).when(change).then_nothing()
    active.given(changed).when(replace(change, percent=20)).then(replace(changed, percent=20))
    over.when(change).then_refused("affiliate.relationship_ended")
    over.when(replace(change, percent=20)).then_refused("affiliate.relationship_ended")


def test_it_ends_once() -> None:
    active.when(end).then(ended)
    active.given(changed).when(end).then(ended)
    over.when(replace(end, at=LAST + timedelta(days=1))).then_nothing()


@pytest.mark.parametrize("command", [change, end])
def test_what_never_began_is_neither_changed_nor_ended(
    command: ChangeCommission | EndRelationship,
) -> None:
    assert type(command) not in decider.creates  # so the unit says that there is none
    with pytest.raises(AssertionError):
        none.when(command).then_nothing()


MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "percent"),
    [
        (AT - timedelta(days=9), 20),
        (AT, 20),
        (LATER - MOMENT, 20),
        (LATER, 30),
        (LAST - MOMENT, 30),
        (LAST, 5),
        (LAST + timedelta(days=900), 5),
    ],
)
def test_the_percentage_is_the_last_that_began_not_after_the_moment(
    at: datetime, percent: int
) -> None:
    last = CommissionChanged(percent=5, at=LAST)
    story = active.given(changed, last, RelationshipEnded(at=LAST + MOMENT))
    assert rate_at(story.state().rates, at).percent == percent
