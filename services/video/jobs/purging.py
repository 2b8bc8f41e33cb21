"""`purge_workspace`: what is in a workspace goes, each video by itself, then pieces and files.

Of a closed workspace when its time has come, of one that was erased at once. Invoices are billing's
and stay.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from asking import kept as calls
from asking.kept import Call
from asking.leaving import cancel_provider
from chassis.errors import ServiceError
from chassis.hearing import forgetting as erasures
from chassis.hearing.forgetting import Kept
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from video import kept, removing
from video.domain import piece
from video.domain.piece_messages import Purge
from video.jobs import forgetting
from video.projections import pieces, video_rows

PURGE_WORKSPACE = "purge_workspace"


def of_closed(workspace_id: UUID, wait: timedelta) -> Job:
    """Return the job that a closing asks for: what is in the workspace goes when that is over."""
    return Job(kind=PURGE_WORKSPACE, subject=workspace_id, delay_s=round(wait.total_seconds()))


def of_erased(workspace_id: UUID, erasure_id: UUID, user_id: UUID) -> Job:
    """Return the job that an erasure asks for: what is in the workspace goes at once."""
    args = {"erasure_id": erasure_id, "user_id": user_id}
    return Job(kind=PURGE_WORKSPACE, subject=workspace_id, args=args, name=str(erasure_id))


def kind(app: App) -> Kind:
    """Return how a workspace is emptied."""
    return Kind(
        name=PURGE_WORKSPACE,
        run=partial(_purge, app),
        finish=_finish,
        give_up=_give_up,
        attempts=8,
        timeout_s=300,
        backoff_s=(5, 15, 60, 300),
    )


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


def _finish(unit: Unit, task: Task, _: Any) -> None:
    """Let the files go, and what was written of the workspace; say that nothing is left of it."""
    erasures.erase(unit, [task.subject])
    for statement in kept.forgotten(task.subject):
        unit.execute(statement)
    unit.execute(calls.forget_calls(task.subject))
    unit.queue(forgetting.of_workspace(task.subject), task.subject)
    _say(unit, task, ())


def _give_up(unit: Unit, task: Task, error: ServiceError) -> None:
    """Say that there is something left: somebody must look."""
    _say(unit, task, [Kept(what="projects", until=None)])


def _say(unit: Unit, task: Task, stays: Sequence[Kept]) -> None:
    if "erasure_id" in task.args:
        erasure_id, user_id = UUID(task.args["erasure_id"]), UUID(task.args["user_id"])
        erasures.say(unit, erasure_id, user_id, stays)
