"""Our store behind the recorder of the PyPI package `eventsourcing`, so that its cases run on it.

Nothing of the store is changed for it: SQL `append`, `number_events`, `events`, `positions`.
Their versions may start at 0, ours start at 1; their state is bytes, and stands in `data`.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)
from sqlalchemy import Engine, Row, text
from sqlalchemy.exc import DBAPIError

from chassis.unit import feed
from chassis.unit.store import split_name, stream_name
from integration.stages.box_database import NOON
from waiting import until

CATEGORY = "aggregate"
FIRST_VERSION = 1  # of ours, where theirs is 0
REFUSED = ("23505", "ES001")  # a version that is there already, or lies ahead of its stream


class StreamRecorder(AggregateRecorder):
    """Streams of their events in our store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Append in one transaction. Raises `IntegrityError` where a rival was faster."""
        self.append(stored_events)
        return None

    def append(self, stored_events: Sequence[StoredEvent]) -> list[UUID]:
        """Append in one transaction and return the events' ids."""
        rows = [_row(each) for each in stored_events]
        try:
            with self.engine.begin() as connection:
                connection.execute(_APPEND, {"events": json.dumps(rows)})
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") in REFUSED:
                raise IntegrityError(str(error.orig)) from None
            raise
        return [UUID(row["event_id"]) for row in rows]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return a stream's events, those after `gt` and up to `lte`."""
        bounds = {
            "name": stream_name(CATEGORY, UUID(str(originator_id))),
            "gt": None if gt is None else gt + FIRST_VERSION,
            "lte": None if lte is None else lte + FIRST_VERSION,
            "most": limit,
        }
        with self.engine.connect() as connection:
            rows = connection.execute(_LAST if desc else _FIRST, bounds).all()
        return [StoredEvent(**_stored(row)) for row in rows]


class LogRecorder(StreamRecorder, ApplicationRecorder):
    """The same, with the order of all: a notification's id is the event's position."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Append, number as the `work` loop does, and return the positions."""
        made = self.append(stored_events)
        numbered: list[int] = []

        def number() -> bool:
            feed.number(self.engine)  # nothing where another numbers: then ask again
            with self.engine.connect() as connection:
                numbered[:] = connection.execute(_POSITIONS, {"made": made}).scalars()
            return len(numbered) == len(made)

        until(number, what="a position of each event")
        return numbered

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return numbered events in order, of all topics or of those."""
        first = None if start is None else start + (not inclusive_of_start)
        bounds = {"first": first, "stop": stop, "topics": list(topics), "most": limit}
        with self.engine.connect() as connection:
            rows = connection.execute(_NUMBERED, bounds).all()
        return [Notification(id=row.position, **_stored(row)) for row in rows]

    def max_notification_id(self) -> int | None:
        """Return the last position, None without any."""
        with self.engine.connect() as connection:
            last: int | None = connection.execute(_LAST_POSITION).scalar_one()
        return last

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Return an iterator that waits for more at the end."""
        return LogSubscription(self, gt, topics)


class LogSubscription(Subscription[ApplicationRecorder]):
    """Reads on from the last event, as a consumer that polls does."""

    def __next__(self) -> Notification:
        """Return the next one; wait for it where there is none yet."""
        found: list[Notification] = []

        def look() -> bool:
            if not self._has_been_stopped:
                found[:] = self._recorder.select_notifications(
                    self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
                )
            return self._has_been_stopped or bool(found)

        until(look, what="a notification")
        if self._has_been_stopped:
            raise StopIteration
        self._last_notification_id = found[0].id
        return found[0]


def _row(stored: StoredEvent) -> dict[str, Any]:
    return {
        "event_id": str(uuid4()),
        "stream_id": stream_name(CATEGORY, UUID(str(stored.originator_id))),
        "version": stored.originator_version + FIRST_VERSION,
        "type": stored.topic,
        "schema_version": 1,
        "data": {"state": b64encode(stored.state).decode()},
        "meta": {},
        "recorded_at": NOON.isoformat(),
    }


def _stored(row: Row[Any]) -> dict[str, Any]:
    return {
        "originator_id": split_name(row.stream_id)[1],
        "originator_version": row.version - FIRST_VERSION,
        "topic": row.type,
        "state": b64decode(row.data["state"]),
    }


_APPEND = text("select append(cast(:events as jsonb), '[]', null)")
_STREAM = (
    "select * from events where stream_id = :name and version > coalesce(:gt, 0)"
    " and version <= coalesce(:lte, 2147483647) order by version {} limit :most"
)
_FIRST, _LAST = text(_STREAM.format("asc")), text(_STREAM.format("desc"))
_POSITIONS = text(
    "select position from positions p join events e using (seq) where e.event_id = any(:made)"
    " order by position"
)
_NUMBERED = text(
    "select * from positions p join events e using (seq) where position >= coalesce(:first, 0)"
    " and position <= coalesce(:stop, 9223372036854775807)"
    " and (e.type = any(:topics) or cardinality(cast(:topics as text[])) = 0)"
    " order by position limit :most"
)
_LAST_POSITION = text("select max(position) from positions")
