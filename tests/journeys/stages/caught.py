"""Catching a process in the middle: its transaction waits for what the test holds.

Each function holds something in one service's database while its `with` lasts, and gives a
function that says whether anybody waits for it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg

Caught = Callable[[], bool]
KEY = 20_261_122  # of an advisory lock that nothing else takes


@contextmanager
def writing(url: str, table: str, beside: str = "") -> Iterator[Caught]:
    """Hold up whoever writes to `table`, in a transaction that has touched `beside` already.

    Told events are held up at `positions`, confirmed ones at `relay`, a unit at `events`: beside
    `cursors` it is a reaction's, else a call's.
    """
    with psycopg.connect(url) as holder:
        holder.execute(f"lock table {table} in share row exclusive mode".encode())
        yield lambda: holder.execute(_WAITING, {"table": table, "beside": beside}).rowcount > 0


def committing(url: str) -> AbstractContextManager[Caught]:
    """Hold up the commit of a call with a stored reply; let go, it succeeds without its client."""
    return _waiting_by(url, _AT_COMMIT)


def finishing(url: str) -> AbstractContextManager[Caught]:
    """Hold up the unit in which a job that a person waits for ends."""
    return _waiting_by(url, _AT_THE_END)


@contextmanager
def _waiting_by(url: str, trigger: str) -> Iterator[Caught]:
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(_WAIT.format(KEY, trigger).encode())
        holder.execute("select pg_advisory_lock(%s)", [KEY])
        yield lambda: holder.execute(_WAITS, [KEY]).rowcount > 0
        holder.execute("select pg_advisory_unlock(%s)", [KEY])
        holder.execute("drop function wait_here cascade")


_WAITING = """
select from pg_locks waits where not granted and relation = %(table)s::regclass
and (%(beside)s = '' or exists (select from pg_locks held
  where held.pid = waits.pid and held.granted and held.relation = to_regclass(%(beside)s)))
"""
_WAIT = """
create function wait_here() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock({}); return null; end $$;
create {} execute function wait_here()
"""
_AT_COMMIT = """
constraint trigger wait_here after insert on commands deferrable initially deferred
for each row
"""
_AT_THE_END = """
trigger wait_here after update on jobs
for each row when (new.state = 'done' and new.kind not like 'schedule:%')
"""
_WAITS = "select from pg_locks where not granted and locktype = 'advisory' and objid = %s"
