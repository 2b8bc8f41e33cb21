"""Image projects and the photographs in them; links hold for 15 minutes."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command, Json, Keyed, Listing, Written
from chassis.domain import value


@value
class CreateProject(Command[Written]):
    """Make a project in one's own workspace, with an id of one's choice or a new one."""

    name: str
    style_template_id: str
    room_type: str | None = None
    project_id: UUID | None = None  # chosen by the caller, or derived from the call


@value
class ProjectStarted:
    """A project whose start was asked for; billing answers, and `clearance` says how it stands."""

    id: UUID
    version: int
    clearance: str


@value
class StartProject(Keyed[ProjectStarted]):
    """Have a project done, if it costs no more than `max_price_ore` (øre, net)."""

    project_id: UUID
    max_price_ore: int | None = None  # start only if it costs no more, net of VAT


@value
class SetRoomType(Command[Written]):
    """Say what room these images show."""

    project_id: UUID
    image_ids: tuple[UUID, ...]
    room_type: str


@value
class File:
    """A stored file and a link by which anybody may read it for 15 minutes."""

    ref: str  # blob:<key>
    url: str = field(repr=False)
    expires_at: datetime


@value
class ImageGeneration:
    """One version of a photograph; `version` counts them, `stream_version` is the stream's.

    Width, height (px), size and SHA-256 are the result's once there is one.
    """

    id: UUID
    workspace_id: UUID
    user_id: UUID
    project_id: UUID
    original_image_url: str  # blob:<key>
    result_image_url: str | None
    prompt: str
    version: int
    parent_id: UUID | None
    status: str  # pending | processing | completed | failed
    error_message: str | None
    metadata: Json | None
    created_at: datetime
    updated_at: datetime
    source_id: UUID | None
    alteration: str  # none | technical | material
    room_type: str | None
    width: int
    height: int
    size_bytes: int
    sha256: str
    stream_version: int
    original: File
    result: File | None


@value
class Project:
    """An image project; `run` counts its starts."""

    id: UUID
    workspace_id: UUID
    user_id: UUID
    name: str
    style_template_id: str
    room_type: str | None
    thumbnail_url: str | None  # blob:<key>
    status: str  # pending | processing | completed | failed
    image_count: int
    completed_count: int
    created_at: datetime
    updated_at: datetime
    failed_count: int
    clearance: str  # none (again once all has failed) | requested | cleared | payment_required
    run: int
    version: int
    thumbnail: File | None


@value
class ProjectWithImages(Project):
    """An image project and its images: newest first, those confirmed together in their order."""

    images: tuple[ImageGeneration, ...]


@value
class GetProject(Asked[ProjectWithImages]):
    """Return a project with its images."""

    project_id: UUID


@value
class ListProjects(Listing[Project]):
    """Return a page of the workspace's projects."""
