"""Clips of a draft: added, changed, removed, put in another order."""

from uuid import UUID

from chassis.asked import UNCHANGED, Asked, Command, Page, Unchanged, Written
from chassis.domain import value
from contracts.video.drafts import NewClip, TransitionType
from contracts.video.films import VideoClip


@value
class ClipAdded:
    """A draft with one clip more."""

    id: UUID
    version: int
    clip_id: UUID


@value
class AddClip(Command[ClipAdded]):
    """Add a clip: at the place `at`, counted from 0, or behind all others."""

    video_project_id: UUID
    clip: NewClip
    at: int | None = None


@value
class UpdateClip(Command[Written]):
    """Change a clip; what is not named stays.

    A source replaces the one there was, whichever of the two names it; so does an end picture,
    which None takes away. Another room type takes the own words away, unless some are given.
    """

    video_project_id: UUID
    clip_id: UUID
    image_generation_id: UUID | Unchanged = UNCHANGED
    source_image_url: str | Unchanged = UNCHANGED
    room_type: str | Unchanged = UNCHANGED
    room_label: str | None | Unchanged = UNCHANGED
    end_image_generation_id: UUID | None | Unchanged = UNCHANGED
    end_image_url: str | None | Unchanged = UNCHANGED
    duration_seconds: int | Unchanged = UNCHANGED
    transition_type: TransitionType | Unchanged = UNCHANGED
    motion_prompt: str | None | Unchanged = UNCHANGED


@value
class RemoveClip(Command[Written]):
    """Take a clip out of a draft."""

    video_project_id: UUID
    clip_id: UUID


@value
class ReorderClips(Command[Written]):
    """Have the clips stand in this order: all that are there, each once."""

    video_project_id: UUID
    clip_ids: tuple[UUID, ...]


@value
class AutoArrange(Command[Written]):
    """Have the clips stand as a visitor sees the rooms."""

    video_project_id: UUID


@value
class ListClips(Asked[Page[VideoClip]]):
    """Return the clips of a video, in their order: all on one page."""

    video_project_id: UUID
