"""Lists in pages, newest first: an opaque cursor names the row after which the next one begins."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from chassis.codec import plain
from chassis.domain import value
from chassis.errors import Invalid


@value
class Place:
    """A row's place in a list ordered by (created_at, id)."""

    at: datetime
    id: UUID

    def cursor(self, query: str) -> str:
        """Return it as `query`'s callers see it."""
        text = json.dumps([query, plain(self.at), str(self.id)])
        return base64.urlsafe_b64encode(text.encode()).decode()

    @classmethod
    def read(cls, cursor: str, query: str) -> Self:
        """Return the place a cursor names. Raises `Invalid` for one of another query."""
        try:
            of, at, id = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
            place = cls(at=datetime.fromisoformat(at), id=UUID(id))
        except (ValueError, TypeError, AttributeError):
            raise _no_cursor() from None
        if of != query or place.at.tzinfo is None:
            raise _no_cursor()
        return place


def _no_cursor() -> Invalid:
    return Invalid("media.cursor_invalid", "this cursor is not one of this list")


@value
class Page:
    """Rows of one page, and the place of the last one where more follow."""

    rows: Sequence[dict[str, Any]]
    last: Place | None

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]], limit: int) -> Self:
        """Return the page of `limit` rows, given one row more where there is one."""
        shown = rows[:limit]
        if len(rows) <= limit:
            return cls(rows=shown, last=None)
        return cls(rows=shown, last=Place(at=shown[-1]["created_at"], id=UUID(shown[-1]["id"])))
