"""What `purge_workspace` does in video: each video goes by itself, then pieces and calls."""

from functools import partial
from uuid import UUID

from asking import kept as calls
from asking.kept import Call
from asking.leaving import cancel_provider
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from emptying import purging
from video import kept, removing
from video.domain import piece
from video.domain.piece_messages import Purge
from video.projections import pieces, video_rows


def kind(app: App) -> Kind:
    """Return how a workspace is emptied."""
    return purging.kind(partial(_purge, app), _emptied)


def _purge(app: App, task: Task, control: Control) -> None:
    for video_id in app.query(lambda db: video_rows.of_workspace(db, task.subject)):
        control.check()
        app.attempt(call_of(app, task, video_id), partial(_remove, video_id))
    for piece_id in app.query(lambda db: pieces.of_workspace(db, task.subject)):
        control.check()
        app.attempt(call_of(app, task, piece_id), partial(_purge_piece, piece_id))
    for call in app.query(lambda db: calls.open_in(db, task.subject)):
        control.check()
        app.attempt(call_of(app, task, call.id), partial(_leave, call))


def _remove(video_id: UUID, unit: Unit) -> None:
    removing.video(unit, video_id, by=None)


def _purge_piece(piece_id: UUID, unit: Unit) -> None:
    """Let a piece go; one that is being made is wanted by nobody, but was let go on."""
    unit.decide(piece.decider, piece_id, Purge())


def _leave(call: Call, unit: Unit) -> None:
    """Have the provider leave a piece that nobody wants; what it makes all the same is not kept."""
    unit.queue(cancel_provider(UUID(call.subject), call.retries), UUID(call.workspace_id))


def _emptied(unit: Unit, workspace_id: UUID) -> None:
    for statement in (*kept.forgotten(workspace_id), calls.forget_calls(workspace_id)):
        unit.execute(statement)
