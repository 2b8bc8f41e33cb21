"""What a call does to a project and its images: the units."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import ids
from chassis.errors import Forbidden, Rejected
from chassis.identity import Actor
from chassis.unit.handling import Unit
from contracts import media as asked
from media.domain import customer, image, project
from media.domain.project_messages import (
    By,
    ChangeImages,
    CreateProject,
    NoteCleared,
    Start,
)
from media.domain.project_state import Project


def create(unit: Unit, actor: Actor, request: asked.CreateProject) -> dict[str, Any]:
    """Make a project in the actor's workspace."""
    if actor.workspace_id is None:
        raise Forbidden("media.no_workspace", "a system admin has no workspace of their own")
    if unit.state(customer.decider, actor.workspace_id) is None:
        raise Rejected("media.workspace_unknown", "try again in a moment", retryable=True)
    creation = CreateProject(
        workspace_id=actor.workspace_id,
        user_id=actor.user_id,
        title=request.name,
        style_template_id=request.style_template_id,
        room_type=request.room_type,
    )
    project_id = request.project_id or ids.derive(unit.call.id, "project")
    return unit.decide(project.decider, project_id, creation).reply()


def acting(actor: Actor) -> By:
    """Return who asks, as the rule of whose projects are whose sees them."""
    above_member = actor.is_system_admin or actor.role in ("admin", "owner")
    return By(user_id=actor.user_id, any_project=above_member)


def set_room_type(unit: Unit, actor: Actor, request: asked.SetRoomType) -> dict[str, Any]:
    """Say what room these images show; the images record it, the project has nothing to."""
    written = unit.decide(project.decider, request.project_id, ChangeImages(by=acting(actor)))
    unit.preload((image.decider, image_id) for image_id in request.image_ids)
    for image_id in request.image_ids:
        placing = image.SetRoomType(project_id=request.project_id, room_type=request.room_type)
        unit.decide(image.decider, image_id, placing)
    return written.reply()


def start(unit: Unit, actor: Actor, request: asked.StartProject) -> dict[str, Any]:
    """Ask for clearance; where the project has it, queue what is pending."""
    command = Start(
        by=acting(actor),
        max_price_ore=request.max_price_ore,
        unplaced=_unplaced(unit, request.project_id),
    )
    written = unit.decide(project.decider, request.project_id, command)
    _queue(unit, written.state)
    return written.reply(clearance=written.state.clearance)


def note_cleared(unit: Unit, project_id: UUID, workspace_id: UUID, run: int) -> None:
    """Take billing's clearance, and queue what is pending."""
    unplaced = _unplaced(unit, project_id)
    command = NoteCleared(workspace_id=workspace_id, run=run, unplaced=unplaced)
    _queue(unit, unit.decide(project.decider, project_id, command).state)


def _unplaced(unit: Unit, project_id: UUID) -> frozenset[UUID]:
    """Return the images without a room type.

    Once an image has one it never lacks one again, so what a rival has changed meanwhile cannot
    make a start wrong.
    """
    known = unit.state(project.decider, project_id)
    image_ids: Sequence[UUID] = known.images if known else ()
    unit.preload((image.decider, image_id) for image_id in image_ids)
    states = {image_id: unit.state(image.decider, image_id) for image_id in image_ids}
    return frozenset(id for id, state in states.items() if state.room_type is None)


def _queue(unit: Unit, state: Project) -> None:
    """Queue every image of the run that has not been queued yet."""
    for image_id in sorted(state.working):
        unit.decide(image.decider, image_id, image.Queue(run=state.run))
