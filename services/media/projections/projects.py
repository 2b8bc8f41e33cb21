"""`project`: one row a project."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from chassis.asked import Listing, Page
from chassis.identity import Actor
from chassis.unit.pages import page, scope
from chassis.unit.projection import Change, Projection, row
from chassis.unit.store import Recorded, version_of
from gateways.port import ref_of
from media.domain.project_events import (
    Cleared,
    ImageFinished,
    ImageJoined,
    ImageReturned,
    ImagesRemoved,
    PaymentNeeded,
    ProcessingStarted,
    ProjectOpened,
    ProjectRemoved,
    ProjectRenamed,
    RunFailed,
    StartRequested,
    StyleChanged,
)
from media.domain.rooms import ROOM_TYPES
from media.domain.status import STATUSES
from media.tables import metadata

ONE_OF_THE_ROOMS = f"room_type in {ROOM_TYPES}"

table = Table(
    "project",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("style_template_id", Text, nullable=False),
    Column("room_type", Text),
    Column("thumbnail_url", Text),  # the first photograph: 'blob:<key>'
    Column("status", Text, nullable=False, server_default="pending"),
    Column("image_count", Integer, nullable=False, server_default="0"),
    Column("completed_count", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("failed_count", Integer, nullable=False, server_default="0"),
    Column("clearance", Text, nullable=False, server_default="none"),
    Column("run", Integer, nullable=False, server_default="0"),
    CheckConstraint(f"status in {STATUSES}", name="project_status"),
    CheckConstraint(
        "clearance in ('none', 'requested', 'cleared', 'payment_required')",
        name="project_clearance",
    ),
    CheckConstraint(ONE_OF_THE_ROOMS, name="project_room_type"),
    Index("project_workspace_idx", "workspace_id"),
    Index("project_user_idx", "user_id"),
    Index("project_status_idx", "status"),
    Index("project_newest", "workspace_id", "created_at", "id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row from the project's own events; the status is what they say it is."""
    id, at = recorded.subject, recorded.recorded_at
    this = update(table).where(table.c.id == str(id))
    match recorded.event:
        case ProjectOpened() as opened:
            yield insert(table).values(
                id=id,
                workspace_id=opened.workspace_id,
                user_id=opened.user_id,
                name=opened.title,
                style_template_id=opened.style_template_id,
                room_type=opened.room_type,
                created_at=at,
                updated_at=at,
            )
        case ImageJoined(original_key=key, status=status):
            yield this.values(
                image_count=table.c.image_count + 1,
                thumbnail_url=func.coalesce(table.c.thumbnail_url, ref_of(key)),
                status=status,
                updated_at=at,
            )
        case StartRequested(run=run):
            yield this.values(clearance="requested", run=run, updated_at=at)
        case Cleared():
            yield this.values(clearance="cleared", updated_at=at)
        case PaymentNeeded():
            yield this.values(clearance="payment_required", updated_at=at)
        case ProcessingStarted(run=run, status=status, reopened=reopened):
            failed = table.c.failed_count - reopened
            yield this.values(run=run, status=status, failed_count=failed, updated_at=at)
        case ImageFinished(completed=completed, status=status):
            count = table.c.completed_count if completed else table.c.failed_count
            yield this.values({count: count + 1, "status": status, "updated_at": at})
        case ImageReturned(status=status):
            yield this.values(status=status, updated_at=at)
        case RunFailed(clearance=clearance):
            yield this.values(clearance=clearance, updated_at=at)
        case ProjectRenamed(title=title):
            yield this.values(name=title, updated_at=at)
        case StyleChanged(style_template_id=style, room_type=room_type):
            yield this.values(style_template_id=style, room_type=room_type, updated_at=at)
        case ImagesRemoved(image_ids=gone, thumbnail_key=key) as removed:
            yield this.values(
                image_count=table.c.image_count - len(gone),
                completed_count=removed.completed_count,
                failed_count=removed.failed_count,
                status=removed.status,
                thumbnail_url=ref_of(key) if key is not None else None,
                updated_at=at,
            )
        case ProjectRemoved():
            yield delete(table).where(table.c.id == str(id))


projection = Projection(table=table, project=project)


def get(connection: Connection, project_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return a project's row; `version` is its stream's. Raises `NotFound`."""
    found = row(connection, table, "project", project_id, actor, "media.project_not_found")
    return {"version": found.pop("stream_version"), **found}


def newest(
    connection: Connection, actor: Actor, asked: Listing[Any], status: str | None
) -> Page[dict[str, Any]]:
    """Return a page of the workspace's projects, newest first; a system admin sees all."""
    query = select(table, version_of("project", table.c.id).label("version"))
    workspace_id = scope(actor, None, "media.workspace_not_found")
    return page(connection, table, query, {"workspace_id": workspace_id, "status": status}, asked)


def counts(connection: Connection, workspace_id: UUID | None) -> dict[str, int]:
    """Return how many projects there are of each status."""
    query = select(table.c.status, func.count())
    if workspace_id is not None:
        query = query.where(table.c.workspace_id == str(workspace_id))
    return {status: count for status, count in connection.execute(query.group_by(table.c.status))}


def has_any(connection: Connection, workspace_id: UUID) -> bool:
    """Return whether there is any of that workspace."""
    theirs = select(table.c.id).where(table.c.workspace_id == str(workspace_id)).limit(1)
    return connection.execute(theirs).one_or_none() is not None


def of_workspace(connection: Connection, workspace_id: UUID) -> list[UUID]:
    """Return the projects of a workspace."""
    theirs = select(table.c.id).where(table.c.workspace_id == str(workspace_id))
    return [UUID(each) for each in connection.execute(theirs.order_by(table.c.id)).scalars()]
