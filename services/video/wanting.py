"""Pieces are wanted by videos, and left: forgone, or taken back before anybody has begun."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from asking.kept import is_asked
from chassis.unit.deciding import Unit
from chassis.unit.store import stream_name
from video.domain import piece, video_project
from video.domain.film_messages import Made
from video.domain.film_state import Film
from video.domain.pictures import Source
from video.domain.piece import Rendered, Rendering
from video.domain.piece_messages import Forgo, WantPiece
from video.domain.plan import Wanted
from video.kinds import PIECES

Leave = Callable[[Unit, UUID, UUID, Rendering], None]


def want(
    unit: Unit, video_id: UUID, wanted: Sequence[Wanted], sources: Iterable[Source]
) -> list[Made]:
    """Have pieces made for a video; return those that are there."""
    workspace_id = unit.state(video_project.decider, video_id).workspace_id
    keys = {each.sha256: each.key for each in sources}
    unit.preload((piece.decider, each.piece_id) for each in wanted)
    made = []
    for each in wanted:
        pictures = (each.spec.source_sha256, each.spec.end_sha256)
        want = WantPiece(
            workspace_id=workspace_id,
            video_project_id=video_id,
            spec=each.spec,
            pictures=tuple(keys[sha256] for sha256 in pictures if sha256 is not None),
        )
        state = unit.decide(piece.decider, each.piece_id, want).state
        if isinstance(state, Rendered):
            made.append(Made(piece_id=each.piece_id, key=state.key))
    return made


def leave(unit: Unit, video_id: UUID, of: Film, how: Leave) -> None:
    """Leave what is not there yet; who asks a provider meanwhile comes before this, or after."""
    pieces = [each for each in of.unfinished if each not in of.lost]
    names = {each: stream_name(piece.decider.name, each) for each in pieces}
    # another film of the same pieces may have left them in this unit
    unit.hold(piece.decider, *(each for each in pieces if names[each] not in unit.held))
    unit.preload((piece.decider, each) for each in pieces)
    for piece_id in pieces:
        state = unit.state(piece.decider, piece_id)
        if isinstance(state, Rendering) and video_id in state.wanted_by:
            how(unit, video_id, piece_id, state)


def forgo(unit: Unit, video_id: UUID, piece_id: UUID, state: Rendering) -> None:
    """Forgo a piece; one that a provider may have taken goes on, as it is paid for."""
    command = Forgo(video_project_id=video_id, goes_on=is_asked(unit.connection, piece_id))
    unit.decide(piece.decider, piece_id, command)


def take_back(unit: Unit, video_id: UUID, piece_id: UUID, state: Rendering) -> None:
    """Forgo a piece, and let it be finished where others want it or somebody has begun with it.

    One whose call may have been taken has begun, though its job waits since who posted it died.
    """
    is_begun = (
        len(state.wanted_by) > 1
        or is_asked(unit.connection, piece_id)
        or not any([unit.withdraw(kind, piece_id) for kind in PIECES])
    )
    unit.decide(piece.decider, piece_id, Forgo(video_project_id=video_id, goes_on=is_begun))
