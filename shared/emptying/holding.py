"""`hold_work`: in a workspace that is suspended or closed, what waits is taken back.

Nothing that was taken back begins again by itself: it waits for another start.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit

HOLD_WORK = "hold_work"
AHEAD_S = 86_400  # of what waits: else one thread would do first what it is to take back
AGAIN_S = 60


def job(workspace_id: UUID) -> Job:
    """Return the job that a suspension or a closing asks for."""
    return Job(kind=HOLD_WORK, subject=workspace_id, delay_s=-AHEAD_S)


def kind(hold: Callable[[Task, Control], None]) -> Kind:
    """Return how what waits is taken back; `hold` takes it, a unit each."""
    return Kind(
        name=HOLD_WORK,
        run=hold,
        finish=_once_more,
        give_up=_once_more,
        attempts=8,
        timeout_s=300,
        backoff_s=(5, 15, 60, 300),
    )


def _once_more(unit: Unit, task: Task, _: Any) -> None:
    """Look again in a minute: who had looked just before the suspension has begun something."""
    if not task.args.get("again"):
        successor = Job(kind=HOLD_WORK, subject=task.subject, args={"again": True}, delay_s=AGAIN_S)
        unit.queue(successor, task.workspace_id)
