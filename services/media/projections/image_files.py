"""Which files photographs have that are taken home, shown to everybody, or spoken of."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from chassis.errors import NotFound
from chassis.identity import Actor
from chassis.unit.store import began
from media.projections.image_rows import NO_IMAGE, root_id
from media.projections.images import table

Row = dict[str, Any]
TAKEN_HOME = (
    *("id", "workspace_id", "project_id", "status", "alteration"),
    *("file_name", "room_type", "result_image_url"),
)
NAMING = (
    *("id", "workspace_id", "project_id"),
    *("original_image_url", "result_image_url", "published_token_sha256"),
)


def current(connection: Connection, project_id: UUID) -> list[Row]:
    """Return what a project's finished photographs are by now, in the order they were sent."""
    first = table.alias()
    query = (
        _taken_home(project_id)
        .join(first, first.c.id == root_id)
        .where(table.c.is_current, table.c.status == "completed")
        .order_by(first.c.created_at, began("image", first.c.id))
    )
    return [dict(each) for each in connection.execute(query).mappings()]


def these(connection: Connection, project_id: UUID, version_ids: Sequence[UUID]) -> list[Row]:
    """Return these versions of a project, in this order, as far as they are there."""
    wanted = [str(each) for each in dict.fromkeys(version_ids)]
    found = connection.execute(_taken_home(project_id).where(table.c.id.in_(wanted)))
    rows = {each["id"]: dict(each) for each in found.mappings()}
    return [rows[each] for each in wanted if each in rows]


def _taken_home(project_id: UUID) -> Any:
    columns = (table.c[name] for name in TAKEN_HOME)
    return select(*columns).where(table.c.project_id == str(project_id))


def said(connection: Connection, version_id: UUID, actor: Actor) -> Row:
    """Return what is to be said of a version, and of its original. Raises `NotFound`."""
    first = table.alias()
    query = (
        select(
            *(table.c[name] for name in ("workspace_id", "alteration", "metadata")),
            *(first.c[name] for name in ("id", "publications", "published_at")),
            first.c.published_token_sha256,
        )
        .join(first, first.c.id == root_id)
        .where(table.c.id == str(version_id))
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None or not actor.sees(UUID(row["workspace_id"])):
        raise NotFound(NO_IMAGE, "no such image")
    return dict(row)


def named(connection: Connection, ids: Collection[UUID]) -> list[Row]:
    """Return what names the files of these versions, as far as they are there."""
    columns = (table.c[name] for name in NAMING)
    query = select(*columns).where(table.c.id.in_([str(each) for each in ids]))
    return [dict(each) for each in connection.execute(query).mappings()]


def published(connection: Connection, token_sha256: str) -> Row | None:
    """Return whose original everybody may see who has the token of that hash, if anybody's."""
    columns = (table.c[name] for name in ("id", "workspace_id", "project_id"))
    query = select(*columns).where(table.c.published_token_sha256 == token_sha256)
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None
