"""Videos as they are shown, and which of them there are."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, or_, select

from chassis.asked import Listing, Page
from chassis.identity import Actor
from chassis.unit.pages import page, scope
from chassis.unit.projection import row
from chassis.unit.store import version_of
from video.projections import video_clips
from video.projections.video_projects import table

Row = dict[str, Any]
BESIDE = ("cost_micro_usd", "sources")  # what is no part of a reply
AT_WORK = ("generating", "compiling")


def get(connection: Connection, id: UUID, actor: Actor) -> Row:
    """Return a video's row, with `version`. Raises `NotFound` where the actor sees none."""
    found = row(connection, table, "video_project", id, actor, "video.video_project_not_found")
    found["version"] = found.pop("stream_version")
    return {name: each for name, each in found.items() if name not in BESIDE}


def newest(
    connection: Connection, actor: Actor, asked: Listing[Any], status: str | None
) -> Page[Row]:
    """Return a page of the workspace's videos, newest first; a system admin sees all."""
    columns = (each for each in table.c if each.name not in BESIDE)
    query = select(*columns, version_of("video_project", table.c.id).label("version"))
    workspace_id = scope(actor, None, "video.workspace_not_found")
    return page(connection, table, query, {"workspace_id": workspace_id, "status": status}, asked)


def counts(connection: Connection, workspace_id: UUID | None) -> dict[str, tuple[int, int]]:
    """Return by status how many videos there are, and what they have cost, in cents."""
    cost = func.coalesce(func.sum(table.c.actual_cost), 0)
    query = select(table.c.status, func.count(), cost)
    if workspace_id is not None:
        query = query.where(table.c.workspace_id == str(workspace_id))
    found = connection.execute(query.group_by(table.c.status))
    return {status: (count, int(cents)) for status, count, cents in found}


def of_workspace(connection: Connection, workspace_id: UUID) -> list[UUID]:
    """Return the videos of a workspace."""
    return _ids(connection, _theirs(workspace_id))


def running_of(connection: Connection, workspace_id: UUID) -> list[UUID]:
    """Return those of a workspace that are at work."""
    return _ids(connection, _theirs(workspace_id).where(table.c.status.in_(AT_WORK)))


def showing(connection: Connection, image_generation_id: UUID) -> list[UUID]:
    """Return the videos whose clips show that image of media, to look closer at each."""
    clips, image = video_clips.table, str(image_generation_id)
    shows = or_(clips.c.image_generation_id == image, clips.c.end_image_generation_id == image)
    query = select(clips.c.video_project_id).where(shows).distinct()
    return _ids(connection, query.order_by(clips.c.video_project_id))


def _theirs(workspace_id: UUID) -> Select[Any]:
    theirs = select(table.c.id).where(table.c.workspace_id == str(workspace_id))
    return theirs.order_by(table.c.id)


def _ids(connection: Connection, query: Select[Any]) -> list[UUID]:
    return [UUID(each) for each in connection.execute(query).scalars()]
