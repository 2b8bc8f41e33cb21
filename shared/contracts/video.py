"""video: what it tells others and what it is asked."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.domain import value

# Events; `run` and `revision` are the same number


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
    project_id: UUID
    project_kind: str  # video_project
    workspace_id: UUID
    run: int
    failed_count: int
    reason: str


PUBLISHES = (VideoCreated, ProjectStartRequested, ProjectCompleted, ProjectFailed)

# Requests


@value
class NewClip:
    """One clip names exactly one source: an image of media, or an address."""

    room_type: str
    image_generation_id: UUID | None = None
    source_image_url: str | None = None
    end_image_url: str | None = None
    room_label: str | None = None
    duration_seconds: int = 5  # 5 or 10
    transition_type: Literal["cut", "seamless"] = "seamless"  # into the next clip


@value
class CreateVideo:
    name: str
    clips: tuple[NewClip, ...]
    description: str | None = None
    aspect_ratio: Literal["16:9", "9:16", "1:1"] = "16:9"
    music_track_id: UUID | None = None
    music_volume: int = 50  # percent
    generate_native_audio: bool = True
    video_project_id: UUID | None = None


@value
class StartVideo:
    video_project_id: UUID
    max_price_ore: int | None = None


@value
class GetVideo:
    video_project_id: UUID


@value
class ListVideos:
    limit: int = 50
    cursor: str | None = None


@value
class GetProgress:
    run_id: UUID


# Replies


@value
class Progress:
    """How far a run is; `percent` never falls, and is 100 only once the film is there."""

    percent: int
    step: str  # waiting | fetching | generating | compiling | completed | failed
    at: datetime
