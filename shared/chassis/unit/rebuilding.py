"""Rebuild projections beside the live ones, then switch, while others read and write.

The new tables are made in the schema `rebuilt`. It comes first in the search path, so that the same
`project` fills them; kept tables stand in `public` alone and are only read. Whoever changes a
row's `personal` text meanwhile appends an event that the row answers.

At the switch writers wait at `events`, readers at their table. Both go on with the new table, with
statements prepared for the old one too: PostgreSQL resolves a name anew after waiting for it. Only
a transaction whose snapshot is older (repeatable read, as a dump's) would see an empty table.
"""

import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from chassis.codec import Codec
from chassis.database import schema_projections
from chassis.database import tables_beside as beside
from chassis.database.migrations import ONE_AT_A_TIME, gave_way
from chassis.domain import value
from chassis.errors import Conflict, Invalid
from chassis.unit.digests import digests
from chassis.unit.handling import App
from chassis.unit.projection import Projection, apply, recorded
from chassis.unit.service import Service

PAGE = 500  # events a transaction
REST = 100  # so few events are applied while writers wait
ROUNDS = 50  # to come as near as that to the writers
NUMBERED = 1_000  # transactions that get their positions at a time

# Far less than the second after which PostgreSQL looks for deadlocks: ours end by our giving way,
# and nobody else is picked as the victim. So long, too, may others have to queue behind us.
SWITCH_WAIT_MS = 100
VACUUM_WAIT_MS = 2_000  # more than that second: then an autovacuum makes room
SWITCHES, PAUSE_S, PAUSE_MAX_S = 100, 0.05, 5.0  # tries, and what lies between them

Progress = Callable[[int, int], None]  # (events applied, events there are)


@value
class Report:
    """What a rebuild did."""

    rows: dict[str, int]  # by table, counted after the switch
    events: int  # read: as many as there were at the switch
    seconds: float
    longest_pause_s: float  # the longest time for which writers were made to wait
    tries: int  # times they were


def rebuild(
    engine: Engine,
    service: Service,
    names: Collection[str] | None = None,
    on_progress: Progress = lambda applied, of: None,
) -> Report:
    """Rebuild the projections, or those of the tables `names`, from all events; switch to them.

    `engine` is the owner's. Until the switch the live tables stay as they are, also if this fails
    or is killed; the next rebuild starts afresh.

    Raises:
        Invalid: `chassis.no_such_projection` for a name that no projection's table has.
        Conflict: `chassis.schema_busy` while another rebuild or a migration is at work;
            `chassis.rebuild_outrun` if events come faster than they are applied;
            `chassis.rebuild_no_room` if others never leave the tables alone for a moment;
            `chassis.table_changed` if somebody altered one meanwhile.
    """
    unknown = set(names or ()) - {each.table.name for each in service.projections}
    if unknown:
        message = f"no projection fills {', '.join(sorted(unknown))}"
        raise Invalid("chassis.no_such_projection", message)
    chosen = [each for each in service.projections if names is None or each.table.name in names]
    codec = App(service=service, engine=engine).codec
    with engine.connect() as connection:
        connection.detach()  # the session ends with us, and with it the lock
        with connection.begin():
            _take_turn(connection, "pg_try_advisory_lock")
        return _Rebuild(connection, codec, chosen, on_progress).run()


def fill(connection: Connection, codec: Codec, projections: Sequence[Projection]) -> None:
    """Fill `rebuilt` from the events that have a position, in the owner's transaction: to compare.

    Raises `Conflict("chassis.schema_busy")` while a rebuild or a migration is at work.
    """
    _take_turn(connection, "pg_try_advisory_xact_lock")
    shapes = beside.make(connection, [each.table for each in projections])
    position = 0
    while (reached := _apply_page(connection, codec, projections, position)) > position:
        position = reached
    beside.complete(connection, shapes)


def _take_turn(connection: Connection, lock: str) -> None:
    # a migration in between would be undone by the switch
    if not connection.execute(text(f"select {lock}({ONE_AT_A_TIME})")).scalar_one():
        raise Conflict("chassis.schema_busy", "another rebuild or a migration is at work")


@dataclass
class _Rebuild:
    connection: Connection
    codec: Codec
    projections: Sequence[Projection]
    on_progress: Progress
    position: int = 0
    pauses: list[float] = field(default_factory=list)  # seconds

    def run(self) -> Report:
        started = time.monotonic()
        tables = [each.table for each in self.projections]
        try:
            with self.connection.begin():
                shapes = beside.make(self.connection, tables)
            self._catch_up()
            with self.connection.begin():
                beside.complete(self.connection, shapes)
            self._switch_when_there_is_room(shapes)
        except BaseException:
            beside.forget(self.connection)
            raise
        with self.connection.begin():
            rows = beside.count_live(self.connection, tables)
        return Report(
            rows=rows,
            events=self.position,
            seconds=time.monotonic() - started,
            longest_pause_s=max(self.pauses),
            tries=len(self.pauses),
        )

    def _switch_when_there_is_room(self, shapes: beside.Shapes) -> None:
        for attempt in range(SWITCHES):
            self._catch_up()
            if self._switch(shapes):
                return
            pause_s = min(PAUSE_S * 2**attempt, PAUSE_MAX_S)
            time.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311
        raise Conflict("chassis.rebuild_no_room", "the tables are in use all the time")

    def _catch_up(self) -> None:
        """Apply page by page, until so little is left that writers may wait for it."""
        for _ in range(ROUNDS):
            with self.connection.begin():
                self.connection.execute(_BE_SEQUENCER)
                _number(self.connection)
                head = _head(self.connection)
            if head - self.position <= REST:
                return
            while self.position < head:
                with self.connection.begin():
                    reached = self._apply_page(self.position)
                self.position = reached
                self.on_progress(reached, max(reached, head))
        raise Conflict("chassis.rebuild_outrun", "events come faster than they are applied")

    def _switch(self, shapes: beside.Shapes) -> bool:
        """Apply the rest and switch; or let others go first and return False.

        Locks are taken in the order of a unit: sequencer, `events`, projections by name. A unit
        or a query that has read a projection and now waits for us is let go by our time limit.
        """
        begun = None
        try:
            with self.connection.begin():
                _wait_at_most(self.connection, VACUUM_WAIT_MS)
                beside.stop_vacuum(self.connection, shapes)
                beside.must_match(self.connection, shapes)
                _wait_at_most(self.connection, SWITCH_WAIT_MS)
                self.connection.execute(_BE_SEQUENCER)
                begun = time.monotonic()
                self.connection.execute(_STOP_WRITERS)
                reached = self._apply_rest()
                beside.exchange(self.connection, shapes)
                schema_projections.note_built(self.connection, digests(self.projections))
        except DBAPIError as error:
            if not gave_way(error):
                raise
            return False
        finally:
            if begun is not None:
                self.pauses.append(time.monotonic() - begun)
        self.position = reached
        return True

    def _apply_rest(self) -> int:
        _number(self.connection)
        head, reached = _head(self.connection), self.position
        while reached < head:
            reached = self._apply_page(reached)
        return reached

    def _apply_page(self, after: int) -> int:
        return _apply_page(self.connection, self.codec, self.projections, after)


def _apply_page(
    connection: Connection, codec: Codec, projections: Sequence[Projection], after: int
) -> int:
    """Apply the next events by position to the tables in `rebuilt`; return how far that is."""
    beside.enter(connection, [each.table for each in projections])
    page = connection.execute(_BY_POSITION, {"after": after, "most": PAGE}).all()
    apply(connection, projections, [recorded(stored, codec) for stored in page])
    return page[-1].position if page else after


def _number(connection: Connection) -> None:
    """Give every committed event its position."""
    while connection.execute(_NUMBER, {"most": NUMBERED}).scalar_one() >= NUMBERED:
        pass  # as many events as transactions, or more: there may be others


def _head(connection: Connection) -> int:
    return int(connection.execute(_HEAD).scalar_one())


def _wait_at_most(connection: Connection, milliseconds: int) -> None:
    connection.execute(text(f"set local lock_timeout = {milliseconds}"))


_BE_SEQUENCER = text("select pg_advisory_xact_lock(4242)")  # the lock of number_events
_NUMBER = text("select number_events(:most)")
_HEAD = text("select coalesce(max(position), 0) from positions")
_STOP_WRITERS = text("lock table events in share row exclusive mode")
_BY_POSITION = text(
    "select e.event_id, e.stream_id, e.version, e.type, e.schema_version, e.data, e.meta,"
    " e.recorded_at, p.position from positions p join events e using (seq)"
    " where p.position > :after order by p.position limit :most"
)
