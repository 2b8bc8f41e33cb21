"""The watch: one look at a service's database for all its loops, so that none of them polls.

What is appended comes from another process, `serve`, and a job may be due at any time. A NOTIFY in
each append would tell at once, but makes commits wait for each other; so one thread looks ten
times a second, over a connection that it keeps, and wakes whose work it finds.
"""

import time
from collections.abc import Callable, Iterable

from sqlalchemy import Connection, Engine

from chassis.database import postgres
from chassis.running.loops import Signal

LOOK_S = 0.1
TURN_S = 30.0  # then its loop may say that what was wrong is over


class Watch:
    """Looks for what waits, and signals it."""

    def __init__(self, engine: Engine, kinds: Iterable[str]) -> None:
        """`kinds`: of the jobs that are done here."""
        self.untold, self.due = Signal(), Signal()
        self._engine, self._kinds = engine, {"kinds": list(kinds)}

    def watch(self, stopping: Callable[[], bool]) -> None:
        """Look for a while, but not on when it is time to stop. Raises `Unavailable`."""
        until = time.monotonic() + TURN_S
        with postgres.autocommit(self._engine) as connection:
            try:
                postgres.run(connection, _BY_INDEX, {})
                while not stopping() and time.monotonic() < until:
                    self.look(connection)
                    time.sleep(LOOK_S)
            finally:
                connection.invalidate()  # nobody else shall plan as this one does

    def look(self, connection: Connection) -> None:
        """Signal what waits now: appends and told events, and jobs that are due."""
        untold, due = postgres.run(connection, _LOOK, self._kinds).fetchall()[0]
        if untold:
            self.untold.send()
        if due:
            self.due.send()


# what looks empty would be read from end to end, dead rows and all; as in `number_events`
_BY_INDEX = "set enable_seqscan = off"
_LOOK = (
    "select exists (select from pending)"
    " or coalesce((select max(position) from positions where previous is not null), 0)"
    "  > coalesce((select position from relay where name = 'rabbitmq'), 0),"
    " exists (select from jobs where run_at <= now() and state in ('waiting', 'claimed')"
    "  and kind = any(%(kinds)s))"
)
