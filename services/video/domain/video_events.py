"""What can happen to a video: drafted, paid for, at work, ended."""

from datetime import datetime
from uuid import UUID

from chassis.domain import value
from video.domain.clips import Clip
from video.domain.pictures import Source
from video.domain.plan import Settings


@value
class FilmFile:
    """A finished film and its thumbnail, as blobs."""

    key: str
    sha256: str
    size: int  # bytes
    thumbnail_key: str
    thumbnail_sha256: str
    thumbnail_size: int
    duration_ms: int
    duration_seconds: int
    parts_ms: tuple[int, ...]  # as measured: its pieces in their order, then the end card


@value
class ClipEnd:
    """What has become of a clip in a run: where it lies, and what follows it, or why not."""

    clip_id: UUID
    clip_key: str | None
    transition_key: str | None
    cause: str | None  # an error's code; of the transition where the clip itself is there


@value
class VideoCreated:
    workspace_id: UUID
    user_id: UUID
    settings: Settings
    clips: tuple[Clip, ...]
    price_list: str
    estimated_cost_cents: int
    revision: int


@value
class SettingsChanged:
    settings: Settings
    estimated_cost_cents: int


@value
class ClipsChanged:
    """The clips as they stand now, in their order; one event for every way to change them."""

    clips: tuple[Clip, ...]
    removed: tuple[UUID, ...]
    estimated_cost_cents: int
    anew: tuple[str, ...] = ()  # names of pictures that were set again: they are copied again


@value
class ImageForgotten:
    """Media has deleted an image that these clips show; our copy stays."""

    image_generation_id: UUID
    clip_ids: tuple[UUID, ...]


@value
class StartRequested:
    """Billing is asked; `run` counts these, `revision` the films."""

    run: int
    revision: int
    max_price_ore: int | None
    progress_sha256: str | None
    then: str  # start | retry | drop
    cap_cents: int  # what the video may cost, all its revisions together


@value
class StartCleared:
    run: int


@value
class PaymentDemanded:
    run: int
    reason: str


@value
class StartWithdrawn:
    """Nobody wants it any more, whatever billing says of it."""


@value
class RunBegun:
    revision: int
    progress_sha256: str | None
    then: str  # start | retry | drop
    cap_cents: int
    clip_ids: tuple[UUID, ...]  # all, in their order: they are at work from now on


@value
class SourcesTaken:
    """These pictures lie in our own blobs now, besides those that did before."""

    sources: tuple[Source, ...]


@value
class CompileBegun:
    """All pieces have ended; they are being joined."""

    revision: int


@value
class RunEnded:
    revision: int
    run: int
    outcome: str  # completed | failed | cancelled | held
    reason: str | None  # sources_unavailable | clips_failed | compile_failed | over_budget
    cause: str | None  # an error's code
    failed_count: int  # clips that could not be made
    clips: tuple[ClipEnd, ...]  # all
    film: FilmFile | None
    cost_micro_usd: int
    at: datetime


@value
class CostNoted:
    """A piece was paid for after the run that asked for it had ended."""

    cost_micro_usd: int


@value
class RevisionOpened:
    revision: int
    clearance: str  # none | cleared


@value
class CapRaised:
    cap_cents: int
    reason: str


@value
class VideoRemoved:
    clip_ids: tuple[UUID, ...]
    revision: int  # the last one: it and all before it may have a film


Event = (
    VideoCreated
    | SettingsChanged
    | ClipsChanged
    | ImageForgotten
    | StartRequested
    | StartCleared
    | PaymentDemanded
    | StartWithdrawn
    | RunBegun
    | SourcesTaken
    | CompileBegun
    | RunEnded
    | CostNoted
    | RevisionOpened
    | CapRaised
    | VideoRemoved
)
