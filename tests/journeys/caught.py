"""Catching a process in the middle: its transaction waits for what the test holds.

Each function holds something in one service's database while its `with` lasts, and gives a
function that says whether anybody waits for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

Caught = Callable[[], bool]
KEY = 20_261_122  # of an advisory lock that nothing else takes


@contextmanager
def writing(url: str, table: str, beside: str = "") -> Iterator[Caught]:
    """Hold up whoever writes to `table`, in a transaction that has touched `beside` already.

    Told events are held up at `positions`, confirmed ones at `relay`, a unit at `events`: beside
    `cursors` it is a reaction's, beside `jobs` a job's result, else a call's.
    """
    with psycopg.connect(url) as holder:
        holder.execute(f"lock table {table} in share row exclusive mode".encode())
        yield lambda: holder.execute(_WAITING, {"table": table, "beside": beside}).rowcount > 0


@contextmanager
def committing(url: str) -> Iterator[Caught]:
    """Hold up the commit of a call with a stored reply; let go, it succeeds without its client."""
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(_WAIT_AT_COMMIT.format(KEY).encode())
        holder.execute("select pg_advisory_lock(%s)", [KEY])
        yield lambda: holder.execute(_AT_COMMIT, [KEY]).rowcount > 0
        holder.execute("select pg_advisory_unlock(%s)", [KEY])
        holder.execute("drop function wait_at_commit cascade")


_WAITING = """
select from pg_locks waits where not granted and relation = %(table)s::regclass
and (%(beside)s = '' or exists (select from pg_locks held
  where held.pid = waits.pid and held.granted and held.relation = to_regclass(%(beside)s)))
"""
_WAIT_AT_COMMIT = """
create function wait_at_commit() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock({}); return null; end $$;
create constraint trigger wait_at_commit after insert on commands
deferrable initially deferred for each row execute function wait_at_commit()
"""
_AT_COMMIT = "select from pg_locks where not granted and locktype = 'advisory' and objid = %s"
