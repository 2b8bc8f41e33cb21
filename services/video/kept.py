"""What is kept beside the events: the customer's own words, in the frame's `personal`."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, select

from chassis.personal import personal


def texts_of(connection: Connection, row_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """Return by row what is kept of it: field -> text."""
    texts: dict[UUID, dict[str, str]] = {row_id: {} for row_id in row_ids}
    wanted = personal.c.row_id.in_([str(row_id) for row_id in texts])
    for each in connection.execute(select(personal).where(wanted)):
        texts[UUID(each.row_id)][each.field] = each.value
    return texts
