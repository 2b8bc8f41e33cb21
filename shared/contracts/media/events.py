"""What media tells others; `run` counts the starts of a project."""

from datetime import datetime
from uuid import UUID

from chassis.domain import value
from contracts.forgetting import SubjectForgotten as SubjectForgotten


@value
class ProjectCreated:
    project_id: UUID
    workspace_id: UUID
    user_id: UUID
    title: str  # customer text


@value
class ProjectStartRequested:
    """Somebody wants a project done; billing answers with a clearance or asks for payment."""

    project_id: UUID
    project_kind: str  # image_project
    workspace_id: UUID
    user_id: UUID
    run: int
    title: str
    max_price_ore: int | None


@value
class ImageCompleted:
    image_id: UUID
    root_id: UUID
    version: int
    project_id: UUID
    workspace_id: UUID
    room_type: str
    sha256: str


@value
class ImageDeleted:
    """A photograph was deleted with all its versions."""

    root_id: UUID
    project_id: UUID
    workspace_id: UUID
    version_ids: tuple[UUID, ...] = ()  # all that went with it


@value
class ProjectCompleted:
    """All images of a run have ended, and at least one came out."""

    project_id: UUID
    project_kind: str  # image_project
    workspace_id: UUID
    user_id: UUID
    run: int
    title: str
    completed_count: int
    failed_count: int
    completed_at: datetime


@value
class ProjectFailed:
    """All images of a run have ended, and none came out.

    Where none ever has, the project is not cleared any more: its next start is requested anew.
    """

    project_id: UUID
    project_kind: str  # image_project
    workspace_id: UUID
    run: int
    failed_count: int
    reason: str


@value
class ProjectDeleted:
    """A project was deleted; what was delivered of it is owed all the same."""

    project_id: UUID
    project_kind: str  # image_project
    workspace_id: UUID


PUBLISHES = (
    ProjectCreated,
    ProjectStartRequested,
    ImageCompleted,
    ImageDeleted,
    ProjectCompleted,
    ProjectFailed,
    ProjectDeleted,
    SubjectForgotten,
)
