"""Claims: the rows of jobs, taken, renewed, put off, ended, given back.

Whoever changes a row names the job's id and its claim, the token: an outdated claim changes nothing
but the count of deaths.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, TextClause, text

from chassis.database import postgres

CLAIM_S = 30


def take(engine: Engine, kinds: Iterable[str]) -> Row[Any] | None:
    """Claim a job of these kinds that is due; return its row, None if there is none."""
    return _execute(engine, _TAKE, {"kinds": list(kinds), "seconds": CLAIM_S})


def renew(engine: Engine, id: UUID, claims: int) -> bool:
    """Let a claim hold for as long again; return whether it is still there."""
    return _execute(engine, _RENEW, {"id": id, "claims": claims}) is not None


def put_off(engine: Engine, id: UUID, claims: int, waits: Mapping[str, Any]) -> bool:
    """Let a job wait for its next attempt; return whether the claim was still there.

    `waits`: {failures, error, delay (seconds)}.
    """
    return _execute(engine, _PUT_OFF, {**waits, "id": id, "claims": claims}) is not None


def outlive(engine: Engine, id: UUID, claims: int) -> None:
    """Say that a claim's process has stopped its work and lives.

    Whoever has claimed the job since has counted a death; what is still ours is given back.
    """
    _execute(engine, _OUTLIVE, {"id": id, "claims": claims})


def release(engine: Engine) -> None:
    """Free all claims, of a process that is known to be dead."""
    _execute(engine, _RELEASE, {})


def _execute(engine: Engine, statement: TextClause, given: Mapping[str, Any]) -> Row[Any] | None:
    with postgres.autocommit(engine) as connection:
        return connection.execute(statement, given).first()


_HELD = "where id = :id and claims = :claims and state = 'claimed' returning id"
# named: a prepared `select *` is refused from then on when a later step adds a column
_TAKE = text(
    "select id, kind, subject, workspace_id, args, meta, claims, failures, deaths,"
    " error from take_job(:kinds, :seconds)"
)
_RENEW = text(f"update jobs set run_at = now() + interval '{CLAIM_S} seconds' {_HELD}")  # noqa: S608
_PUT_OFF = text(
    "update jobs set state = 'waiting', failures = :failures, error = :error,"  # noqa: S608
    f" run_at = now() + :delay * interval '1 second' {_HELD}"
)
_BEFORE = "; before: "


def remembered(error: str, past: str | None) -> str:
    """Return an error's text ("code: …") with the other codes that attempts before it ended in.

    What one of them did not know, such as whether its mail arrived, the next ones do not know.
    """
    last, _, earlier = (past or "").partition(_BEFORE)
    codes = [*earlier.split(), last.partition(":")[0]]
    others = dict.fromkeys(code for code in codes if code and code != error.partition(":")[0])
    return f"{error}{_BEFORE}{' '.join(others)}" if others else error


END = text(f"update jobs set state = :state, error = :error {_HELD}")  # noqa: S608 - in a unit
_OUTLIVE = text(
    "update jobs set state = case claims when :claims then 'waiting' else state end,"
    " run_at = case claims when :claims then now() else run_at end,"
    " deaths = case claims when :claims then deaths else greatest(0, deaths - 1) end"
    " where id = :id and state in ('waiting', 'claimed') returning id"
)
_RELEASE = text(
    "update jobs set run_at = now(), state = 'waiting', deaths = deaths + 1"
    " where state = 'claimed' returning id"
)
