"""A piece: one clip or transition of a workspace, rendered once for all films that want it."""

from uuid import UUID

from chassis.domain import Decider, value
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


@value
class CompletePiece:
    """It was rendered, at the `attempts`-th try."""

    result: Result
    attempts: int


@value
class FailPiece:
    """The last attempt has failed; `cause` is an error's code."""

    cause: str
    attempts: int


@value
class PieceWanted:
    """It has to be rendered, for the first time or after it failed."""

    workspace_id: UUID
    video_project_id: UUID
    spec: Spec


@value
class PieceSharedWith:
    """Another video wants the piece that is being rendered already."""

    video_project_id: UUID


@value
class PieceCompleted:
    result: Result
    attempts: int


@value
class PieceFailed:
    cause: str
    attempts: int


@value
class Rendering:
    workspace_id: UUID
    spec: Spec
    wanted_by: tuple[UUID, ...]  # the videos to be told of its end


@value
class Rendered:
    workspace_id: UUID
    wanted_by: tuple[UUID, ...]
    key: str


@value
class Lost:
    workspace_id: UUID
    wanted_by: tuple[UUID, ...]
    cause: str


Piece = Rendering | Rendered | Lost
Command = WantPiece | CompletePiece | FailPiece
Event = PieceWanted | PieceSharedWith | PieceCompleted | PieceFailed


def decide(piece: Piece | None, command: Command) -> list[Event]:
    match piece, command:
        case None | Lost(), WantPiece():
            return [
                PieceWanted(
                    workspace_id=command.workspace_id,
                    video_project_id=command.video_project_id,
                    spec=command.spec,
                )
            ]
        case Rendering(), WantPiece() if command.video_project_id in piece.wanted_by:
            return []
        case Rendering(), WantPiece():
            return [PieceSharedWith(video_project_id=command.video_project_id)]
        case Rendered(), WantPiece():
            return []
        case Rendering(), CompletePiece():
            return [PieceCompleted(result=command.result, attempts=command.attempts)]
        case Rendering(), FailPiece():
            return [PieceFailed(cause=command.cause, attempts=command.attempts)]
        case Rendered() | Lost(), CompletePiece() | FailPiece():
            return []
        case _:
            raise AssertionError(f"{command} needs a piece")


def evolve(piece: Piece | None, event: Event) -> Piece:
    match piece, event:
        case None | Lost(), PieceWanted():
            return Rendering(
                workspace_id=event.workspace_id,
                spec=event.spec,
                wanted_by=(event.video_project_id,),
            )
        case Rendering(), PieceSharedWith():
            return Rendering(
                workspace_id=piece.workspace_id,
                spec=piece.spec,
                wanted_by=(*piece.wanted_by, event.video_project_id),
            )
        case Rendering(), PieceCompleted():
            return Rendered(
                workspace_id=piece.workspace_id, wanted_by=piece.wanted_by, key=event.result.key
            )
        case Rendering(), PieceFailed():
            return Lost(
                workspace_id=piece.workspace_id, wanted_by=piece.wanted_by, cause=event.cause
            )
        case _:
            raise AssertionError(f"{event} cannot follow {piece}")


decider = Decider(
    name="piece",
    decide=decide,
    evolve=evolve,
    events=(PieceWanted, PieceSharedWith, PieceCompleted, PieceFailed),
    creates=(WantPiece,),
)
