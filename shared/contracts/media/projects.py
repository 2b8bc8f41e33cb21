"""Image projects and the photographs in them; links hold for 15 minutes."""

from datetime import datetime
from uuid import UUID

from chassis.asked import UNCHANGED, Asked, Command, Keyed, Listing, Unchanged, Written
from chassis.domain import value
from contracts.media.images import File, ImageInProject


@value
class CreateProject(Command[Written]):
    """Make a project in one's own workspace, with an id of one's choice or a new one."""

    name: str
    style_template_id: str
    room_type: str | None = None
    project_id: UUID | None = None  # chosen by the caller, or derived from the call


@value
class UpdateProject(Command[Written]):
    """Change a project; the unnamed stays. The style, while no photograph has begun."""

    project_id: UUID
    name: str | Unchanged = UNCHANGED
    style_template_id: str | Unchanged = UNCHANGED
    room_type: str | None | Unchanged = UNCHANGED


@value
class DeleteProject(Keyed[Written]):
    """Delete a project with its photographs and files; what was delivered of it is owed."""

    project_id: UUID


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
    """An image project and its photographs by their current version.

    Newest first, those confirmed together in their order.
    """

    images: tuple[ImageInProject, ...]


@value
class GetProject(Asked[ProjectWithImages]):
    """Return a project with its images."""

    project_id: UUID


@value
class ListProjects(Listing[Project]):
    """Return a page of the workspace's projects, all or those of a status."""

    status: str | None = None  # pending | processing | completed | failed


@value
class Counts:
    """How many there are, and how many of them stand so."""

    total: int
    pending: int
    processing: int
    completed: int
    failed: int


@value
class ProjectStats(Counts):
    """A workspace's projects, and its photographs by their first version."""

    images: Counts


@value
class GetProjectStats(Asked[ProjectStats]):
    """Return how many projects and photographs the workspace has."""
