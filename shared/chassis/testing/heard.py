"""Given these streams, when this is heard, then those events: a reaction's test, read aloud.

What decides is the real unit. It reads the given streams as if they were stored; of other tables
it finds only those it is given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self, cast
from uuid import UUID

from sqlalchemy import Connection, Executable, create_engine

from chassis import codec, ids
from chassis.database.schema import NONE_TOLD
from chassis.domain import Decider
from chassis.errors import ServiceError
from chassis.hearing import cursors
from chassis.hearing.reacting import Reaction
from chassis.testing.tables import Tables
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App
from chassis.unit.service import Service
from chassis.unit.store import stream_name

Stream = tuple[Decider[Any, Any, Any], UUID]
Streams = Mapping[Stream, Sequence[Any]]  # with the events of each

GIVEN_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)  # when the given events were recorded
TOLD_AT = GIVEN_AT + timedelta(hours=1)  # when the source recorded what is heard
HEARD_AT = TOLD_AT + timedelta(hours=1)  # when the unit runs
SUBJECT = UUID(int=999)  # of the source's stream
NOWHERE = create_engine("postgresql+psycopg://")  # no unit here opens it


class Hearing:
    """One event, heard by the reactions that a service has to it."""

    def __init__(self, service: Service, reactions: Iterable[Reaction], event: Any) -> None:
        self.service, self.event = service, event
        self.reactions = [each for each in reactions if each.hears is type(event)]
        assert self.reactions, f"{service.name} does not hear {type(event)}"
        self._given: Streams = {}
        self._later: list[set[str]] = []
        self._tables: Tables | None = None

    def given(self, streams: Streams) -> Self:
        """Let these streams be stored: `(decider, id)` -> events."""
        self._given = streams
        return self

    def beside(self, tables: Tables) -> Self:
        """Let these tables be there."""
        self._tables = tables
        return self

    def reading(self, *later: Stream) -> Self:
        """Expect that these are read in one go, after those that the reaction declares.

        Each such read is a round trip for each event: one that is not expected fails the test.
        """
        self._later.append({_name(each) for each in later})
        return self

    def then(self, streams: Streams) -> None:
        """Assert what was decided, in which streams: nothing in any other."""
        decided: dict[str, list[Any]] = {}
        for recorded, _ in self._react().events:
            decided.setdefault(recorded.stream_id, []).append(recorded.event)
        assert decided == {_name(each): list(events) for each, events in streams.items()}

    def then_nothing(self) -> None:
        """Assert that there was nothing to do."""
        self.then({})

    def then_not_even_read(self) -> None:
        """Assert that it was seen from the event alone that there is nothing to do."""
        self.then_nothing()
        assert self._declared() == []

    def then_revoked(self, *revocations: Mapping[str, Any]) -> None:
        """Assert whose access was ended or given back, and that this was all."""
        unit = self._react()
        assert (unit.revocations.rows, unit.events) == (list(revocations), [])

    def then_refused(self, code: str) -> None:
        """Assert that a rule said no, and with which code."""
        try:
            unit = self._react()
        except ServiceError as refusal:
            assert refusal.code == code
        else:
            raise AssertionError(f"{code} was expected, not {unit.events}")

    def _react(self) -> Unit:
        app = App(service=self.service, engine=NOWHERE, clock=lambda: HEARD_AT)
        stored = _Stored(self._given, self._tables)
        unit = Unit(app, cast(Connection, stored), cursors.call(app))
        unit.preload(self._declared())
        stored.read.clear()
        for each in self.reactions:
            told = _loaded(each, self.event)
            call = cursors.call(app, id=ids.derive(told.event_id, app.service.name))
            each.react(unit.on_behalf(call), told)
        assert stored.read == self._later
        return unit

    def _declared(self) -> list[Stream]:
        loaded = [(each, _loaded(each, self.event)) for each in self.reactions]
        return [stream for reaction, told in loaded for stream in reaction.streams(told)]


def heard(service: Service, reactions: Iterable[Reaction], event: Any) -> Hearing:
    """Return that event as that service hears it, with no stream given yet."""
    return Hearing(service, reactions, event)


def _name(stream: Stream) -> str:
    return stream_name(stream[0].name, stream[1])


def _loaded(reaction: Reaction, event: Any) -> Heard:
    told = Heard(
        source=reaction.source,
        position=1,
        previous=UUID(NONE_TOLD),
        event_id=ids.derive(SUBJECT, 1),
        type=f"{reaction.source}.{codec.snake(reaction.hears.__name__)}",
        stream_id=stream_name("subject", SUBJECT),
        time=TOLD_AT,
        correlation_id="told",
        workspace_id=None,
        data=codec.dump(event),
    )
    return replace(told, event=codec.load(reaction.hears, told.data, tolerant=True))


class _Stored:
    """What a unit takes for its connection; `read` is what it has asked for, trip by trip."""

    def __init__(self, streams: Streams, tables: Tables | None) -> None:
        self._rows = {_name(each): _rows(_name(each), streams[each]) for each in streams}
        self._tables = tables
        self.read: list[set[str]] = []

    def in_transaction(self) -> bool:
        """The streams are read in the unit's own."""
        return True

    @property
    def connection(self) -> Self:
        """The way to the driver, as `postgres.run` goes it."""
        return self

    dbapi_connection = connection

    def execute(
        self, statement: str | Executable, parameters: Mapping[str, Any] | None = None
    ) -> Any:
        """Read streams in the driver's words, or run a statement on the tables beside."""
        if not isinstance(statement, str):
            assert self._tables is not None, f"no table is given, but used: {statement}"
            return self._tables.execute(statement, parameters)
        assert parameters is not None and set(parameters) == {"names"}, (
            f"a reaction only reads streams: {statement}"
        )
        self.read.append(set(parameters["names"]))
        return [row for name in parameters["names"] for row in self._rows.get(name, ())]


def _rows(name: str, events: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [
        (name, version, type(each).__name__, codec.schema_version(type(each)), codec.dump(each))
        + (GIVEN_AT,)
        for version, each in enumerate(events, 1)
    ]
