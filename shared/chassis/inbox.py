"""Hearing others: a cursor for each source, moved in the transaction of what it caused.

Every told event names the one told before it. A consumer whose cursor stands at that one takes
the event; at a lower position it has heard it already; else something is missing and it pulls.
Live delivery, catch-up and a second delivery all pass `Consumer.accept`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis import codec, ids
from chassis.calls import Call
from chassis.domain import Decider, value
from chassis.envelope import Heard, heard
from chassis.errors import Conflict, ServiceError
from chassis.feed import START
from chassis.handling import App, Unit
from chassis.identity import service_actor


@value
class Reaction:
    """What a service does about one event of another: `react(unit, heard)`, in `inbound.py`."""

    source: str
    hears: type[Any]  # the contract; its fields load, others are ignored
    react: Callable[[Unit, Heard], object]
    streams: Callable[[Heard], Iterable[tuple[Decider[Any, Any, Any], UUID]]]  # read beforehand


class SourceStopped(Exception):
    """An event cannot be taken; nothing after it is, until somebody has looked."""

    def __init__(self, consumer: str, heard: Heard, cause: BaseException) -> None:
        self.heard, self.cause = heard, cause
        where = f"{heard.type} at {heard.source}:{heard.position} ({heard.event_id})"
        super().__init__(f"{consumer} stopped hearing {heard.source}: {where}: {cause!r}")


class Consumer:
    """One service hearing one source."""

    def __init__(self, app: App, source: str, reactions: Iterable[Reaction]) -> None:
        """Make the cursor's row where there is none yet: at the beginning."""
        self.app, self.source, self.name = app, source, app.service.name
        self.reactions: dict[str, list[Reaction]] = {}
        for reaction in reactions:
            self.reactions.setdefault(codec.snake(reaction.hears.__name__), []).append(reaction)
        with app.engine.begin() as connection:
            connection.execute(_BEGIN, self._key() | START)

    def cursor(self) -> dict[str, Any]:
        """Return the pair {position, event_id} of the last event heard."""
        row = self.app.query(lambda connection: connection.execute(_CURSOR, self._key()).one())
        return {"position": row.position, "event_id": str(row.event_id)}

    def pull(self, read: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> int:
        """Read on from the cursor to the source's head; return how many events came.

        `read(after)` is the source's `events_read`. Raises what `accept` raises, and
        `Conflict("chassis.forked")` if the source has forgotten what was heard of it.
        """
        count = 0
        while items := read(self.cursor())["items"]:
            if not self.accept([heard(item) for item in items]):
                raise Conflict(
                    "chassis.forked",
                    f"what {self.source} tells does not follow what was heard of it",
                    retryable=False,
                )
            count += len(items)
        return count

    def accept(self, deliveries: Sequence[Heard]) -> bool:
        """Take what comes next of `deliveries`, each with its effects; False if one is missing.

        Raises `SourceStopped` for an event that cannot be taken: all before it are. What is
        retryable (no database, a busy stream) is raised as it is.
        """
        try:
            return self._take(deliveries)
        except Exception as error:
            if isinstance(error, ServiceError) and error.retryable:
                raise
            if len(deliveries) == 1:
                raise SourceStopped(self.name, deliveries[0], error) from error
        # one of them failed: one by one, those before it are kept
        return all([self.accept([each]) for each in deliveries])

    def _take(self, deliveries: Sequence[Heard]) -> bool:
        def work(unit: Unit) -> bool:
            cursor = unit.execute(_LOCK.bindparams(**self._key())).one()
            taken, whole = following(cursor.position, cursor.event_id, deliveries)
            if taken:
                self._react(unit, taken)
                last = taken[-1]
                moved = {"position": last.position, "event_id": last.event_id}
                unit.execute(_MOVE.bindparams(**self._key(), **moved))
            return whole

        return self.app.attempt(self._call(), work)

    def _react(self, unit: Unit, taken: Sequence[Heard]) -> None:
        due = [
            (reaction, replace(each, event=codec.load(reaction.hears, each.data, tolerant=True)))
            for each in taken
            for reaction in self.reactions.get(each.name, ())
        ]
        unit.preload(wanted for reaction, each in due for wanted in reaction.streams(each))
        for reaction, each in due:
            reaction.react(unit.on_behalf(self._call(each)), each)

    def _call(self, cause: Heard | None = None) -> Call:
        at, actor = self.app.clock(), service_actor(self.name)
        if cause is None:
            return Call(id=ids.fresh(), at=at, actor=actor, correlation_id="")
        return Call(
            id=ids.derive(cause.event_id, self.name),
            at=at,
            actor=actor,
            correlation_id=cause.correlation_id,
            causation=str(cause.event_id),
            heard={
                "source": cause.source,
                "position": cause.position,
                "event_id": str(cause.event_id),
                "type": cause.type,
            },
        )

    def _key(self) -> dict[str, Any]:
        return {"consumer": self.name, "source": self.source}


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


_WHERE = "where consumer = :consumer and source = :source"
_BEGIN = text(
    "insert into cursors (consumer, source, position, event_id)"
    " values (:consumer, :source, :position, cast(:event_id as uuid)) on conflict do nothing"
)
_CURSOR = text(f"select position, event_id from cursors {_WHERE}")  # noqa: S608
_LOCK = text(f"select position, event_id from cursors {_WHERE} for update")  # noqa: S608
_MOVE = text(f"update cursors set position = :position, event_id = :event_id {_WHERE}")  # noqa: S608
