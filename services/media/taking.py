"""What was judged becomes a photograph of its project, or a mask of one."""

from collections.abc import Iterable
from uuid import UUID

from chassis.errors import NotFound, Rejected
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from contracts.media.uploads import Confirmed
from media.domain import image, project
from media.domain.image_events import Original
from media.domain.image_messages import AddImage, AddMask
from media.domain.image_state import Image
from media.domain.project_messages import NoteImageAdded
from media.domain.project_state import Project
from media.judging import GONE, Judged, Known, Mask, Refusal


def known(unit: Unit, project_now: Decided, image_ids: Iterable[UUID]) -> Known:
    """Return what is known of files that are about to be judged."""
    uploads = map(project_now.state.upload, image_ids)
    marked = {each.mask_of for each in uploads if each is not None and each.mask_of is not None}
    unit.preload((image.decider, image_id) for image_id in marked)
    states = {image_id: unit.state(image.decider, image_id) for image_id in marked}
    return Known(project=project_now.state, marked=states)


def taken(
    unit: Unit, before: Decided, image_id: UUID, outcome: Judged, most: int
) -> tuple[Confirmed, Decided]:
    """Return the reply's item for one file, and where the project stands then.

    `most`: photographs of a project.
    """
    stands = before
    try:
        match outcome:
            case Original():
                stands = _add(unit, before, image_id, outcome, most)
            case Mask():
                _add_mask(unit, image_id, outcome)
    except (Rejected, NotFound) as refusal:  # the other files are none the worse for it
        outcome = Refusal(status="refused", error=refusal.code)
    become = _become(unit, stands.state, image_id)  # by a rival, whatever we found of it
    if become is not None:
        return Confirmed(image_id=image_id, status=become), stands
    why = outcome if isinstance(outcome, Refusal) else GONE
    return Confirmed(image_id=image_id, status=why.status, error=why.error), before


def _become(unit: Unit, project_now: Project, image_id: UUID) -> str | None:
    """Return the status of the photograph that a file is, or 'mask'; None for nothing yet."""
    upload = project_now.upload(image_id)
    if upload is None:
        return None
    if upload.mask_of is None:
        joined = image_id in project_now.images
        return unit.state(image.decider, image_id).first.status if joined else None
    photograph = unit.state(image.decider, upload.mask_of)
    return "mask" if isinstance(photograph, Image) and photograph.has_mask(image_id) else None


def _add(unit: Unit, before: Decided, image_id: UUID, original: Original, most: int) -> Decided:
    noting = NoteImageAdded(image_id=image_id, original_key=original.key, most=most)
    noted = unit.decide(project.decider, before.id, noting)
    adding = AddImage(
        image_id=image_id,
        workspace_id=before.state.workspace_id,
        project_id=before.id,
        user_id=unit.call.actor.user_id,
        original=original,
        style_template_id=before.state.style_template_id,
        room_type=before.state.room_type,
    )
    unit.decide(image.decider, image_id, adding)
    return noted


def _add_mask(unit: Unit, mask_id: UUID, mask: Mask) -> None:
    adding = AddMask(
        mask_id=mask_id, key=mask.key, width=mask.width, height=mask.height, is_empty=False
    )
    unit.decide(image.decider, mask.of, adding)
