from dataclasses import replace
from uuid import UUID

from chassis.testing.spec import scenario
from video.domain.customer import HearStatus, NoteWorkspace, StatusHeard, WorkspaceNoted, decider

NOTE = NoteWorkspace(workspace_id=UUID(int=1), owner_user_id=UUID(int=2))
NOTED = WorkspaceNoted(workspace_id=UUID(int=1), owner_user_id=UUID(int=2))


def test_a_workspace_heard_of_is_a_customer() -> None:
    scenario(decider).when(NOTE).then(NOTED)


def test_a_workspace_heard_of_twice_counts_once() -> None:
    scenario(decider).given(NOTED).when(NOTE).then_nothing()


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
