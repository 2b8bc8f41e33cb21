"""The cursor: how far one consumer has heard one source; a row that is held while it hears."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis import ids
from chassis.errors import Conflict, NotFound
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App

CHECKED_EVERY_S = 2.0
STOPPED = "chassis.source_stopped"


class Cursor:
    """Where one consumer stands in what one source tells."""

    def __init__(self, app: App, consumer: str, source: str) -> None:
        """Name a cursor, whether its row exists or not."""
        self.app, self.key = app, {"consumer": consumer, "source": source}
        self._checked_at: float | None = None

    def stands(self) -> Row[Any]:
        """Return position, event_id, stopped and forked as they are now.

        `forked`: it has gone on after a fork, so what was told once may be told again.

        Raises `NotFound` for a consumer that never was, or is no member of its group any more.
        """
        return self._there(
            self.app.query(lambda connection: connection.execute(_STANDS, self.key).one_or_none())
        )

    def hold(self, unit: Unit) -> Row[Any]:
        """Return what `stands` does, and hold the cursor until the unit ends.

        Raises `NotFound` as `stands` does.
        """
        return self._there(unit.execute(_HOLD, **self.key).one_or_none())

    def hold_going(self, unit: Unit) -> Row[Any]:
        """Hold the cursor. Raises `Conflict("chassis.source_stopped")` where its source is."""
        stands = self.hold(unit)
        if stands.stopped is not None:
            reason = f"{self.key['consumer']} has stopped hearing {self.key['source']}"
            raise Conflict(STOPPED, reason, retryable=False)
        return stands

    def move(self, unit: Unit, last: Heard) -> None:
        """Let `last` be the last event heard."""
        moved = {"position": last.position, "event_id": last.event_id}
        unit.execute(_MOVE, **self.key, **moved)

    def count_try(self, position: int) -> int:
        """Count, for good, that what follows `position` is tried; return which try it is.

        0 where the cursor has moved on meanwhile.
        """
        return self._write(_TRY, position=position) or 0

    def note_checked(self) -> None:
        """Note that the consumer has heard all its source has told until now; every 2 s at most."""
        now = time.monotonic()
        if self._checked_at is None or now - self._checked_at >= CHECKED_EVERY_S:
            self._write(_CHECKED)
            self._checked_at = now

    def _there(self, stands: Row[Any] | None) -> Row[Any]:
        if stands is None:
            reason = "no {consumer} hears {source}".format_map(self.key)
            raise NotFound("chassis.consumer_not_found", reason)
        return stands

    def _write(self, statement: Any, **parameters: Any) -> Any:
        given = {**self.key, **parameters}
        return self.app.attempt(
            call(self.app), lambda unit: unit.execute(statement, **given).scalar()
        )


def call(app: App, *, id: UUID | None = None, correlation_id: str = "", **caused: Any) -> Call:
    """Return the call of a unit; what is named is what an event heard has caused."""
    return Call(
        id=id or ids.fresh(),
        at=app.clock(),
        actor=service_actor(app.service.name),
        correlation_id=correlation_id,
        **caused,
    )


def following(
    position: int, event_id: UUID, deliveries: Sequence[Heard]
) -> tuple[list[Heard], bool]:
    """Return what of `deliveries` follows the cursor without a gap, and whether that is all."""
    taken: list[Heard] = []
    for each in deliveries:
        if each.position <= position:
            continue
        if each.previous != event_id:
            return taken, False
        taken.append(each)
        position, event_id = each.position, each.event_id
    return taken, True


_OF = "where consumer = :consumer and source = :source"
_STANDS = text(f"select position, event_id, stopped, forked from cursors {_OF}")  # noqa: S608
_HOLD = text(f"{_STANDS.text} for update")
_MOVE = text(
    "update cursors set position = :position, event_id = :event_id, tries = 0"  # noqa: S608
    f" {_OF}"
)
_TRY = text(
    f"update cursors set tries = tries + 1 {_OF} and position = :position returning tries"  # noqa: S608
)
_CHECKED = text(f"update cursors set checked_at = now() {_OF} returning 1")  # noqa: S608
