"""media: what it tells others and what it is asked."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.domain import value

# Events; `run` counts the starts of a project


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
    """All images of a run have ended, and none came out."""

    project_id: UUID
    project_kind: str  # image_project
    workspace_id: UUID
    run: int
    failed_count: int
    reason: str


PUBLISHES = (
    ProjectCreated,
    ProjectStartRequested,
    ImageCompleted,
    ProjectCompleted,
    ProjectFailed,
)

# Requests


@value
class CreateProject:
    name: str
    style_template_id: str
    room_type: str | None = None
    project_id: UUID | None = None  # chosen by the caller, or derived from the call


@value
class FileToUpload:
    file_name: str
    content_type: Literal["image/jpeg", "image/png", "image/webp"]
    size_bytes: int
    sha256: str  # 64 hexadecimal digits in lower case


@value
class RequestUploads:
    project_id: UUID
    files: tuple[FileToUpload, ...]


@value
class ConfirmUploads:
    project_id: UUID
    image_ids: tuple[UUID, ...]


@value
class SetRoomType:
    project_id: UUID
    image_ids: tuple[UUID, ...]
    room_type: str


@value
class StartProject:
    project_id: UUID
    max_price_ore: int | None = None  # start only if it costs no more, net of VAT


@value
class GetProject:
    project_id: UUID


@value
class ListProjects:
    limit: int = 50
    cursor: str | None = None


@value
class ListStyleTemplates:
    pass


@value
class ListRoomTypes:
    pass


@value
class GetSourceLink:
    image_generation_id: UUID
    workspace_id: UUID
    version_id: UUID | None = None  # another version of that image


# Replies


@value
class SourceLink:
    """A finished photograph's bytes, to be fetched within 15 minutes."""

    image_generation_id: UUID
    room_type: str
    url: str
    expires_at: datetime
    sha256: str
    size: int  # bytes
    content_type: str
