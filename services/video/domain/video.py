"""What can be asked of a video, what can happen to it, and what it can be."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, value
from video.domain.plan import Settings, Source, Wanted


@value
class Film:
    """A finished film and its thumbnail, as blobs."""

    key: str
    sha256: str
    size: int  # bytes
    thumbnail_key: str
    duration_seconds: int


@value
class CreateVideo:
    workspace_id: UUID
    user_id: UUID
    settings: Settings
    music_track_id: UUID | None = None
    same_texts: bool = True  # for a repeat: whether description and labels are as they were


@value
class StartVideo:
    max_price_ore: int | None
    is_barred: bool  # nothing may be begun in its workspace, as in what follows


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
    """The pictures of all clips are in our own blobs."""

    revision: int
    sources: tuple[Source, ...]


@value
class NoteSourcesMissing:
    revision: int
    cause: str  # an error's code, as in all that follows


@value
class NotePieceFinished:
    piece_id: UUID
    key: str


@value
class NotePieceFailed:
    piece_id: UUID
    cause: str


@value
class NoteFilm:
    """The film of that revision was made and has been verified."""

    revision: int
    film: Film
    at: datetime = UNTIMED


@value
class NoteCompileFailed:
    revision: int
    cause: str


@value
class VideoCreated:
    workspace_id: UUID
    user_id: UUID
    settings: Settings
    price_list: str
    estimated_cost_cents: int
    revision: int


@value
class StartRequested:
    revision: int
    max_price_ore: int | None


@value
class StartCleared:
    revision: int
    begins: bool = True  # else the next start does


@value
class RunBegun:
    """A video that had been cleared while nothing might be begun was started."""

    revision: int


@value
class PaymentDemanded:
    revision: int
    reason: str


@value
class GenerationStarted:
    revision: int
    wanted: tuple[Wanted, ...]


@value
class PieceFinished:
    revision: int
    piece_id: UUID
    kind: str
    clip_ids: tuple[UUID, ...]
    key: str


@value
class ClipFailed:
    revision: int
    piece_id: UUID
    clip_ids: tuple[UUID, ...]
    cause: str


@value
class TransitionDropped:
    """A transition could not be made: these clips end in a cut."""

    revision: int
    piece_id: UUID
    clip_ids: tuple[UUID, ...]
    cause: str


@value
class CompileStarted:
    revision: int
    pieces: tuple[str, ...]  # blobs, in the order of the film


@value
class FilmCompiled:
    revision: int
    film: Film
    actual_cost_cents: int
    at: datetime


@value
class VideoFailed:
    revision: int
    failed_count: int  # clips that could not be made
    reason: str  # sources_unavailable | clips_failed | compile_failed
    cause: str


@value
class Video:
    """What every state of a video holds."""

    workspace_id: UUID
    user_id: UUID
    settings: Settings
    revision: int

    def is_as_in(self, command: CreateVideo) -> bool:
        """Return whether that creation is this video's own, once more."""
        asked = (command.workspace_id, command.user_id, command.settings)
        same = asked == (self.workspace_id, self.user_id, self.settings)
        return same and command.same_texts and command.music_track_id is None

    def is_run(self, command: NoteCleared | NotePaymentRequired) -> bool:
        """Return whether billing speaks of this video's present run."""
        return (command.workspace_id, command.run) == (self.workspace_id, self.revision)


@value
class Draft(Video):
    clearance: str  # none | requested | payment_required | cleared

    def is_cleared_by(self, command: NoteCleared) -> bool:
        """Return whether that clearance is what it waits for."""
        return self.clearance != "cleared" and self.is_run(command)


@value
class Cleared(Video):
    """Paid for; the pictures are being fetched."""


@value
class Generating(Video):
    wanted: tuple[Wanted, ...]
    keys: Mapping[UUID, str]  # finished piece -> its blob
    lost: frozenset[UUID]  # pieces that failed

    def awaited(self, piece_id: UUID) -> Wanted | None:
        """Return the piece if this video wants it and has not heard of its end."""
        open_ = (each for each in self.wanted if each.piece_id == piece_id)
        return None if piece_id in self.keys or piece_id in self.lost else next(open_, None)


@value
class Compiling(Video):
    pass


@value
class Completed(Video):
    pass


@value
class Failed(Video):
    pass


Command = (
    CreateVideo
    | StartVideo
    | NoteCleared
    | NotePaymentRequired
    | NoteSources
    | NoteSourcesMissing
    | NotePieceFinished
    | NotePieceFailed
    | NoteFilm
    | NoteCompileFailed
)
Event = (
    VideoCreated
    | StartRequested
    | StartCleared
    | RunBegun
    | PaymentDemanded
    | GenerationStarted
    | PieceFinished
    | ClipFailed
    | TransitionDropped
    | CompileStarted
    | FilmCompiled
    | VideoFailed
)
State = Draft | Cleared | Generating | Compiling | Completed | Failed
