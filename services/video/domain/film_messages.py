"""What a film is told to do, and what can happen to it."""

from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, value
from video.domain.clips import Clip
from video.domain.pictures import Source
from video.domain.plan import Wanted
from video.domain.video_events import FilmFile


@value
class Track:
    """The music of a film as it was chosen: it stays, whatever becomes of the track."""

    track_id: UUID
    name: str
    license_type: str
    attribution: str | None
    audio_key: str


@value
class Look:
    """How a film looks and sounds, beside its pieces."""

    aspect_ratio: str
    native_audio: bool
    music: Track | None = None
    music_volume: int = 50
    logo_key: str | None = None  # a picture over the whole film
    card_key: str | None = None  # a picture at its end


@value
class Made:
    """A piece that is there."""

    piece_id: UUID
    key: str


@value
class Begin:
    workspace_id: UUID
    video_project_id: UUID
    revision: int
    clips: tuple[Clip, ...]
    sources: tuple[Source, ...]  # of the clips
    wanted: tuple[Wanted, ...]
    made: tuple[Made, ...]  # of these, the ones that are there already
    look: Look


@value
class PieceEnded:
    """A piece was made, or was lost: `cause` is an error's code."""

    piece_id: UUID
    key: str | None = None
    cause: str | None = None
    cost_micro_usd: int = 0


@value
class NoteCost:
    """What a video has cost by now is compared with what it may."""

    spent_micro_usd: int  # before this film's run
    cap_cents: int


@value
class NotePiecesMissing:
    piece_ids: tuple[UUID, ...]


@value
class NoteFilm:
    film: FilmFile
    at: datetime = UNTIMED


@value
class NoteCompileFailed:
    cause: str


@value
class Resume:
    pass


@value
class Drop:
    pass


@value
class Stop:
    pass


Command = (
    Begin
    | PieceEnded
    | NoteCost
    | NotePiecesMissing
    | NoteFilm
    | NoteCompileFailed
    | Resume
    | Drop
    | Stop
)


@value
class FilmBegun:
    workspace_id: UUID
    video_project_id: UUID
    revision: int
    clips: tuple[Clip, ...]
    sources: tuple[Source, ...]
    wanted: tuple[Wanted, ...]
    made: tuple[Made, ...]
    look: Look


@value
class PieceFinished:
    piece_id: UUID
    key: str
    cost_micro_usd: int


@value
class ClipFailed:
    piece_id: UUID
    clip_ids: tuple[UUID, ...]
    cause: str
    cost_micro_usd: int = 0


@value
class TransitionDropped:
    """A transition could not be made: these clips end in a cut."""

    piece_id: UUID
    clip_ids: tuple[UUID, ...]
    cause: str
    cost_micro_usd: int = 0


@value
class CompileStarted:
    pieces: tuple[str, ...]  # blobs, in the order of the film


@value
class PiecesMissing:
    """Pieces that were there are gone: they are wanted again."""

    piece_ids: tuple[UUID, ...]


@value
class FilmMade:
    film: FilmFile
    music: Track | None
    at: datetime


@value
class FilmFailed:
    reason: str  # clips_failed | compile_failed | over_budget
    cause: str
    failed_count: int


@value
class FilmStopped:
    pass


@value
class FilmResumed:
    piece_ids: tuple[UUID, ...]  # that are wanted again


@value
class ClipsDropped:
    clip_ids: tuple[UUID, ...]


Event = (
    FilmBegun
    | PieceFinished
    | ClipFailed
    | TransitionDropped
    | CompileStarted
    | PiecesMissing
    | FilmMade
    | FilmFailed
    | FilmStopped
    | FilmResumed
    | ClipsDropped
)
