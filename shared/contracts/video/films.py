"""Films: the seed's rows, with links to the film and its thumbnail once they are there."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Json, Listing
from chassis.domain import value


@value
class Thumbnail:
    """A picture of the film and a link by which anybody may read it for 15 minutes."""

    ref: str  # blob:<key>
    url: str = field(repr=False)
    expires_at: datetime


@value
class Film:
    """The finished film (`size` in bytes) and a link to it, for 15 minutes."""

    ref: str  # blob:<key>
    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int


@value
class VideoClip:
    """One clip of a video, in its place."""

    id: UUID
    video_project_id: UUID
    source_image_url: str  # media:<image> until it is copied, then blob:<key>
    image_generation_id: UUID | None
    end_image_url: str | None
    end_image_generation_id: UUID | None
    room_type: str
    room_label: str | None
    sequence_order: int
    motion_prompt: str | None
    transition_type: str  # cut | seamless
    transition_clip_url: str | None
    clip_url: str | None
    duration_seconds: int
    status: str  # pending | processing | completed | failed
    error_message: str | None
    metadata: Json | None
    created_at: datetime
    updated_at: datetime


@value
class VideoProject:
    """A video; costs are US cents, `music_volume` is percent, `revision` counts its starts."""

    id: UUID
    workspace_id: UUID
    user_id: UUID
    name: str
    description: str | None
    aspect_ratio: str  # 16:9 | 9:16 | 1:1
    music_track_id: UUID | None
    music_volume: int
    generate_native_audio: bool
    final_video_url: str | None
    thumbnail_url: str | None
    duration_seconds: int | None
    status: str  # draft | generating | compiling | completed | failed
    clip_count: int
    completed_clip_count: int
    estimated_cost: int
    actual_cost: int | None
    error_message: str | None
    trigger_run_id: UUID | None
    trigger_access_token: str | None = field(repr=False)
    metadata: Json | None
    created_at: datetime
    updated_at: datetime
    revision: int
    clearance: str  # none (again once it has failed) | requested | cleared | payment_required
    version: int


@value
class VideoProjectWithClips(VideoProject):
    """A video, its clips in order, and once it is finished the film."""

    clips: tuple[VideoClip, ...]
    film: Film | None
    thumbnail: Thumbnail | None


@value
class GetVideo(Asked[VideoProjectWithClips]):
    """Return a video with its clips, and its film once that is there."""

    video_project_id: UUID


@value
class ListVideos(Listing[VideoProject]):
    """Return a page of the workspace's videos."""
