from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from chassis.testing.spec import scenario
from video.domain.customer import HearStatus, NoteWorkspace, StatusHeard, WorkspaceNoted, decider

NOTE = NoteWorkspace(workspace_id=UUID(int=1), owner_user_id=UUID(int=2))
NOTED = WorkspaceNoted(workspace_id=UUID(int=1), owner_user_id=UUID(int=2))


def test_a_workspace_heard_of_is_a_customer() -> None:
    scenario(decider).when(NOTE).then(NOTED)


def test_a_workspace_heard_of_twice_counts_once() -> None:
    scenario(decider).given(NOTED).when(NOTE).then_nothing()


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


def test_a_workspace_that_nobody_owns_yet_is_a_customer() -> None:
    noted = replace(NOTED, owner_user_id=None)
    scenario(decider).when(replace(NOTE, owner_user_id=None)).then(noted)
