"""Catching a process in the middle: its transaction waits for what the test holds.

Each function holds something in one service's database while its `with` lasts, and gives a
function that says whether anybody waits for it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg

Caught = Callable[[], bool]
KEY, GATE = 20_261_122, 20_261_130  # of advisory locks that nothing else takes


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


class Gate:
    """Holds up the units in which jobs of some workspaces end, until it lets them through."""

    def __init__(self, holder: psycopg.Connection[tuple[object, ...]]) -> None:
        self._holder = holder

    def held(self) -> int:
        """Return how many jobs wait at their end."""
        return self._holder.execute(_HELD, [GATE]).rowcount

    def let(self, workspace_id: str) -> None:
        """Let what waits of that workspace end, and what comes after it."""
        self._holder.execute("select pg_advisory_unlock(%s, hashtext(%s))", [GATE, workspace_id])


@contextmanager
def ending(url: str, kind: str, *workspace_ids: str) -> Iterator[Gate]:
    """Hold up the units in which jobs of that kind end, workspace by workspace."""
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(_AT_A_GATE.format(GATE, kind).encode())
        for each in workspace_ids:
            holder.execute("select pg_advisory_lock(%s, hashtext(%s))", [GATE, each])
        yield Gate(holder)
        holder.execute("select pg_advisory_unlock_all()")
        holder.execute("drop function wait_at_a_gate cascade")


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
_AT_A_GATE = """
create function wait_at_a_gate() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock({}, hashtext(new.workspace_id)); return null; end $$;
create trigger wait_at_a_gate after update on jobs
for each row when (new.state = 'done' and new.kind = '{}') execute function wait_at_a_gate()
"""
_HELD = "select from pg_locks where not granted and locktype = 'advisory' and classid = %s"
