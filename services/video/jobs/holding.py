"""What `hold_work` does in video: each film at work is held, a unit each.

What is being made is finished, what waits is taken back, and what is being joined goes on; another
start finds what was made.
"""

from functools import partial
from uuid import UUID

from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from emptying import holding
from video import filming, starting
from video.domain import video_project
from video.domain.video_messages import Hold
from video.domain.video_state import Running
from video.projections import video_rows


def kind(app: App) -> Kind:
    """Return how films at work are held."""
    return holding.kind(partial(_hold, app))


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
