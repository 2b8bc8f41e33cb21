"""Photographs and projects, deleted: the run ends first, then the files go."""

from chassis.asked import Written
from chassis.unit.deciding import Unit
from contracts.media.images import DeleteImages, ImagesDeleted
from contracts.media.projects import DeleteProject
from media import removing
from media.acts.projects import acting
from media.projections.image_rows import roots_of


def images(unit: Unit, asked: DeleteImages) -> ImagesDeleted:
    """Delete whole photographs; none, where one of them is not there."""
    roots = roots_of(unit.connection, asked.image_generation_ids)
    gone = removing.images(unit, asked.project_id, roots, acting(unit.call.actor))
    return ImagesDeleted(id=gone.id, version=gone.version, deleted=len(roots))


def project(unit: Unit, asked: DeleteProject) -> Written:
    """Delete a project with its photographs; what came out in a run at work is owed."""
    return removing.whole_project(unit, asked.project_id, acting(unit.call.actor)).written
