"""What auth does about what it hears of media and video."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from auth.app import SERVICE
from auth.domain import workspace
from auth.domain.workspace_events import WorkspaceClosed, WorkspaceOpened, WorkspaceUsed
from auth.inbound import reactions
from chassis.testing.heard import heard
from contracts.media import events as media
from contracts.video import events as video

hears = partial(heard, SERVICE, reactions)

WORKSPACE, USER, PROJECT = (UUID(int=n) for n in range(1, 4))
THEIRS = (workspace.decider, WORKSPACE)
AT = datetime(2026, 3, 1, tzinfo=UTC)
opened = WorkspaceOpened(workspace_id=WORKSPACE, owner_user_id=USER, at=AT)
begun: dict[str, Any] = {
    "project_id": PROJECT,
    "workspace_id": WORKSPACE,
    "user_id": USER,
    "title": "Storgata 2",
}


@pytest.mark.parametrize("event", [media.ProjectCreated(**begun), video.VideoCreated(**begun)])
def test_a_workspace_is_used_from_its_first_project_or_film_on(event: Any) -> None:
    hears(event).given({THEIRS: [opened]}).then({THEIRS: [WorkspaceUsed()]})
    hears(event).given({THEIRS: [opened, WorkspaceUsed()]}).then({})
    closed = WorkspaceClosed(purge_after=AT)
    hears(event).given({THEIRS: [opened, closed]}).then({})
    hears(event).given({}).then({})
