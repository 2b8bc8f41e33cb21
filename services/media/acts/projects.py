"""Image projects: made, changed, started."""

from uuid import UUID

from chassis import ids
from chassis.asked import Written, given
from chassis.errors import Rejected
from chassis.identity import Actor
from chassis.unit.deciding import Unit
from contracts.media.projects import (
    CreateProject,
    ProjectStarted,
    SetRoomType,
    StartProject,
    UpdateProject,
)
from media import starting
from media.domain import image, image_messages, project, project_messages
from media.domain.project_messages import By
from media.domain.project_state import Project


def create(unit: Unit, asked: CreateProject) -> Written:
    """Make a project in the caller's workspace.

    Their token says that there is one: it may be younger than what was heard of auth. Raises
    `Rejected("media.workspace_suspended")` where it is closed: nothing would let go of it.
    """
    actor = unit.call.actor
    workspace_id = own_workspace(actor)
    if starting.is_over(unit, workspace_id):
        raise Rejected("media.workspace_suspended", "this workspace is closed")
    creation = project_messages.CreateProject(
        workspace_id=workspace_id,
        user_id=actor.user_id,
        title=asked.name,
        style_template_id=asked.style_template_id,
        room_type=asked.room_type,
    )
    project_id = asked.project_id or ids.derive(unit.call.id, "project")
    return unit.decide(project.decider, project_id, creation).written


def update(unit: Unit, asked: UpdateProject) -> Written:
    """Change a project; what is not named stays as it is."""
    by, fields = acting(unit.call.actor), given(asked)
    may_change = project_messages.ChangeImages(by=by)
    before: Project = unit.may(project.decider, asked.project_id, may_change).state
    command = project_messages.Update(
        by=by,
        title=fields.get("name", before.title),
        style_template_id=fields.get("style_template_id", before.style_template_id),
        room_type=fields.get("room_type", before.room_type),
    )
    return unit.decide(project.decider, asked.project_id, command).written


def own_workspace(actor: Actor) -> UUID:
    """Return the workspace of somebody who may act in one."""
    if actor.workspace_id is None:
        raise AssertionError("who has a role has it in a workspace")
    return actor.workspace_id


def acting(actor: Actor) -> By:
    """Return who asks, as the rule of whose projects are whose sees them."""
    return By(user_id=actor.user_id, any_project=actor.role in ("admin", "owner"))


def set_room_type(unit: Unit, asked: SetRoomType) -> Written:
    """Say what room these images show; the images record it, the project has nothing to."""
    may_change = project_messages.ChangeImages(by=acting(unit.call.actor))
    stands = unit.may(project.decider, asked.project_id, may_change)
    unit.preload((image.decider, image_id) for image_id in asked.image_ids)
    for image_id in asked.image_ids:
        placing = image_messages.SetRoomType(project_id=asked.project_id, room_type=asked.room_type)
        unit.decide(image.decider, image_id, placing)
    return stands.written


def start(unit: Unit, asked: StartProject) -> ProjectStarted:
    """Ask for clearance; where the project has it, queue what is pending.

    Raises `Rejected("media.workspace_suspended")` where nothing may be begun.
    """
    command = project_messages.Start(
        by=acting(unit.call.actor),
        max_price_ore=asked.max_price_ore,
        unplaced=starting.unplaced(unit, asked.project_id),
        is_barred=starting.is_barred(unit, own_workspace(unit.call.actor)),
    )
    started = unit.decide(project.decider, asked.project_id, command)
    starting.queue(unit, started.state)
    clearance = starting.asked(unit, asked.project_id).clearance
    return ProjectStarted(id=started.id, version=started.version, clearance=clearance)
