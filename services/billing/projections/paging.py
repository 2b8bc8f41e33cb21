"""Lists, newest first, page by page: nothing comes twice and nothing that stays is missed."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Select, Table, tuple_

from chassis.codec import plain
from chassis.domain import value
from chassis.errors import Invalid, NotFound
from chassis.identity import Actor


@value
class Wanted:
    """A page of a list: which workspace's rows, of which status, on from where."""

    workspace_id: UUID | None
    status: str | None
    limit: int
    cursor: str | None


def scope(actor: Actor, workspace_id: UUID | None) -> UUID | None:
    """Return whose rows the actor is shown: the own workspace's, to a system admin any.

    Raises `NotFound` for another workspace.
    """
    if actor.is_system_admin:
        return workspace_id
    if workspace_id not in (None, actor.workspace_id):
        raise NotFound("billing.workspace_not_found", "no such workspace")
    return actor.workspace_id


def page(
    connection: Connection, table: Table, query: Select[Any], wanted: Wanted
) -> tuple[list[RowMapping], str | None]:
    """Return a page of `query`'s rows on `table`, and the cursor of the next page if any.

    Raises `Invalid` for a cursor that is not one of this very list's.
    """
    this = [table.name, str(wanted.workspace_id), wanted.status]
    place = tuple_(table.c.created_at, table.c.id)
    if wanted.workspace_id is not None:
        query = query.where(table.c.workspace_id == str(wanted.workspace_id))
    if wanted.cursor is not None:
        query = query.where(place < tuple_(*_place(wanted.cursor, this)))
    query = query.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(wanted.limit + 1)
    rows = list(connection.execute(query).mappings())
    if len(rows) <= wanted.limit:
        return rows, None
    rows = rows[: wanted.limit]
    return rows, _cursor([*this, plain(rows[-1]["created_at"]), rows[-1]["id"]])


def _cursor(parts: list[Any]) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode()


def _place(cursor: str, this: list[Any]) -> tuple[datetime, str]:
    try:
        *of, created_at, id = json.loads(urlsafe_b64decode(cursor.encode()))
        if of != this:
            raise ValueError(cursor)
        return datetime.fromisoformat(created_at), str(UUID(id))
    except (ValueError, TypeError, AttributeError):
        fields = {"cursor": ["Not a cursor of this list."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields}) from None
