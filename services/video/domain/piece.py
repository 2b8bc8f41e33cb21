"""A piece: one clip or transition of a workspace, rendered once for all films that want it."""

from dataclasses import replace
from uuid import UUID

from chassis.domain import Decider, value
from video.domain.piece_messages import (
    Command,
    CompletePiece,
    Event,
    FailPiece,
    Forget,
    Forgo,
    PieceCompleted,
    PieceFailed,
    PieceForgone,
    PieceForgotten,
    PieceSharedWith,
    PieceWanted,
    Purge,
    WantPiece,
)
from video.domain.plan import Spec


@value
class Of:
    """What stays of a piece, whatever becomes of it."""

    workspace_id: UUID
    spec: Spec
    asked_by: UUID  # the video that pays for it
    retries: int  # how often it was wanted again after it was lost


@value
class Rendering:
    of: Of
    wanted_by: tuple[UUID, ...]  # the videos to be told of its end

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.of.workspace_id


@value
class Rendered:
    of: Of
    wanted_by: tuple[UUID, ...]
    key: str

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.of.workspace_id


@value
class Lost:
    """It is not there, and nobody makes it."""

    of: Of
    wanted_by: tuple[UUID, ...]
    cause: str  # an error's code; empty where it was forgone or forgotten

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.of.workspace_id


Piece = Rendering | Rendered | Lost


def decide(piece: Piece | None, command: Command) -> list[Event]:
    match piece, command:
        case None | Lost(), WantPiece():
            return [
                PieceWanted(
                    workspace_id=command.workspace_id,
                    video_project_id=command.video_project_id,
                    spec=command.spec,
                    pictures=command.pictures,
                )
            ]
        case Rendering(), WantPiece() if command.video_project_id in piece.wanted_by:
            return []
        case Rendering(), WantPiece():
            return [PieceSharedWith(video_project_id=command.video_project_id)]
        case Rendered(), WantPiece():
            return []
        case Rendering(), CompletePiece():
            return [
                PieceCompleted(
                    result=command.result,
                    attempts=command.attempts,
                    cost_micro_usd=command.cost_micro_usd,
                    model=command.model,
                )
            ]
        case Rendering(), FailPiece():
            return [
                PieceFailed(
                    cause=command.cause,
                    attempts=command.attempts,
                    cost_micro_usd=command.cost_micro_usd,
                )
            ]
        case Rendering(), Forgo() if command.video_project_id not in piece.wanted_by:
            return []
        case Rendering(), Forgo():
            goes_on = len(piece.wanted_by) > 1 or command.goes_on
            return [PieceForgone(video_project_id=command.video_project_id, goes_on=goes_on)]
        case Rendered(), Forget() | Purge():
            return [PieceForgotten()]
        case Rendering(), Purge():
            return [PieceForgone(video_project_id=piece.of.asked_by, goes_on=False)]
        case Rendering() | Lost(), Forget():
            return []
        case Rendered() | Lost(), CompletePiece() | FailPiece() | Forgo():
            return []
        case Lost(), Purge():
            return []
        case _:
            raise AssertionError(f"{command} needs a piece")


def evolve(piece: Piece | None, event: Event) -> Piece:
    match piece, event:
        case None | Lost(), PieceWanted():
            of = Of(
                workspace_id=event.workspace_id,
                spec=event.spec,
                asked_by=event.video_project_id,
                retries=0 if piece is None else piece.of.retries + 1,
            )
            return Rendering(of=of, wanted_by=(event.video_project_id,))
        case Rendering(), PieceSharedWith():
            return replace(piece, wanted_by=(*piece.wanted_by, event.video_project_id))
        case Rendering(), PieceCompleted():
            return Rendered(of=piece.of, wanted_by=piece.wanted_by, key=event.result.key)
        case Rendering(), PieceFailed():
            return Lost(of=piece.of, wanted_by=piece.wanted_by, cause=event.cause)
        case Rendering(), PieceForgone():
            left = tuple(each for each in piece.wanted_by if each != event.video_project_id)
            if event.goes_on:
                return replace(piece, wanted_by=left)
            return Lost(of=piece.of, wanted_by=left, cause="")
        case Rendered(), PieceForgotten():
            return Lost(of=piece.of, wanted_by=(), cause="")
        case _:
            raise AssertionError(f"{event} cannot follow {piece}")


decider = Decider(
    name="piece",
    decide=decide,
    evolve=evolve,
    events=(
        PieceWanted,
        PieceSharedWith,
        PieceCompleted,
        PieceFailed,
        PieceForgone,
        PieceForgotten,
    ),
    creates=(WantPiece,),
)
