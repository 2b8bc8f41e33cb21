"""Leases: who of several processes does what only one may do, by the database's clock.

A lease is no lock: its holder may be stopped between asking and acting, while the lease runs out
and another takes it. So what is done under one must do no harm when two do it.
"""

import time
from typing import Any

from sqlalchemy import Engine, Row, TextClause, text

from chassis.database import postgres

LEASE_S = 10.0


class Lease:
    """One process's wish to be the one that does `name`. For one thread."""

    def __init__(self, engine: Engine, name: str, holder: str, seconds: float = LEASE_S) -> None:
        """`holder` names this process alone; nobody else takes over for `seconds` after it died."""
        self._engine, self._seconds = engine, seconds
        self._key = {"name": name, "holder": holder}
        self._mine_until = self._ask_at = 0.0  # by our own monotonic clock

    def held(self) -> bool:
        """Return whether the lease is ours; take or renew it where that is due.

        The database is asked once in a third of the lease while it is ours, once in a tenth while
        it is not: in between the answer costs nothing. Raises `Unavailable` without a database.
        """
        asked_at = time.monotonic()  # before the database counts: we stop believing first
        if asked_at >= self._ask_at:
            ours = self._execute(_TAKE, {**self._key, "seconds": self._seconds}) is not None
            self._mine_until = asked_at + self._seconds if ours else 0.0
            self._ask_at = asked_at + self._seconds / (3 if ours else 10)
        return time.monotonic() < self._mine_until  # asking may have taken longer than the lease

    def release(self) -> None:
        """Let another have it at once, if it is ours. Raises `Unavailable` without a database."""
        self._mine_until = self._ask_at = 0.0
        self._execute(_RELEASE, self._key)

    def _execute(self, statement: TextClause, parameters: dict[str, Any]) -> Row[Any] | None:
        with postgres.autocommit(self._engine) as connection:
            return connection.execute(statement, parameters).first()


_TAKE = text(
    "insert into leases (name, holder, until)"
    " values (:name, :holder, now() + :seconds * interval '1 second')"
    " on conflict (name) do update set holder = excluded.holder, until = excluded.until"
    " where leases.holder = excluded.holder or leases.until < now() returning holder"
)
_RELEASE = text("delete from leases where name = :name and holder = :holder returning holder")
