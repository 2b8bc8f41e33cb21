"""Whose a database is: of one service in one suite. Nobody else works on it.

The table `installation` goes with the data, wherever it is restored; `migrate` writes it.
`suitectl init` marks the database itself, in its comment, so that it is known before the first
migration. What the table says goes before the mark.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, event

from chassis.domain import value
from chassis.errors import Conflict

MARK = re.compile(r"\[ai-studio: ([a-z_]+) of suite ([0-9a-f-]{36})\]")  # in a database's comment

Driver = psycopg.Connection[Any]


@value
class Installation:
    """A service of one suite; without an identity where the suite was given none."""

    service: str
    suite: UUID | None = None

    def mark(self) -> str:
        """Return what a database's comment says of it."""
        return f"[ai-studio: {self.service} of suite {self.suite}]"

    def __str__(self) -> str:
        return f"{self.service} of {f'suite {self.suite}' if self.suite else 'no suite'}"


def guard(engine: Engine, service: str, suite: UUID | None, *, as_app: bool) -> None:
    """Let the engine connect to no database but ours: its connections raise what `require` raises.

    Each new one is asked, once: a name or a list of hosts may lead elsewhere than it did at the
    start. A call costs nothing more.
    """
    ours = Installation(service=service, suite=suite)
    event.listen(engine, "connect", partial(_compare, partial(require, ours=ours, as_app=as_app)))


def _compare(compare: Callable[[Driver], None], connection: Driver, _record: Any) -> None:
    try:
        compare(connection)
        connection.rollback()  # it is handed out with nothing begun
    except BaseException:
        connection.close()
        raise


def require(connection: Driver, ours: Installation, *, as_app: bool) -> None:
    """Return if the database is ours, or nobody's yet.

    Once it has an identity, who has none is a stranger too: to forget the setting must not open
    every suite's databases. `as_app`: who connects may not be more than the app role, for whom
    events cannot be changed.

    Raises:
        Conflict: `chassis.not_our_database`; `chassis.not_the_app_role` for a superuser, and for
            whoever is or may become the owner of its events.
    """
    known = found(connection)
    if known is not None and known != ours and known != Installation(service=ours.service):
        raise Conflict(
            "chassis.not_our_database",
            f"the database {connection.info.dbname} is that of {known}; this is {ours}",
            retryable=False,
        )
    if as_app and connection.execute(_RULES).fetchone() == (True,):
        raise Conflict(
            "chassis.not_the_app_role",
            f"{connection.info.user} owns the tables of {ours.service} or is a superuser:"
            " a process works as the app role",
            retryable=False,
        )


def found(connection: Driver) -> Installation | None:
    """Return whose the connected database is; None if nothing says so."""
    written = connection.execute(_WRITTEN).fetchone()
    there, comment = written if written else (False, None)
    marked = marked_as(comment)
    row = connection.execute(_ROW).fetchone() if there else None
    if row is None:
        return marked
    service, suite = row
    if suite is None and marked is not None and marked.service == service:
        return marked
    return Installation(service=service, suite=suite)


def marked_as(comment: str | None) -> Installation | None:
    """Return whose a database's comment says that it is."""
    mark = MARK.search(comment or "")
    return mark and Installation(service=mark[1], suite=UUID(mark[2]))


def write(connection: Connection, ours: Installation) -> None:
    """Write down whose the database is, where its table does not say so yet."""
    parameters = {"service": ours.service, "suite": ours.suite}
    driver_of(connection).execute(_WRITE, parameters)


def driver_of(connection: Connection) -> Driver:
    """Return psycopg's own connection, in the same transaction."""
    driver: Any = connection.connection.dbapi_connection
    return driver  # type: ignore[no-any-return]


_WRITTEN = (
    "select to_regclass('public.installation') is not null, shobj_description(oid, 'pg_database')"
    " from pg_database where datname = current_database()"
)
_ROW = "select service, suite from public.installation"
_WRITE = (
    "insert into public.installation as known (service, suite) values (%(service)s, %(suite)s)"
    " on conflict (one) do update set suite = excluded.suite where known.suite is null"
)
_RULES = (
    "select exists (select from pg_class where oid = to_regclass('public.events')"
    " and pg_has_role(session_user, relowner, 'member'))"  # a superuser is everybody's
)
