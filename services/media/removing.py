"""Photographs and projects go: the run has ended first, the work at them ends, nothing is shown.

Their files go by a job, which the events ask for.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete

from chassis.personal import personal
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from media.domain import image, image_messages, project, project_messages
from media.domain.image_messages import Cancel
from media.domain.image_state import Image
from media.domain.project_messages import By
from media.domain.project_state import Project


def images(unit: Unit, project_id: UUID, image_ids: tuple[UUID, ...], by: By) -> Decided:
    """Remove photographs of a project with all their versions."""
    command = project_messages.RemoveImages(by=by, image_ids=image_ids)
    decided = unit.decide(project.decider, project_id, command)
    _remove(unit, image_ids)
    return decided


def whole_project(unit: Unit, project_id: UUID, by: By | None) -> Decided:
    """Remove a project with all that is in it; `by`: None where its workspace is emptied."""
    known = unit.state(project.decider, project_id)
    decided = unit.decide(project.decider, project_id, project_messages.Remove(by=by))
    if isinstance(known, Project):
        _remove(unit, known.images)
        _forget_texts(unit, [each.image_id for each in known.announced])
    return decided


def _remove(unit: Unit, image_ids: Collection[UUID]) -> None:
    unit.preload((image.decider, image_id) for image_id in image_ids)
    for image_id in image_ids:
        state = unit.state(image.decider, image_id)
        if isinstance(state, Image):
            _remove_one(unit, image_id, state)


def _remove_one(unit: Unit, image_id: UUID, state: Image) -> None:
    """Its project is not told how the work ended: it has said by now what it owes for it."""
    for version in state.versions:
        if version.status == "processing":
            unit.decide(image.decider, image_id, Cancel(version_id=version.version_id or image_id))
    unit.decide(image.decider, image_id, image_messages.Remove())
    _forget_texts(unit, (image_id, *state.version_ids))


def _forget_texts(unit: Unit, row_ids: Collection[UUID]) -> None:
    """Forget what was written of these, and how their files were called."""
    if row_ids:
        rows = [str(each) for each in row_ids]
        unit.execute(delete(personal).where(personal.c.row_id.in_(rows)))
