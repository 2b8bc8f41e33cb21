"""What a video is told to do. Who asks is named where a person does: None is one of ours."""

from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, value
from video.domain.clips import Clip
from video.domain.music_track import NO_MUSIC, Music
from video.domain.pictures import Source
from video.domain.plan import Settings
from video.domain.video_events import ClipEnd, FilmFile


@value
class By:
    """Who asks: a member changes their own videos, who stands above a member changes any."""

    user_id: UUID
    any_video: bool


@value
class CreateVideo:
    workspace_id: UUID
    user_id: UUID
    settings: Settings
    clips: tuple[Clip, ...]
    music: Music = NO_MUSIC
    same_texts: bool = True  # for a repeat: whether description, labels, words are as they were


@value
class Update:
    by: By
    settings: Settings
    music: Music = NO_MUSIC  # asked where the track is another than before
    same_texts: bool = True


@value
class MayChange:
    """Ask whether a video is somebody's to change; nothing is written."""

    by: By


@value
class SetClips:
    by: By
    clips: tuple[Clip, ...]
    same_texts: bool = True
    anew: tuple[str, ...] = ()  # names of pictures that were set again


@value
class Reorder:
    """Have the clips stand in this order: all of those that are there, each once."""

    by: By
    clip_ids: tuple[UUID, ...]


@value
class Starting:
    """What every start is asked with."""

    by: By
    is_barred: bool  # nothing may be begun in its workspace
    needed_cents: int  # for the pieces that are not there
    budget_cents: int  # of a video, where no higher cap was given
    max_price_ore: int | None = None
    progress_sha256: str | None = None


@value
class StartVideo:
    start: Starting


@value
class RetryFailed:  # alone
    start: Starting


@value
class CompileWithoutFailed:
    """Have the film made of the clips that are there."""

    start: Starting


@value
class NoteCleared:
    workspace_id: UUID
    run: int
    is_barred: bool


@value
class NotePaymentRequired:
    workspace_id: UUID
    run: int
    reason: str


@value
class NoteSources:
    """These pictures of the run's clips are in our own blobs."""

    revision: int
    sources: tuple[Source, ...]


@value
class Ended:
    """What a run has come to: its clips, and what was charged."""

    clips: tuple[ClipEnd, ...] = ()
    cost_micro_usd: int = 0


@value
class NoteSourcesMissing:
    revision: int
    cause: str  # an error's code
    end: Ended  # what the run was to go on with
    at: datetime = UNTIMED


@value
class NoteCompileStarted:
    revision: int


@value
class NoteFilmEnded:
    """The film of that revision was made and has been verified, or is broken."""

    revision: int
    end: Ended
    film: FilmFile | None = None
    reason: str | None = None
    cause: str | None = None
    failed_count: int = 0
    at: datetime = UNTIMED


@value
class NoteCost:
    """What was charged for a piece that no run waits for any more."""

    cost_micro_usd: int


@value
class Cancel:
    by: By
    end: Ended
    at: datetime = UNTIMED


@value
class Hold:
    """Its workspace may not go on: it waits for another start."""

    end: Ended
    at: datetime = UNTIMED


@value
class OpenRevision:
    by: By


@value
class ForgetImage:
    image_generation_id: UUID


@value
class RaiseCap:
    """For system admins: let a video cost more."""

    cap_cents: int
    budget_cents: int
    reason: str


@value
class Remove:
    by: By | None
    end: Ended
    at: datetime = UNTIMED


Command = (
    CreateVideo
    | MayChange
    | Update
    | SetClips
    | Reorder
    | StartVideo
    | RetryFailed
    | CompileWithoutFailed
    | NoteCleared
    | NotePaymentRequired
    | NoteSources
    | NoteSourcesMissing
    | NoteCompileStarted
    | NoteFilmEnded
    | NoteCost
    | Cancel
    | Hold
    | OpenRevision
    | ForgetImage
    | RaiseCap
    | Remove
)
