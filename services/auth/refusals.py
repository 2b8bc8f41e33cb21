"""Kept: authentications that were refused, counted by the minute.

However often somebody tries, there is a row a minute for each method, person and code.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, cast, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from auth.attempts import refusal

NOBODY = ""  # whom nobody knows: an address that has no account, a token that is none
Place = tuple[datetime, UUID]


def count(
    connection: Connection, method: str, user_id: UUID | None, code: str, at: datetime
) -> None:
    """Count one more of the minute of `at`.

    All whom nobody knows share a row. It is not held while a disk confirms, so that they do not
    wait for each other, and the time of an answer does not say that nobody is known.
    """
    connection.execute(_UNCONFIRMED)
    row = insert(refusal).values(
        minute=at.replace(second=0, microsecond=0),
        method=method,
        user_id=str(user_id) if user_id else NOBODY,
        code=code,
        count=1,
    )
    key = ["minute", "method", "user_id", "code"]
    once_more = {"count": refusal.c["count"] + 1}
    connection.execute(row.on_conflict_do_update(index_elements=key, set_=once_more))


def listed(
    connection: Connection,
    *,
    user_id: UUID | None,
    method: str | None,
    since: datetime | None,
    until: datetime | None,
    after: Place | None,
    limit: int,
) -> Sequence[dict[str, Any]]:
    """Return rows with `created_at` and `id` from a place on, newest first; None asks for any."""
    row = refusal.c
    id = cast(func.md5(func.concat_ws("/", row.method, row.user_id, row.code)), Uuid)
    columns = (row.minute.label("created_at"), id.label("id"), row.method, row.user_id, row.code)
    query = select(*columns, row["count"])
    if user_id is not None:
        query = query.where(row.user_id == str(user_id))
    if method is not None:
        query = query.where(row.method == method)
    if since is not None:
        query = query.where(row.minute >= since)
    if until is not None:
        query = query.where(row.minute < until)
    if after is not None:
        query = query.where(tuple_(row.minute, id) < after)
    newest_first = query.order_by(row.minute.desc(), id.desc()).limit(limit)
    return [dict(each) for each in connection.execute(newest_first).mappings()]


_UNCONFIRMED = text("set local synchronous_commit = off")
