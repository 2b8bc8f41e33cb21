"""What media replies: the seed's rows with links to the files they name."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.domain import value
from contracts.media import CreateProject

NewProject = CreateProject  # what a create takes


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
    metadata: Mapping[str, Any] | None
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
    clearance: str  # none | requested | cleared | payment_required
    run: int
    version: int
    thumbnail: File | None


@value
class ProjectWithImages(Project):
    """An image project and its images, newest first."""

    images: tuple[ImageGeneration, ...]


@value
class UploadLink:
    """Where one announced file is to be sent, with these headers, by `expires_at`."""

    image_id: UUID
    method: str  # PUT
    url: str = field(repr=False)
    headers: Mapping[str, Any]
    expires_at: datetime


@value
class Uploads:
    """The links of announced files, in their order; id and version are the project's."""

    id: UUID
    version: int
    items: tuple[UploadLink, ...]


@value
class Confirmed:
    """What became of one file: its image's status, or 'missing' or 'refused' with a code."""

    image_id: UUID
    status: str
    error: str | None = None


@value
class Confirmation:
    """What became of each file; id and version are the project's."""

    id: UUID
    version: int
    items: tuple[Confirmed, ...]


@value
class ProjectStarted:
    """A project whose start was asked for; billing answers, and `clearance` says how it stands."""

    id: UUID
    version: int
    clearance: str


@value
class StyleTemplate:
    """A style that a project may have."""

    id: str
    name: str
    category: str
    description: str


@value
class RoomType:
    """A kind of room, and what people read for it."""

    id: str
    label: str
