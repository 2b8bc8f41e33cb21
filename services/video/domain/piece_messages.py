"""What a piece is told to do, and what can happen to it."""

from uuid import UUID

from chassis.domain import value
from video.domain.plan import Spec


@value
class Result:
    """A rendered piece, as a blob."""

    key: str
    sha256: str
    size: int  # bytes
    duration_ms: int


@value
class WantPiece:
    """A video needs this piece."""

    workspace_id: UUID
    video_project_id: UUID
    spec: Spec
    pictures: tuple[str, ...]  # blobs: what it shows, and what it leads to


@value
class CompletePiece:
    """It was made, at the `attempts`-th try, by that model if a provider did."""

    result: Result
    attempts: int
    cost_micro_usd: int = 0
    model: str | None = None


@value
class FailPiece:
    """The last attempt has failed; `cause` is an error's code."""

    cause: str
    attempts: int
    cost_micro_usd: int = 0


@value
class Forgo:
    """A video does not need it any more; `goes_on`: it is finished all the same."""

    video_project_id: UUID
    goes_on: bool


@value
class Forget:
    """Its blob is gone, or is about to go."""


@value
class Purge:
    """Its workspace is emptied: it is neither kept nor made, whoever wants it."""


@value
class PieceWanted:
    """It has to be rendered, for the first time or after it failed."""

    workspace_id: UUID
    video_project_id: UUID
    spec: Spec
    pictures: tuple[str, ...]  # blobs: what it shows, and what it leads to


@value
class PieceSharedWith:
    """Another video wants the piece that is being rendered already."""

    video_project_id: UUID


@value
class PieceCompleted:
    result: Result
    attempts: int
    cost_micro_usd: int = 0
    model: str | None = None


@value
class PieceFailed:
    cause: str
    attempts: int
    cost_micro_usd: int = 0


@value
class PieceForgone:
    video_project_id: UUID
    goes_on: bool  # for others, or for whoever wants it next: a provider is paid, or it was held


@value
class PieceForgotten:
    pass


Command = WantPiece | CompletePiece | FailPiece | Forgo | Forget | Purge
Event = PieceWanted | PieceSharedWith | PieceCompleted | PieceFailed | PieceForgone | PieceForgotten
