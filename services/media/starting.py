"""What a start and a clearance share: photographs that lack a room, photographs to be queued."""

from collections.abc import Sequence
from uuid import UUID

from chassis.unit.deciding import Unit
from media.domain import image, project
from media.domain.project_state import Project


def unplaced(unit: Unit, project_id: UUID) -> frozenset[UUID]:
    """Return the images without a room type.

    Once an image has one it never lacks one again, so what a rival has changed meanwhile cannot
    make a start wrong.
    """
    known = unit.state(project.decider, project_id)
    image_ids: Sequence[UUID] = known.images if known else ()
    unit.preload((image.decider, image_id) for image_id in image_ids)
    states = {image_id: unit.state(image.decider, image_id) for image_id in image_ids}
    return frozenset(id for id, state in states.items() if state.room_type is None)


def queue(unit: Unit, state: Project) -> None:
    """Queue every image of the run that has not been queued yet."""
    for image_id in sorted(state.working):
        unit.decide(image.decider, image_id, image.Queue(run=state.run))
