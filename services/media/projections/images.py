"""`image_generation`: one row a version of a photograph."""

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
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.errors import NotFound
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, began, version_of
from gateways.port import ref_of
from media.domain.failures import FAILURES
from media.domain.image import (
    ImageAdded,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    Result,
    RoomTypeSet,
)
from media.projections.projects import ONE_OF_THE_ROOMS
from media.tables import metadata

table = Table(
    "image_generation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("original_image_url", Text, nullable=False),  # 'blob:<key>'
    Column("result_image_url", Text),
    Column("prompt", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("parent_id", Text),  # the root of the version chain
    Column("status", Text, nullable=False, server_default="pending"),
    Column("error_message", Text),
    Column("metadata", JSONB),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed; width, height, size and hash are the result's once there is one
    Column("source_id", Text),  # the version that was really edited
    Column("alteration", Text, nullable=False, server_default="none"),
    Column("room_type", Text),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    CheckConstraint(
        "status in ('pending', 'processing', 'completed', 'failed')",
        name="image_generation_status",
    ),
    CheckConstraint(
        "alteration in ('none', 'technical', 'material')", name="image_generation_alteration"
    ),
    CheckConstraint(ONE_OF_THE_ROOMS, name="image_generation_room_type"),
    Index("image_generation_project", "project_id", "created_at", "id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    id, at = recorded.subject, recorded.recorded_at
    this = update(table).where(table.c.id == str(id))
    match recorded.event:
        case ImageAdded(original=original) as added:
            yield insert(table).values(
                id=id,
                workspace_id=added.workspace_id,
                user_id=added.user_id,
                project_id=added.project_id,
                original_image_url=ref_of(original.key),
                prompt=added.prompt,
                room_type=added.room_type,
                width=original.width,
                height=original.height,
                size_bytes=original.size,
                sha256=original.sha256,
                created_at=at,
                updated_at=at,
            )
        case RoomTypeSet(room_type=room_type, prompt=prompt):
            yield this.values(room_type=room_type, prompt=prompt, updated_at=at)
        case ImageQueued():
            yield this.values(status="processing", error_message=None, updated_at=at)
        case ImagePostponed():
            yield this.values(status="pending", updated_at=at)
        case ImageEnhanced(result=result):
            yield this.values(status="completed", updated_at=at, **_columns(result))
        case ImageFailed(reason=reason):
            message = FAILURES[reason].text
            yield this.values(status="failed", error_message=message, updated_at=at)


def _columns(result: Result) -> dict[str, Any]:
    made_by = {
        "model": result.model,
        "engine": result.engine,
        "cost_cents": 0,
        "tokens": 0,
        "params_hash": result.params_hash,
    }
    return {
        "result_image_url": ref_of(result.key),
        "metadata": made_by,
        "alteration": result.alteration,
        "width": result.width,
        "height": result.height,
        "size_bytes": result.size,
        "sha256": result.sha256,
    }


projection = Projection(table=table, project=project)


def of_project(connection: Connection, project_id: UUID) -> list[dict[str, Any]]:
    """Return the rows of a project's images, each with its `stream_version`.

    Newest first; those that were confirmed together stand in the order they were named in.
    """
    query = (
        select(table, version_of("image", table.c.id).label("stream_version"))
        .where(table.c.project_id == str(project_id))
        .order_by(table.c.created_at.desc(), began("image", table.c.id))
    )
    return [dict(each) for each in connection.execute(query).mappings()]


def source(
    connection: Connection, image_id: UUID, version_id: UUID | None, workspace_id: UUID
) -> dict[str, Any]:
    """Return the row of a completed version of an image.

    Raises `NotFound` for what is another workspace's, not completed, or no version of that image.
    """
    found = connection.execute(
        select(table).where(
            table.c.id == str(version_id or image_id),
            (table.c.id == str(image_id)) | (table.c.parent_id == str(image_id)),
            table.c.workspace_id == str(workspace_id),
            table.c.status == "completed",
        )
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("media.image_not_found", "no such finished image")
    return dict(row)


def waiting(connection: Connection, workspace_id: UUID, kind: str) -> list[UUID]:
    """Return the images of a workspace whose jobs of that kind wait; the last in turn first."""
    asked = {"workspace_id": str(workspace_id), "kind": kind}
    return [UUID(each) for each in connection.execute(_WAITING, asked).scalars()]


_WAITING = text(
    "select subject from jobs where coalesce(workspace_id, '') = :workspace_id"
    " and state = 'waiting' and kind = :kind order by run_at desc, id desc"
)
