"""A service whose events are remembered and nowhere stored: units one after another, as fast."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, Executable

from chassis import codec, ids
from chassis.domain import Decider, fold
from chassis.hearing import cursors
from chassis.testing.heard import NOWHERE
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from chassis.unit.service import Service
from chassis.unit.store import Recorded, stream_name

R = TypeVar("R")


class Remembered:
    """Takes units, and keeps what they decide; what is kept beside the events is passed over."""

    def __init__(
        self,
        service: Service,
        clock: Callable[[], datetime],
        project: Callable[[Sequence[Recorded]], object] = lambda _: None,
    ) -> None:
        """`project` is given the events of each unit."""
        self.app = App(service=service, engine=NOWHERE, clock=clock)
        self.events: dict[str, list[Any]] = {}
        self._project = project
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._calls = 0

    def do(self, work: Callable[[Unit], R]) -> R:
        """Run a unit by a call of its own. Raises what `work` raises, and keeps nothing then."""
        unit = Unit(self.app, cast(Connection, self), self.call())
        given = work(unit)
        for recorded, _ in unit.events:
            event, name = recorded.event, recorded.stream_id
            self.events.setdefault(name, []).append(event)
            written_as, data = codec.schema_version(type(event)), codec.dump(event)
            row = (name, recorded.version, type(event).__name__, written_as, data)
            self._rows.setdefault(name, []).append((*row, recorded.recorded_at))
        self._project([recorded for recorded, _ in unit.events])
        return given

    def call(self) -> Call:
        """Return another call, of the service itself."""
        self._calls += 1
        return cursors.call(self.app, id=ids.derive(ids.ROOT, self._calls))

    def state(self, decider: Decider[Any, Any, Any], id: UUID) -> Any:
        """Return where a stream stands."""
        return fold(decider, self.events.get(stream_name(decider.name, id), ()))

    # what a unit takes for its connection

    def in_transaction(self) -> bool:
        """The streams are read in the unit's own."""
        return True

    @property
    def connection(self) -> Self:
        """The way to the driver."""
        return self

    dbapi_connection = connection

    def execute(
        self, statement: str | Executable, parameters: Mapping[str, Any]
    ) -> Sequence[tuple[Any, ...]]:
        """Read streams; texts that are kept go nowhere."""
        if not isinstance(statement, str):
            return ()
        return [row for name in parameters["names"] for row in self._rows.get(name, ())]
