"""Pages of a list: newest first, with a cursor that holds for its own query only."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, tuple_

from chassis.codec import plain
from chassis.errors import Invalid


def page(
    connection: Connection,
    table: Table,
    query: Select[Any],
    wanted: Mapping[str, Any],
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return {items, next_cursor} of a query on `table`, which has `created_at` and `id`.

    `wanted` is what the query was asked for besides. Raises `Invalid` for a cursor of another.
    """
    asked = _digest(table.name, wanted)
    place = tuple_(table.c.created_at, table.c.id)
    if cursor is not None:
        query = query.where(place < _read(cursor, asked))
    newest_first = query.order_by(table.c.created_at.desc(), table.c.id.desc())
    rows = [dict(each) for each in connection.execute(newest_first.limit(limit + 1)).mappings()]
    items = rows[:limit]
    more = len(rows) > limit
    return {"items": items, "next_cursor": _written(items[-1], asked) if more else None}


def _digest(list_name: str, wanted: Mapping[str, Any]) -> str:
    text = json.dumps([list_name, plain(wanted)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(cursor: str, asked: str) -> tuple[datetime, str]:
    try:
        query, at, id = json.loads(base64.urlsafe_b64decode(cursor))
        created_at = datetime.fromisoformat(at)
    except (ValueError, TypeError):
        raise Invalid("affiliate.cursor_invalid", "this is not a cursor") from None
    if query != asked or not isinstance(id, str) or created_at.tzinfo is None:
        raise Invalid("affiliate.cursor_invalid", "this cursor belongs to another query")
    return created_at, id


def _written(last: Mapping[str, Any], asked: str) -> str:
    place = json.dumps([asked, plain(last["created_at"]), last["id"]])
    return base64.urlsafe_b64encode(place.encode()).decode()
