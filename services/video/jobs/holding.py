"""`hold_work`: in a workspace that is suspended or closed, each film at work is held, a unit each.

What is being made is finished, what waits is taken back, and what is being joined goes on. Nothing
that was held begins again by itself: it waits for another start, and finds what was made.
"""

from functools import partial
from typing import Any
from uuid import UUID

from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from video import filming, starting
from video.domain import video_project
from video.domain.video_messages import Hold
from video.domain.video_state import Running
from video.projections import video_rows

HOLD_WORK = "hold_work"
AHEAD_S = 86_400  # of what waits: else one thread would do first what it is to take back
AGAIN_S = 60


def job(workspace_id: UUID) -> Job:
    """Return the job that a suspension or a closing asks for."""
    return Job(kind=HOLD_WORK, subject=workspace_id, delay_s=-AHEAD_S)


def kind(app: App) -> Kind:
    """Return how films at work are held."""
    return Kind(
        name=HOLD_WORK,
        run=partial(_hold, app),
        finish=_once_more,
        give_up=_once_more,
        attempts=8,
        timeout_s=300,
        backoff_s=(5, 15, 60, 300),
    )


def _hold(app: App, task: Task, control: Control) -> None:
    for video_id in app.query(lambda db: video_rows.running_of(db, task.subject)):
        control.check()
        app.attempt(call_of(app, task, video_id), partial(_held, task.subject, video_id))


def _held(workspace_id: UUID, video_id: UUID, unit: Unit) -> None:
    """Hold one film, unless it is being joined or its workspace may go on again."""
    state = unit.state(video_project.decider, video_id)
    if not isinstance(state, Running) or state.joining:
        return
    if starting.is_barred(unit, workspace_id):
        end = filming.held(unit, video_id, state.video)
        unit.decide(video_project.decider, video_id, Hold(end=end))


def _once_more(unit: Unit, task: Task, _: Any) -> None:
    """Look again in a minute: who had looked just before the suspension has begun something."""
    if not task.args.get("again"):
        successor = Job(kind=HOLD_WORK, subject=task.subject, args={"again": True}, delay_s=AGAIN_S)
        unit.queue(successor, task.workspace_id)
