"""Image projects: made, started, shown. References to files come with links of 15 minutes."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis import ids
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.identity import Actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.media.projects import (
    CreateProject,
    File,
    GetProject,
    ImageGeneration,
    ListProjects,
    Project,
    ProjectStarted,
    ProjectWithImages,
    SetRoomType,
    StartProject,
)
from gateways.port import Blobs
from media import starting
from media.domain import image, project, project_messages
from media.domain.project_messages import By
from media.links import handed_out
from media.projections import images, projects


def create(unit: Unit, asked: CreateProject) -> Written:
    """Make a project in the caller's workspace.

    Their token says that there is one: it may be younger than what was heard of auth.
    """
    actor = unit.call.actor
    creation = project_messages.CreateProject(
        workspace_id=own_workspace(actor),
        user_id=actor.user_id,
        title=asked.name,
        style_template_id=asked.style_template_id,
        room_type=asked.room_type,
    )
    project_id = asked.project_id or ids.derive(unit.call.id, "project")
    return unit.decide(project.decider, project_id, creation).written


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
        placing = image.SetRoomType(project_id=asked.project_id, room_type=asked.room_type)
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


def shown(db: Connection, door: Door, call: Call, asked: GetProject) -> ProjectWithImages:
    """Return a project with its images, newest first; sent together, in the order they were."""
    row = projects.get(db, asked.project_id, call.actor)
    found = images.of_project(db, asked.project_id)
    with_links = tuple(_image(door.tools.blobs, each) for each in found)
    thumbnail = _file(door.tools.blobs, row["thumbnail_url"])
    return ProjectWithImages(**row, thumbnail=thumbnail, images=with_links)


def _image(blobs: Blobs, row: dict[str, Any]) -> ImageGeneration:
    original = handed_out(blobs, row["original_image_url"])
    return ImageGeneration(**row, original=original, result=_file(blobs, row["result_image_url"]))


def _file(blobs: Blobs, ref: str | None) -> File | None:
    return handed_out(blobs, ref) if ref is not None else None


def listed(db: Connection, door: Door, call: Call, asked: ListProjects) -> Page[Project]:
    """Return a page of projects, newest first."""
    page = projects.newest(db, call.actor, asked)
    return page.of(
        lambda **row: Project(**row, thumbnail=_file(door.tools.blobs, row["thumbnail_url"]))
    )
