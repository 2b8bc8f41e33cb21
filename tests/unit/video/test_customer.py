from uuid import UUID

from chassis.testing.spec import scenario
from video.domain.customer import NoteWorkspace, WorkspaceNoted, decider

NOTE = NoteWorkspace(workspace_id=UUID(int=1), owner_user_id=UUID(int=2))
NOTED = WorkspaceNoted(workspace_id=UUID(int=1), owner_user_id=UUID(int=2))


def test_a_workspace_heard_of_is_a_customer() -> None:
    scenario(decider).when(NOTE).then(NOTED)


def test_a_workspace_heard_of_twice_counts_once() -> None:
    scenario(decider).given(NOTED).when(NOTE).then_nothing()
