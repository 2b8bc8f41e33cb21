"""Lists, newest first, page by page: no row comes twice, and none that stays is missed.

A page begins after a place, not at a number: rows that come or go meanwhile move nobody else's.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Table, tuple_

from chassis.asked import Listing, Page
from chassis.codec import plain
from chassis.errors import Invalid, NotFound
from chassis.identity import Actor

CURSOR_MAX = 500  # characters

_After = tuple[datetime, str]  # of a row: created_at, id


def scope(actor: Actor, asked: UUID | None, code: str) -> UUID | None:
    """Return whose rows a list shows: of the actor's workspace; to a system admin of any (None).

    Raises `NotFound(code)` where somebody asks for another workspace's, or has none.
    """
    if actor.is_system_admin:
        return asked
    if actor.workspace_id is None or asked not in (None, actor.workspace_id):
        raise NotFound(code)
    return actor.workspace_id


def page(
    connection: Connection,
    table: Table,
    query: Select[Any],
    wanted: Mapping[str, Any],
    asked: Listing[Any],
    **besides: Any,
) -> Page[dict[str, Any]]:
    """Return the page of a query on `table`, which has `created_at` and `id`.

    `wanted`: by column of the query what its rows must hold; None takes any. `besides`: what the
    query asks for by itself. Raises `Invalid` for a cursor of another list, or of this one asked
    for something else.
    """
    named = list_id(table.name, {**wanted, **besides})
    for name, each in wanted.items():
        if each is not None:
            query = query.where(query.selected_columns[name] == plain(each))
    if asked.cursor is not None:
        query = query.where(tuple_(table.c.created_at, table.c.id) < read(asked.cursor, named))
    newest_first = query.order_by(table.c.created_at.desc(), table.c.id.desc())
    rows = [
        dict(each) for each in connection.execute(newest_first.limit(asked.limit + 1)).mappings()
    ]
    return cut(rows, asked.limit, named)


def list_id(name: str, wanted: Mapping[str, Any]) -> str:
    """Return what a cursor is bound to: the list's name and what it is asked for."""
    text = json.dumps([name, plain(wanted)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read(cursor: str, asked: str) -> _After:
    """Return the place after which a page begins. Raises `Invalid` for no cursor of this list."""
    try:
        if len(cursor) > CURSOR_MAX:
            raise ValueError(cursor)
        of, at, id = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        created_at, row_id = datetime.fromisoformat(at), str(UUID(id))
        if of != asked or created_at.tzinfo is None:
            raise ValueError(cursor)
    except (ValueError, TypeError, AttributeError):
        fields = {"cursor": ["Not a cursor of this list."]}
        raise Invalid("chassis.cursor_invalid", details={"fields": fields}) from None
    return created_at, row_id


def cut(rows: Sequence[dict[str, Any]], limit: int, asked: str) -> Page[dict[str, Any]]:
    """Return the page of `limit` rows, given one row more where there is one."""
    items = rows[:limit]
    if len(rows) <= limit:
        return Page(items=tuple(items), next_cursor=None)
    place = json.dumps([asked, plain(items[-1]["created_at"]), items[-1]["id"]])
    next_cursor = base64.urlsafe_b64encode(place.encode()).decode()
    return Page(items=tuple(items), next_cursor=next_cursor)
