"""How a run of a project begins and ends: what follows for the project from what its images do."""

from uuid import UUID

from media.domain.project_messages import (
    Event,
    ImageFinished,
    ImageReturned,
    NoteImageFinished,
    NoteImageReturned,
    ProcessingStarted,
    RunCompleted,
    RunFailed,
)
from media.domain.project_state import Project

NONE_CAME_OUT = "no_image_completed"


def begun(project: Project, unplaced: frozenset[UUID]) -> list[Event]:
    """All that are due start: in the run that is at work, else in the next one."""
    ready = tuple(id for id in project.due if id not in unplaced)
    if not ready:
        return []
    run = project.run + (1 if project.in_run and not project.working else 0)
    after = project.in_run_with(run, ready)
    reopened = len(project.failed & set(ready))
    return [ProcessingStarted(run=run, image_ids=ready, status=after.status, reopened=reopened)]


def finished(project: Project, command: NoteImageFinished) -> list[Event]:
    after = project.ended_with(command.image_id, command.completed)
    end = ImageFinished(image_id=command.image_id, completed=command.completed, status=after.status)
    return [end, *_ended(after)]


def returned(project: Project, command: NoteImageReturned) -> list[Event]:
    after = project.returned(command.image_id)
    back = ImageReturned(image_id=command.image_id, status=after.status)
    return [back, *_ended(after)]


def _ended(project: Project) -> list[Event]:
    """Return what its run comes to, once no image of it is at work; if all were returned, nothing.

    A run of which nothing is left goes on with the next start.
    """
    completed, failed = project.in_run & project.completed, project.in_run & project.failed
    if project.working or not project.in_run:
        return []
    if not completed:
        return [_failed(project, len(failed))]
    return [
        RunCompleted(run=project.run, completed_count=len(completed), failed_count=len(failed)),
    ]


def _failed(project: Project, count: int) -> RunFailed:
    """The clearance is void while nothing has ever come out: the money may have gone back."""
    clearance = project.clearance if project.completed else "none"
    return RunFailed(run=project.run, failed_count=count, reason=NONE_CAME_OUT, clearance=clearance)
