"""The engine: how a service reaches its own PostgreSQL, and what its refusals mean."""

import math
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from psycopg import Cursor
from psycopg.types.json import JsonbDumper
from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    ExceptionContext,
    create_engine,
    event,
)
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InvalidatePoolError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from chassis.database.address import connect_timeout, parsed
from chassis.errors import Conflict, Rejected, Unavailable

LOCK_TIMEOUT_MS = 5_000
BUSY_S = 5  # so long is waited for a connection that others use
PROBES = 3  # of /readyz, while all workers are busy
LOST_S = 20  # a server whose machine acknowledges nothing for so long is given up
STOPPED_S = 60  # a transaction that its process does not go on with is ended: others wait for it
TRUSTED_S = 0.5  # a connection that answered so lately is not asked whether it is there still
UNAVAILABLE = "chassis.database_unavailable"
LOCK_NOT_AVAILABLE = "55P03"
WORTH_A_RETRY = ("40001", "40P01")  # serialization failure, deadlock
READ_ONLY = "25006"  # a standby, or a server that is to be spared
OUT_OF_REACH = (  # classes of its states, or whole ones
    "08",  # connection
    READ_ONLY,
    "53",  # resources: connections, memory, disk
    "57",  # operator's intervention, recovery
    "58",  # of its own system: a disk that fails
)


def engine(url: str | URL, *, name: str, connections: int = 10) -> Engine:
    """Return an engine for `url`, with `connections` connections, and three more for probes.

    `name` is what the server shows in pg_stat_activity. Transactions are READ COMMITTED, and
    nobody waits longer than 5 s for a lock, or for a connection.
    """
    where = parsed(url)
    made = create_engine(
        where,
        pool_size=connections,
        max_overflow=PROBES,
        pool_timeout=BUSY_S,
        hide_parameters=_HIDDEN,
        isolation_level="READ COMMITTED",
        connect_args={
            "application_name": name,
            "connect_timeout": connect_timeout(where),
            "tcp_user_timeout": LOST_S * 1_000,  # of what was sent; of what is awaited:
            "keepalives_idle": LOST_S // 2,
            "keepalives_interval": LOST_S // 4,
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"
            f" -c idle_in_transaction_session_timeout={STOPPED_S}s",
        },
    )
    event.listen(made, "connect", _speak_json)
    event.listen(made, "checkin", _note_time)
    event.listen(made, "checkout", partial(_ask, made.dialect))
    event.listen(made, "handle_error", _leave_read_only)
    return made


@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose statements are a transaction each: one round trip, not three.

    A query of several statements loses nothing by it: under READ COMMITTED each of them sees what
    is committed when it begins. Raises what `judge` makes of a refusal.
    """
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    except SQLAlchemyError as error:
        judge(error, (), {})
        raise


def run(connection: Connection, statement: str, *parameters: Mapping[str, Any]) -> Cursor[Any]:
    """Run a statement in the driver's own words, once for each of `parameters`; rows are tuples.

    Two fifths of what a short statement costs its caller are SQLAlchemy's execution; this one goes
    past it, in the same transaction, and raises the same `DBAPIError`.
    """
    if not connection.in_transaction():
        connection.begin()  # as SQLAlchemy does at a first statement
    driver: Any = connection.connection.dbapi_connection  # a detached one has no other
    try:
        if len(parameters) == 1:
            return driver.execute(statement, *parameters)  # type: ignore[no-any-return]
        cursor: Cursor[Any] = driver.cursor()
        cursor.executemany(statement, parameters)
        return cursor
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
        elif error.sqlstate == READ_ONLY:
            connection.invalidate(error)
            connection.engine.dispose()  # as SQLAlchemy does, once it is told
        told = (statement, parameters, error, psycopg.Error, _HIDDEN, driver.closed)
        raise DBAPIError.instance(*told, dialect=connection.dialect) from error


_HIDDEN = True  # parameters: an error in the log shows no address and no hash


def _speak_json(connection: psycopg.Connection[Any], _record: Any) -> None:
    # a dict in a parameter is a jsonb, in statements of the driver's own too
    connection.adapters.register_dumper(dict, JsonbDumper)


def _note_time(_connection: psycopg.Connection[Any] | None, record: ConnectionPoolEntry) -> None:
    record.info["back_at"] = time.monotonic()


def _ask(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Let the pool open new connections where this one died while nobody used it.

    SQLAlchemy's own check asks each time, which is a round trip for each unit and for each look
    at an empty queue.
    """
    if time.monotonic() - record.info.get("back_at", math.inf) < TRUSTED_S:
        return
    try:
        dialect.do_ping(connection)
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _leave_read_only(context: ExceptionContext) -> None:
    """Give up every connection to a server that takes no writes: the next find the one that does.

    One that was opened while the database was read-only stays so, whatever is said to it later.
    """
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def judge(error: SQLAlchemyError, rivals: Collection[str], unique: Mapping[str, str]) -> None:
    """Return if the transaction is worth another try; else raise what its caller should see.

    `rivals`: constraints that a faster rival makes fail; `unique`: index -> code of `Rejected`.
    """
    if isinstance(error, PoolTimeout):
        raise Unavailable("chassis.database_busy", "all connections are in use") from None
    if not isinstance(error, DBAPIError):
        raise error
    state = getattr(error.orig, "sqlstate", None) or ""
    diagnosis = getattr(error.orig, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    if constraint in rivals or state in WORTH_A_RETRY:
        return
    if constraint in unique:
        raise Rejected(unique[constraint]) from None
    if state == LOCK_NOT_AVAILABLE:
        raise Conflict("chassis.in_progress", "the same thing is still being done") from None
    if out_of_reach(error):
        raise Unavailable(UNAVAILABLE) from error.orig
    raise error


def meaning(error: Exception) -> Exception:
    """Return what `judge` raises of it; else, as of what is worth a repeat, the error itself."""
    if isinstance(error, SQLAlchemyError):
        try:
            judge(error, (), {})
        except Exception as judged:
            return judged
    return error


def out_of_reach(error: DBAPIError) -> bool:
    """Return whether it is the server that cannot do it now, whatever was asked of it."""
    state = getattr(error.orig, "sqlstate", None) or ""
    # what psycopg itself refuses to send has no state either, but is a bug
    unheard = not state and isinstance(error, OperationalError | InterfaceError)
    return error.connection_invalidated or unheard or state.startswith(OUT_OF_REACH)
