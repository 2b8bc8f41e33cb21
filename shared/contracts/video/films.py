"""Films: the seed's rows, with links to the film and its thumbnail once they are there."""

from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Json, Listing
from chassis.domain import value


@value
class Film:
    """A finished film or its thumbnail (`size` in bytes), and a link by which anybody may read it.

    The link holds for 15 minutes.
    """

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
    source_image_url: str  # media:<image>, blob:<upload> or address: until it is copied: blob:<key>
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
    """A video; costs are US cents, `music_volume` is percent, `revision` counts its films."""

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
    thumbnail: Film | None


@value
class GetVideo(Asked[VideoProjectWithClips]):
    """Return a video with its clips, and its film once that is there; or that of a revision."""

    video_project_id: UUID
    revision: int | None = None


@value
class ListVideos(Listing[VideoProject]):
    """Return a page of the workspace's videos."""

    status: Literal["draft", "generating", "compiling", "completed", "failed"] | None = None


@value
class VideoStats:
    """How many videos a workspace has, and what making them has cost, in US cents."""

    total: int
    draft: int
    processing: int  # generating or compiling
    completed: int
    failed: int
    actual_cost_cents: int


@value
class GetVideoStats(Asked[VideoStats]):
    """Return the workspace's figures."""


@value
class ManifestPicture:
    """A still picture that is seen, and how it came to be, as far as that is known.

    Hashes are SHA-256; `original_sha256` is that of the photograph as it was taken. `engine` and
    `model` made this version of it.
    """

    image_generation_id: UUID | None
    image_version: int | None
    source_sha256: str
    original_sha256: str | None
    engine: str | None
    model: str | None
    alteration: str | None  # none | technical | material


@value
class ManifestPart:
    """What is seen from one moment to another, and how it came to be.

    Of a transition, the clip that it follows. What stands here of a picture is that of the first
    of `pictures`, the ones it moves through; `alteration` is the strongest of all of theirs.
    `engine`, `model` and `prompt` are what has set them moving.
    """

    from_ms: int
    to_ms: int
    kind: Literal["clip", "transition", "end_card"]
    clip_id: UUID | None
    image_generation_id: UUID | None
    image_version: int | None
    source_sha256: str | None
    original_sha256: str | None
    engine: str
    model: str | None
    prompt: str | None
    alteration: str | None
    pictures: tuple[ManifestPicture, ...]


@value
class ManifestMusic:
    """The music of a film, as it was licensed."""

    track_id: UUID
    name: str
    license_type: str
    attribution: str | None


@value
class Manifest:
    """How a film came to be, moment by moment."""

    revision: int
    duration_ms: int
    film_sha256: str
    parts: tuple[ManifestPart, ...]
    music: ManifestMusic | None
    dropped_clip_ids: tuple[UUID, ...]
    disclosure: str


@value
class GetManifest(Asked[Manifest]):
    """Return how the film of a revision came to be; of the last one that was made."""

    video_project_id: UUID
    revision: int | None = None
