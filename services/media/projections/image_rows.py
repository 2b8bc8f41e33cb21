"""Photographs as they are shown: rows of `image_generation`, and how far the work has come."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, text

from chassis.asked import Listing, Page
from chassis.errors import NotFound
from chassis.identity import Actor
from chassis.personal import recall_optional
from chassis.unit.pages import page, scope
from chassis.unit.store import began, version_of
from media.projections.images import table

MICRO_USD_A_CENT = 10_000
NO_IMAGE = "media.image_not_found"
root_id = func.coalesce(table.c.parent_id, table.c.id)
BESIDE = (  # what is no part of a version's reply
    *("kind", "original_sha256", "file_name"),
    *("published_token_sha256", "published_at", "publications"),
)
WORK = ("enhance_image", "inpaint_image", "ask_provider", "await_answer")  # kinds of job

Row = dict[str, Any]


def _versions() -> Select[Any]:
    """Return the query of what replies show; versions, each with its photograph's stream."""
    columns = (each for each in table.c if each.name not in BESIDE)
    first = table.alias()
    name = select(first.c.file_name).where(first.c.id == root_id).scalar_subquery()
    version = version_of("image", root_id)
    return select(*columns, name.label("file_name"), version.label("stream_version"))


def _row(cost_micro_usd: int, metadata: dict[str, Any] | None, **row: Any) -> Row:
    """Return a version as it is shown: its cost in whole cents, half up."""
    cents = (cost_micro_usd + MICRO_USD_A_CENT // 2) // MICRO_USD_A_CENT
    made_by = metadata and {**metadata, "cost_cents": cents, "attempts": row["attempts"]}
    return {**row, "metadata": made_by, "cost_cents": cents}


def root_of(connection: Connection, version_id: UUID) -> UUID:
    """Return which photograph a version is of: its stream. Raises `NotFound`."""
    found = connection.execute(select(root_id).where(table.c.id == str(version_id))).scalar()
    if found is None:
        raise NotFound(NO_IMAGE, "no such image")
    return UUID(found)


def roots_of(connection: Connection, version_ids: Collection[UUID]) -> tuple[UUID, ...]:
    """Return which photographs these versions are of, each once. Raises `NotFound` for any."""
    wanted = {str(each) for each in version_ids}
    found = dict(
        map(tuple, connection.execute(select(table.c.id, root_id).where(table.c.id.in_(wanted))))
    )
    if len(found) < len(wanted):
        raise NotFound(NO_IMAGE, "no such image")
    return tuple(dict.fromkeys(UUID(found[str(each)]) for each in version_ids))


def at_work(connection: Connection, workspace_id: UUID) -> int:
    """Return how many later versions of a workspace's photographs are at work."""
    query = select(func.count()).where(
        table.c.workspace_id == str(workspace_id),
        table.c.parent_id.is_not(None),
        table.c.status == "processing",
    )
    return int(connection.execute(query).scalar_one())


def words_for(connection: Connection, version_id: UUID) -> str | None:
    """Return what a customer has written for a version; None once that is forgotten."""
    words: str | None = connection.execute(select(recall_optional(version_id, "prompt"))).scalar()
    return words


def of_project(connection: Connection, project_id: UUID) -> list[Row]:
    """Return the current version of each of a project's photographs.

    Newest photograph first; those confirmed together stand in the order they were named in.
    """
    first = table.alias()
    query = (
        _versions()
        .join(first, first.c.id == root_id)
        .where(table.c.project_id == str(project_id), table.c.is_current)
        .order_by(first.c.created_at.desc(), began("image", first.c.id))
    )
    return [_row(**each) for each in connection.execute(query).mappings()]


def one(connection: Connection, version_id: UUID, actor: Actor) -> Row:
    """Return a version's row. Raises `NotFound` where the actor sees none."""
    found = connection.execute(_versions().where(table.c.id == str(version_id)))
    row = found.mappings().one_or_none()
    if row is None or not actor.sees(UUID(row["workspace_id"])):
        raise NotFound(NO_IMAGE, "no such image")
    return _row(**row)


def chain(connection: Connection, version_id: UUID, actor: Actor) -> list[Row]:
    """Return all versions of a photograph, by any of them. Raises `NotFound`."""
    root = str(root_of(connection, version_id))
    query = _versions().where((table.c.id == root) | (table.c.parent_id == root))
    found = connection.execute(query.order_by(table.c.version)).mappings()
    rows = [_row(**each) for each in found]
    if not rows or not actor.sees(UUID(rows[0]["workspace_id"])):
        raise NotFound(NO_IMAGE, "no such image")
    return rows


def newest(
    connection: Connection, actor: Actor, asked: Listing[Any], wanted: Mapping[str, Any]
) -> Page[Row]:
    """Return a page of current versions that hold `wanted`, newest first; an admin sees all."""
    theirs = {"workspace_id": scope(actor, None, "media.workspace_not_found"), **wanted}
    current = _versions().where(table.c.is_current)
    return page(connection, table, current, theirs, asked).of(_row)


def counts(connection: Connection, workspace_id: UUID | None) -> dict[str, int]:
    """Return how many photographs there are of each status, by their first version."""
    query = select(table.c.status, func.count()).where(table.c.parent_id.is_(None))
    if workspace_id is not None:
        query = query.where(table.c.workspace_id == str(workspace_id))
    return {status: count for status, count in connection.execute(query.group_by(table.c.status))}


def progress(connection: Connection, image_ids: Collection[str]) -> dict[str, Row]:
    """Return how far the latest work at these photographs has come, where there is any."""
    if not image_ids:
        return {}
    found = connection.execute(_PROGRESS, {"images": list(image_ids), "kinds": list(WORK)})
    return {each.pop("root"): each for each in map(dict, found.mappings())}


# The place counts those that are due before it; whoever else is served fairly may come between.
# Who waits for a provider's answer is at work; who still asks comes first.
_PROGRESS = text(
    "select distinct on (coalesce(i.parent_id, i.id)) coalesce(i.parent_id, i.id) as root,"
    " coalesce(cast(j.progress ->> 'percent' as int), case j.kind when 'await_answer' then 50"
    "  else 0 end) as percent,"
    " coalesce(j.progress ->> 'step', case j.kind when 'await_answer' then 'processing'"
    "  else 'waiting' end) as step,"
    " case when j.state = 'waiting' and j.kind <> 'await_answer' then ("
    "  select count(*) + 1 from jobs b where b.state = 'waiting' and b.kind = any(:kinds)"
    "  and (b.run_at, b.id) < (j.run_at, j.id)) end as queue_position"
    " from image_generation i join jobs j on j.subject = i.id and j.kind = any(:kinds)"
    "  and j.state in ('waiting', 'claimed')"
    " where i.status = 'processing' and coalesce(i.parent_id, i.id) = any(:images)"
    " order by coalesce(i.parent_id, i.id), i.version desc, j.kind"
)


def source(
    connection: Connection, image_id: UUID, version_id: UUID | None, workspace_id: UUID
) -> Row:
    """Return a completed version of a photograph, the current one unless it is named.

    Raises `NotFound` for what is another workspace's, not completed, or no version of it.
    """
    root = root_of(connection, image_id)
    this = table.c.is_current if version_id is None else table.c.id == str(version_id)
    found = connection.execute(
        select(table).where(
            this,
            root_id == str(root),
            table.c.workspace_id == str(workspace_id),
            table.c.status == "completed",
        )
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound(NO_IMAGE, "no such finished image")
    return dict(row)


def waiting(connection: Connection, workspace_id: UUID, kind: str) -> list[UUID]:
    """Return the versions of a workspace whose jobs of that kind wait; the last in turn first."""
    asked = {"workspace_id": str(workspace_id), "kind": kind}
    return [UUID(each) for each in connection.execute(_WAITING, asked).scalars()]


_WAITING = text(
    "select subject from jobs where coalesce(workspace_id, '') = :workspace_id"
    " and state = 'waiting' and kind = :kind order by run_at desc, id desc"
)
