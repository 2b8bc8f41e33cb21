"""How a run of a project begins and ends: what follows for the project from what its images do."""

from uuid import UUID

from media.domain.project_events import (
    Event,
    ImageFinished,
    ImageReturned,
    ImagesRemoved,
    ProcessingStarted,
    ProjectRemoved,
    RunCompleted,
    RunFailed,
)
from media.domain.project_messages import NoteImageFinished, NoteImageReturned, RemoveImages
from media.domain.project_state import Project

NONE_CAME_OUT = "no_image_completed"


def begun(project: Project, unplaced: frozenset[UUID]) -> list[Event]:
    """All that are due start: in the run that is at work, else in the next one."""
    ready = tuple(id for id in project.due if id not in unplaced)
    return [started(project, ready)] if ready else []


def started(project: Project, image_ids: tuple[UUID, ...]) -> ProcessingStarted:
    after = project.in_run_with(project.next_run, image_ids)
    reopened = len(project.failed & set(image_ids))
    return ProcessingStarted(
        run=after.run, image_ids=image_ids, status=after.status, reopened=reopened
    )


def finished(project: Project, command: NoteImageFinished) -> list[Event]:
    after = project.ended_with(command.image_id, command.completed)
    end = ImageFinished(image_id=command.image_id, completed=command.completed, status=after.status)
    return [end, *_ended(after)]


def returned(project: Project, command: NoteImageReturned) -> list[Event]:
    after = project.returned(command.image_id)
    back = ImageReturned(image_id=command.image_id, status=after.status)
    return [back, *_ended(after)]


def images_removed(project: Project, command: RemoveImages) -> list[Event]:
    image_ids = tuple(dict.fromkeys(command.image_ids))
    after = project.without(image_ids)
    gone = ImagesRemoved(
        image_ids=image_ids,
        completed_count=after.completed_count,
        failed_count=after.failed_count,
        status=after.status,
        thumbnail_key=after.thumbnail_key,
    )
    return [gone, *_ended(after)] if project.working else [gone]


def removed(project: Project) -> list[Event]:
    """What came out in a run is owed, though it was broken off."""
    owed = project.working and project.in_run & project.completed
    return [_completed(project), ProjectRemoved()] if owed else [ProjectRemoved()]


def _ended(project: Project) -> list[Event]:
    """Return what its run comes to, once no image of it is at work; if nothing ended, nothing.

    A run of which nothing is left goes on with the next start.
    """
    if project.working:
        return []
    if project.in_run & project.completed:
        return [_completed(project)]
    return [_failed(project)] if project.in_run & project.failed else []


def _completed(project: Project) -> RunCompleted:
    return RunCompleted(
        run=project.run,
        completed_count=len(project.in_run & project.completed),
        failed_count=len(project.in_run & project.failed),
    )


def _failed(project: Project) -> RunFailed:
    """The clearance is void while nothing has ever come out: the money may have gone back."""
    clearance = project.clearance if project.completed else "none"
    count = len(project.in_run & project.failed)
    return RunFailed(run=project.run, failed_count=count, reason=NONE_CAME_OUT, clearance=clearance)
