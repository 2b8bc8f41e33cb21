"""Photographs: their versions, made, chosen, taken back, shown. Links hold for 15 minutes."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command, Json, Keyed, Listing, Page, Written
from chassis.domain import value


@value
class File:
    """A stored file and a link by which anybody may read it for 15 minutes."""

    ref: str  # blob:<key>
    url: str = field(repr=False)
    expires_at: datetime


@value
class ImageGeneration:
    """One version of a photograph; `version` counts them, `stream_version` is the stream's.

    Width, height (px), size and SHA-256 are the result's once there is one, before it the
    original's. `thumb` and `preview` are JPEGs of at most 320 and 1280 pixels on the longest side,
    of the result where there is one, else of the original.
    """

    id: UUID
    workspace_id: UUID
    user_id: UUID
    project_id: UUID
    original_image_url: str  # blob:<key>
    result_image_url: str | None
    prompt: str
    version: int
    parent_id: UUID | None  # version 1; None for that one itself
    status: str  # pending | processing | completed | failed
    error_message: str | None
    metadata: Json | None  # model, tokens, cost_cents, engine, params_hash, attempts
    created_at: datetime
    updated_at: datetime
    source_id: UUID | None  # the version that was edited; None for the original
    is_current: bool
    alteration: str  # none | technical | material
    room_type: str | None
    file_name: str
    width: int
    height: int
    size_bytes: int
    sha256: str
    attempts: int
    cost_cents: int
    stream_version: int
    original: File
    result: File | None
    thumb: File
    preview: File


@value
class Progress:
    """How far the work at a version has come; a place in the queue while it waits (1: the next)."""

    percent: int
    step: str
    queue_position: int | None = None


@value
class ImageInProject(ImageGeneration):
    """A photograph's current version, and how far the latest work at the photograph has come."""

    progress: Progress | None


@value
class GetImage(Asked[ImageGeneration]):
    """Return a version of a photograph."""

    image_generation_id: UUID


@value
class ListImages(Listing[ImageGeneration]):
    """Return a page of photographs by their current version: of a project, status, kind of room."""

    project_id: UUID | None = None
    status: str | None = None  # pending | processing | completed | failed
    room_type: str | None = None


@value
class ListVersions(Asked[Page[ImageGeneration]]):
    """Return all versions of a photograph, 1 to n, by the id of any of them."""

    image_generation_id: UUID


@value
class Retried:
    """A version that is tried again; id and version are the photograph's.

    `run` is the project's for a first version, None for a later one.
    """

    id: UUID
    version: int
    run: int | None


@value
class RetryImage(Command[Retried]):
    """Try a version that has failed again: a new attempt, no new version."""

    image_generation_id: UUID


@value
class VersionBegun:
    """A new version is made; id and version are the photograph's."""

    id: UUID
    version: int
    image_generation_id: UUID  # of the new version
    image_version: int  # its number


@value
class RegenerateImage(Command[VersionBegun]):
    """Make a photograph from its original once more, in another style or as another room."""

    image_generation_id: UUID
    style_template_id: str | None = None
    room_type: str | None = None


@value
class EditImage(Command[VersionBegun]):
    """Change what a mask marks on a version: take away what is there, or put something there."""

    image_generation_id: UUID
    mode: str = "remove"  # remove | add
    mask_id: UUID | None = None
    prompt: str | None = None  # what to put there; customer text


@value
class SelectVersion(Command[Written]):
    """Let this version stand for its photograph."""

    image_generation_id: UUID


@value
class Cancelled:
    """A version that nobody waits for any more; id and version are the photograph's."""

    id: UUID
    version: int
    status: str  # of the version from here on


@value
class CancelImage(Command[Cancelled]):
    """End the work at a version; what is done already stands."""

    image_generation_id: UUID


@value
class ImagesDeleted:
    """Photographs that are gone; id and version are the project's."""

    id: UUID
    version: int
    deleted: int


@value
class DeleteImages(Keyed[ImagesDeleted]):
    """Delete whole photographs with all their versions; one that is not there refuses the call."""

    project_id: UUID
    image_generation_ids: tuple[UUID, ...]  # 1 to 10
