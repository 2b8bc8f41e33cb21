"""A relationship starts once."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from affiliate.domain.relationship import RelationshipStarted, StartRelationship, decider
from chassis.testing.spec import scenario

AT = datetime(2026, 1, 10, tzinfo=UTC)
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


def test_a_relationship_starts_once() -> None:
    scenario(decider).when(start).then(started)
    scenario(decider).given(started).when(start).then_nothing()


def test_a_started_relationship_does_not_become_another_one() -> None:
    other = replace(start, percent=50)
    scenario(decider).given(started).when(other).then_refused("affiliate.relationship_exists")
