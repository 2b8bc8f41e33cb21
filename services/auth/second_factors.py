"""Kept: the secrets of authenticators, encrypted, and the hashes of recovery codes.

Who enables, tries or spends one at the same moment as another waits for the row, and finds it so.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Table,
    Text,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from auth.kept import digest
from auth.tables import metadata
from chassis.domain import value
from chassis.personal import PRIVATE

totp = Table(
    "totp",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("secret", Text, nullable=False, info=PRIVATE),  # encrypted under SECRET_KEYS
    Column("sealed_by", Text, nullable=False),  # under which, by its fingerprint
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),  # null: nothing is asked of it yet
    Column("last_step", BigInteger),  # of the last code: none counts twice
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("hash", Text, primary_key=True, info=PRIVATE),
    Column("used_at", DateTime(timezone=True)),
)


@value
class Kept:
    """A person's secret, as it is kept."""

    user_id: UUID
    secret: str  # encrypted
    confirmed: bool


def recall(connection: Connection, user_id: UUID) -> Kept | None:
    """Return a person's secret; None where there is none."""
    query = select(totp.c.secret, totp.c.confirmed_at).where(totp.c.user_id == str(user_id))
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    return Kept(user_id=user_id, secret=found.secret, confirmed=found.confirmed_at is not None)


def keep(connection: Connection, user_id: UUID, secret: str, sealed_by: str, at: datetime) -> bool:
    """Keep a secret in place of one that was not confirmed; return whether there was no other."""
    row = insert(totp).values(
        user_id=str(user_id), secret=secret, sealed_by=sealed_by, created_at=at
    )
    new = {name: row.excluded[name] for name in ("secret", "sealed_by", "created_at")}
    row = row.on_conflict_do_update(
        index_elements=["user_id"], set_=new, where=totp.c.confirmed_at.is_(None)
    )
    return connection.execute(row.returning(totp.c.user_id)).one_or_none() is not None


def confirm(connection: Connection, kept: Kept, step: int, at: datetime) -> bool:
    """Let a secret count from now on; return whether it was still the one, not confirmed yet."""
    this = update(totp).where(totp.c.user_id == str(kept.user_id), totp.c.secret == kept.secret)
    now = this.where(totp.c.confirmed_at.is_(None)).values(confirmed_at=at, last_step=step)
    return connection.execute(now.returning(totp.c.user_id)).one_or_none() is not None


def take_step(connection: Connection, user_id: UUID, step: int) -> bool:
    """Note that the code of a step was shown; return whether none of it or later was before."""
    this = update(totp).where(totp.c.user_id == str(user_id), totp.c.last_step < step)
    taken = this.values(last_step=step).returning(totp.c.user_id)
    return connection.execute(taken).one_or_none() is not None


def spend(connection: Connection, user_id: UUID, code: str, at: datetime) -> bool:
    """Note that a recovery code was used; return whether it is one that was not."""
    mine = recovery_code.c.user_id == str(user_id)
    this = mine & (recovery_code.c.hash == digest(code)) & recovery_code.c.used_at.is_(None)
    spent = update(recovery_code).where(this).values(used_at=at)
    return connection.execute(spent.returning(recovery_code.c.hash)).one_or_none() is not None


def keep_codes(connection: Connection, user_id: UUID, codes: Iterable[str]) -> None:
    """Keep the hashes of these recovery codes; earlier ones are dead."""
    connection.execute(delete(recovery_code).where(recovery_code.c.user_id == str(user_id)))
    rows = [{"user_id": str(user_id), "hash": digest(each)} for each in codes]
    connection.execute(insert(recovery_code).values(rows))


def forget(connection: Connection, user_id: UUID) -> None:
    """Forget a person's second factor, codes and all."""
    connection.execute(delete(totp).where(totp.c.user_id == str(user_id)))
    connection.execute(delete(recovery_code).where(recovery_code.c.user_id == str(user_id)))


def sealed_otherwise(connection: Connection, sealed_by: str, most: int) -> Sequence[Kept]:
    """Return some of the secrets that are encrypted under another key than that one."""
    other = select(totp).where(totp.c.sealed_by != sealed_by).order_by(totp.c.user_id).limit(most)
    return [
        Kept(
            user_id=UUID(each.user_id),
            secret=each.secret,
            confirmed=each.confirmed_at is not None,
        )
        for each in connection.execute(other)
    ]


def reseal(connection: Connection, kept: Kept, secret: str, sealed_by: str) -> None:
    """Keep the same secret under another key, unless it has become another meanwhile."""
    this = update(totp).where(totp.c.user_id == str(kept.user_id), totp.c.secret == kept.secret)
    connection.execute(this.values(secret=secret, sealed_by=sealed_by))
