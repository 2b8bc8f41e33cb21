"""What a failure says about the event that was being heard: an outage, a rule, a bug, a crash."""

import traceback
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from chassis.codec import plain
from chassis.errors import (
    Conflict,
    DeadlineExceeded,
    Invalid,
    NotFound,
    RateLimited,
    Rejected,
    ServiceError,
    Unavailable,
)
from chassis.hearing.cursors import STOPPED, Cursor
from chassis.unit.envelope import Heard

MOST_CRASHES = 3  # tries of one event that may end with their process
WATCHED = 200  # events from a process's start, and from a crash's discovery: a batch's worth
TRACE_CHARACTERS = 8_000


def is_outage(error: Exception) -> bool:
    """Return whether the error says nothing about the event: the source pauses, nothing parks."""
    if not isinstance(error, ServiceError):
        return False
    if isinstance(error, Conflict):  # busy, in progress
        return error.code == STOPPED or (error.retryable and error.code.startswith("chassis."))
    return error.retryable and isinstance(error, Unavailable | RateLimited | DeadlineExceeded)


def is_final(error: Exception) -> bool:
    """Return whether no repeat can mend it: a rule has said no."""
    return isinstance(error, Rejected | NotFound | Invalid) and not error.retryable


def described(error: Exception) -> dict[str, Any]:
    """Return {kind, code, message, retryable, details, trace}: what an operator is shown."""
    known = error if isinstance(error, ServiceError) else None
    return {
        "kind": type(error).__name__,
        "code": known.code if known else "chassis.bug",
        "message": known.message if known else str(error),
        "retryable": bool(known and known.retryable),
        "details": plain(known.details) if known else {},
        "trace": "".join(traceback.format_exception(error))[-TRACE_CHARACTERS:],
    }


class CrashWatch:
    """Counts in PostgreSQL what is tried, as the process may die of it; for one thread.

    The first events after a start are counted, for a process that dies of an event meets it again
    there. One that finds an earlier try without an end goes on event by event. Rivals that try
    the same at the same moment look like crashes; what that parks is mended by its redrive.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._left = WATCHED
        self._singly = False
        self._counted: tuple[int, int] | None = None  # position, crashes found there

    def begin(self, deliveries: Sequence[Heard]) -> tuple[Sequence[Heard], int]:
        """Return how much of `deliveries` to try at once, and how many tries of it have crashed."""
        if self._left <= 0:
            return deliveries, 0
        stands = self._cursor.stands()
        known = list(takewhile(lambda each: each.position <= stands.position, deliveries))
        if known:
            return known, 0
        if deliveries[0].previous != stands.event_id:
            return deliveries, 0
        crashes = self._crashes(stands.position)
        if crashes:
            self._singly, self._left = True, WATCHED
        batch = deliveries[:1] if self._singly else deliveries
        self._left -= len(batch)
        self._singly = self._singly and self._left > 0
        return batch, crashes

    def _crashes(self, position: int) -> int:
        # once for each cursor: a try that ended in an error has not ended the process
        if self._counted is None or self._counted[0] != position:
            self._counted = (position, max(0, self._cursor.count_try(position) - 1))
        return self._counted[1]
