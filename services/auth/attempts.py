"""Kept: how often somebody tried and failed, by hashes; and what was refused, counted."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from auth.domain.attempts import Failures
from auth.tables import metadata
from chassis.personal import PRIVATE

attempt = Table(
    "attempt",
    metadata,
    Column("key", Text, primary_key=True, info=PRIVATE),  # SHA-256 of an address, a network, both
    Column("failures", Integer, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("attempt_last_at", "last_at"),
)

refusal = Table(
    "refusal",
    metadata,
    Column("minute", DateTime(timezone=True), primary_key=True),
    Column("method", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),  # '' where nobody is known
    Column("code", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Index("refusal_user_id", "user_id"),
)


def key(*parts: str) -> str:
    """Return what is counted by: a hash, whatever it is of and whether anybody has it."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def held(connection: Connection, keys: Iterable[str], at: datetime) -> dict[str, Failures]:
    """Return what was tried under these keys, which are held until the transaction ends.

    In one order, so that nobody deadlocks.
    """
    new = insert(attempt).values(
        [{"key": each, "failures": 0, "first_at": at, "last_at": at} for each in sorted(keys)]
    )
    as_it_was = {"failures": attempt.c.failures}  # and locked
    rows = new.on_conflict_do_update(index_elements=["key"], set_=as_it_was).returning(attempt)
    return {
        row.key: Failures(count=row.failures, first_at=row.first_at, last_at=row.last_at)
        for row in connection.execute(rows)
    }


def failures(connection: Connection, key: str) -> int:
    """Return how many tries under a key were wrong."""
    query = select(attempt.c.failures).where(attempt.c.key == key)
    return connection.execute(query).scalar_one_or_none() or 0


def keep(connection: Connection, tries: Mapping[str, Failures]) -> None:
    """Keep what was tried under keys that are held."""
    rows = insert(attempt).values(
        [
            {
                "key": each,
                "failures": tries[each].count,
                "first_at": tries[each].first_at,
                "last_at": tries[each].last_at,
            }
            for each in sorted(tries)
        ]
    )
    new = {name: rows.excluded[name] for name in ("failures", "first_at", "last_at")}
    connection.execute(rows.on_conflict_do_update(index_elements=["key"], set_=new))


def forget(connection: Connection, keys: Iterable[str], *, one_less: Iterable[str]) -> None:
    """Forget what was tried under `keys`; under `one_less` one try was not wrong after all."""
    forgotten, lessened = list(keys), list(one_less)
    all_ = attempt.c.key.in_([*forgotten, *lessened])
    connection.execute(select(attempt.c.key).where(all_).order_by(attempt.c.key).with_for_update())
    connection.execute(delete(attempt).where(attempt.c.key.in_(forgotten)))
    wrong = attempt.c.key.in_(lessened) & (attempt.c.failures > 0)
    connection.execute(update(attempt).where(wrong).values(failures=attempt.c.failures - 1))
