"""What `purge_workspace` does in media: each project goes by itself, and then its calls."""

from functools import partial
from uuid import UUID

from asking import kept
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from emptying import purging
from media import removing
from media.projections import projects


def kind(app: App) -> Kind:
    """Return how a workspace is emptied."""
    return purging.kind(partial(_purge, app), _emptied)


def _purge(app: App, task: Task, control: Control) -> None:
    for project_id in app.query(lambda db: projects.of_workspace(db, task.subject)):
        control.check()
        app.attempt(call_of(app, task, project_id), partial(_remove, project_id))


def _remove(project_id: UUID, unit: Unit) -> None:
    removing.whole_project(unit, project_id, by=None)


def _emptied(unit: Unit, workspace_id: UUID) -> None:
    unit.execute(kept.forget_calls(workspace_id))
