"""What a start and billing's answer share: which comes first, and what begins with both."""

from collections.abc import Sequence
from uuid import UUID

from chassis.unit.deciding import Unit
from media.domain import answer, customer, image, project
from media.domain.answer import KeepAnswer
from media.domain.image_messages import Queue
from media.domain.project_messages import NoteCleared, NotePaymentRequired
from media.domain.project_state import Project, Removed


def unplaced(unit: Unit, project_id: UUID) -> frozenset[UUID]:
    """Return the images without a room type.

    Once an image has one it never lacks one again, so what a rival has changed meanwhile cannot
    make a start wrong.
    """
    known = unit.state(project.decider, project_id)
    image_ids: Sequence[UUID] = known.images if isinstance(known, Project) else ()
    unit.preload((image.decider, image_id) for image_id in image_ids)
    states = {image_id: unit.state(image.decider, image_id) for image_id in image_ids}
    return frozenset(id for id, state in states.items() if state.first.room_type is None)


def is_barred(unit: Unit, workspace_id: UUID) -> bool:
    """Return whether nothing may be begun in a workspace: it is suspended or closed.

    Who had looked just before it was begins something still; `hold_work` looks twice.
    """
    known: customer.Customer | None = unit.state(customer.decider, workspace_id)
    return known is not None and known.is_barred


def is_over(unit: Unit, workspace_id: UUID) -> bool:
    """Return whether a workspace is closed, for good: what is in it goes, and nothing comes."""
    known: customer.Customer | None = unit.state(customer.decider, workspace_id)
    return known is not None and known.status == "closed"


def answered(unit: Unit, project_id: UUID, given: KeepAnswer) -> None:
    """Take billing's answer; keep it for a project that does not know of that run yet."""
    known: Project | Removed | None = unit.state(project.decider, project_id)
    if isinstance(known, Removed):
        return
    if known is None or known.run < given.run:
        unit.decide(answer.decider, project_id, given)
    if known is None or known.clearance == "none":
        return
    if given.reason is not None:
        demanded = NotePaymentRequired(
            workspace_id=given.workspace_id, run=given.run, reason=given.reason
        )
        unit.decide(project.decider, project_id, demanded)
    else:
        cleared = NoteCleared(
            workspace_id=given.workspace_id,
            run=given.run,
            unplaced=unplaced(unit, project_id),
            is_barred=is_barred(unit, given.workspace_id),
        )
        queue(unit, unit.decide(project.decider, project_id, cleared).state)


def asked(unit: Unit, project_id: UUID) -> Project:
    """Take the answer that is kept, if any is, for the run that was asked for now."""
    state: Project = unit.state(project.decider, project_id)
    kept: answer.Answer | None = unit.state(answer.decider, project_id)
    if kept and kept.is_for(state.workspace_id, state.run) and state.clearance == "requested":
        given = KeepAnswer(workspace_id=kept.workspace_id, run=state.run, reason=kept.reason)
        answered(unit, project_id, given)
        state = unit.state(project.decider, project_id)
    return state


def queue(unit: Unit, state: Project) -> None:
    """Queue every image of the run that has not been queued yet."""
    for image_id in sorted(state.working):
        queueing = Queue(
            image_id=image_id, run=state.run, style_template_id=state.style_template_id
        )
        unit.decide(image.decider, image_id, queueing)
