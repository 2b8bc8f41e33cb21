"""`hold_work`: in a workspace that is suspended or closed, what waits is taken back, a unit each.

What runs finishes. Nothing that was taken back begins again by itself: it waits for another start.
"""

from functools import partial
from typing import Any
from uuid import UUID

from asking import kept
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from media import starting
from media.domain import image, project
from media.domain.image_messages import Cancel, Postpone
from media.domain.project_messages import NoteImageReturned
from media.jobs import making
from media.projections import image_rows

HOLD_WORK = "hold_work"
AHEAD_S = 86_400  # of what waits: else one thread would do first what it is to take back
AGAIN_S = 60


def job(workspace_id: UUID) -> Job:
    """Return the job that a suspension or a closing asks for."""
    return Job(kind=HOLD_WORK, subject=workspace_id, delay_s=-AHEAD_S)


def kind(app: App) -> Kind:
    """Return how what waits is taken back."""
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
    for kind in making.KINDS:
        for version_id in _waiting(app, task.subject, kind):
            control.check()
            work = partial(_take_back, task.subject, kind, version_id)
            app.attempt(call_of(app, task, version_id), work)


def _waiting(app: App, workspace_id: UUID, kind: str) -> list[UUID]:
    return app.query(lambda db: image_rows.waiting(db, workspace_id, kind))


def _take_back(workspace_id: UUID, kind: str, version_id: UUID, unit: Unit) -> None:
    """Take back one version, unless it has begun or its workspace may begin work again.

    One whose call may have been taken has begun, though its job waits since who posted it died.
    """
    if kept.is_asked(unit.connection, version_id):
        return
    if not (starting.is_barred(unit, workspace_id) and unit.withdraw(kind, version_id)):
        return
    root = image_rows.root_of(unit.connection, version_id)
    if version_id != root:  # nobody starts it again with its project
        unit.decide(image.decider, root, Cancel(version_id=version_id))
        return
    waited = unit.decide(image.decider, root, Postpone()).state
    unit.decide(project.decider, waited.project_id, NoteImageReturned(image_id=root))


def _once_more(unit: Unit, task: Task, _: Any) -> None:
    """Look again in a minute: who had looked just before the suspension has begun something."""
    if not task.args.get("again"):
        successor = Job(kind=HOLD_WORK, subject=task.subject, args={"again": True}, delay_s=AGAIN_S)
        unit.queue(successor, task.workspace_id)
