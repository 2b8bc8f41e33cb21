"""What media has heard of a workspace."""

from uuid import UUID

from chassis.testing.spec import scenario
from media.domain.customer import NoteWorkspace, WorkspaceNoted, decider

WORKSPACE = UUID(int=1)


def test_a_workspace_heard_of_becomes_a_customer() -> None:
    noted = WorkspaceNoted(workspace_id=WORKSPACE)

    scenario(decider).when(NoteWorkspace(workspace_id=WORKSPACE)).then(noted)


def test_a_workspace_heard_of_twice_is_one_customer() -> None:
    noted = WorkspaceNoted(workspace_id=WORKSPACE)

    scenario(decider).given(noted).when(NoteWorkspace(workspace_id=WORKSPACE)).then_nothing()
