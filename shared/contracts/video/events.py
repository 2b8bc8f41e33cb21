"""What video tells others; `run` counts the starts asked of billing, `revision` the films."""

from datetime import datetime
from uuid import UUID

from chassis.domain import value
from contracts.forgetting import SubjectForgotten as SubjectForgotten


@value
class VideoCreated:
    project_id: UUID
    workspace_id: UUID
    user_id: UUID
    title: str  # customer text


@value
class ProjectStartRequested:
    """Somebody wants a film made; billing answers with a clearance or asks for payment."""

    project_id: UUID
    project_kind: str  # video_project
    workspace_id: UUID
    user_id: UUID
    run: int
    title: str
    max_price_ore: int | None


@value
class ProjectCompleted:
    """The film of this revision is there and has been verified."""

    project_id: UUID
    project_kind: str  # video_project
    workspace_id: UUID
    user_id: UUID
    revision: int
    title: str
    duration_seconds: int
    completed_at: datetime


@value
class ProjectFailed:
    """The film of this run could not be made; where none ever was, its clearance is void."""

    project_id: UUID
    project_kind: str  # video_project
    workspace_id: UUID
    run: int
    failed_count: int
    reason: str


@value
class ProjectDeleted:
    """A film was deleted; what was delivered of it is owed all the same."""

    project_id: UUID
    project_kind: str  # video_project
    workspace_id: UUID


PUBLISHES = (
    VideoCreated,
    ProjectStartRequested,
    ProjectCompleted,
    ProjectFailed,
    ProjectDeleted,
    SubjectForgotten,
)
