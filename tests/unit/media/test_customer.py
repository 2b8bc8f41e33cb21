"""What media has heard of a workspace."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.testing.spec import scenario
from media.domain.customer import HearStatus, NoteWorkspace, StatusHeard, WorkspaceNoted, decider

WORKSPACE = UUID(int=1)
NOTED = WorkspaceNoted(workspace_id=WORKSPACE)


def test_a_workspace_heard_of_becomes_a_customer() -> None:
    scenario(decider).when(NoteWorkspace(workspace_id=WORKSPACE)).then(NOTED)


def test_a_workspace_heard_of_twice_is_one_customer() -> None:
    scenario(decider).given(NOTED).when(NoteWorkspace(workspace_id=WORKSPACE)).then_nothing()


def test_when_a_closed_workspace_is_emptied_is_kept() -> None:
    then = datetime(2026, 4, 1, tzinfo=UTC)
    closed = StatusHeard(status="closed", purge_after=then)
    story = scenario(decider).given(NOTED)
    story.when(HearStatus(status="closed", purge_after=then)).then(closed)
    assert story.given(closed).state().purge_after == then


def test_in_a_suspended_or_closed_workspace_nothing_may_be_begun() -> None:
    barred = {
        status: scenario(decider).given(NOTED, StatusHeard(status=status)).state().is_barred
        for status in ("active", "trial", "suspended", "closed")
    }
    assert barred == {"active": False, "trial": False, "suspended": True, "closed": True}


def test_its_status_is_the_last_one_heard() -> None:
    suspended, trial = StatusHeard(status="suspended"), StatusHeard(status="trial")
    story = scenario(decider).given(NOTED)
    story.when(HearStatus(status="active")).then_nothing()
    story.when(HearStatus(status="suspended")).then(suspended)
    scenario(decider).given(NOTED, suspended).when(HearStatus(status="suspended")).then_nothing()
    assert scenario(decider).given(NOTED, suspended, trial).state().status == "trial"


def test_every_command_in_every_state() -> None:
    note, suspend = NoteWorkspace(workspace_id=WORKSPACE), HearStatus(status="suspended")
    suspended = StatusHeard(status="suspended")

    with pytest.raises(AssertionError, match="needs a customer"):
        scenario(decider).when(suspend).then_nothing()
    scenario(decider).when(note).then(NOTED)
    customer = scenario(decider).given(NOTED)
    customer.when(note).then_nothing()
    customer.when(suspend).then(suspended)
    customer.given(suspended).when(note).then_nothing()
    customer.given(suspended).when(suspend).then_nothing()
    customer.given(suspended).when(HearStatus(status="active")).then(StatusHeard(status="active"))
