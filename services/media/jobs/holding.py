"""What `hold_work` does in media: versions that wait are taken back, and what runs finishes."""

from functools import partial
from uuid import UUID

from asking import kept
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from emptying import holding
from media import starting
from media.domain import image, project
from media.domain.image_messages import Cancel, Postpone
from media.domain.project_messages import NoteImageReturned
from media.jobs import making
from media.projections import image_rows


def kind(app: App) -> Kind:
    """Return how what waits is taken back."""
    return holding.kind(partial(_hold, app))


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
