"""Kept: the hashes of what was mailed, a link's token or a code, each good for one purpose."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Delete, Row, Update, delete, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from auth.claims import verification
from auth.domain.lifetimes import EMAIL_CODE_TRIES
from auth.kept import digest
from auth.secret_keys import SecretKeys
from chassis import ids
from chassis.domain import value
from chassis.errors import Rejected

CodeHash = Callable[[str, str], str]  # of a folded address and a code: too short for a plain hash
OF_A_PERSON = ("verify_email", "email_code", "change_email", "reset_password", "set_password")


@value
class Mailed:
    """What was mailed to somebody, and holds or was spent."""

    id: UUID
    purpose: str
    subject: UUID  # the claim, the person or the invitation
    address: str  # folded
    spent: bool


def code_hash(keys: SecretKeys, address: str, code: str) -> str:
    """Return what is kept of a code that is mailed to a folded address: an HMAC (SHA-256)."""
    return code_hashes(keys, address, code)[0]


def code_hashes(keys: SecretKeys, address: str, code: str) -> tuple[str, ...]:
    """Return what may have been kept of it, under each of the keys."""
    return keys.hashes("mailed code", f"{address} {code}")


def keep(
    purpose: str, subject: UUID, address: str, hashed: str, at: datetime, until: datetime
) -> Insert:
    """Return the statement that keeps a hash; `address`: the folded one that it was mailed to."""
    return insert(verification).values(
        id=str(ids.fresh()),
        identifier=address,
        value=hashed,
        purpose=purpose,
        subject_id=str(subject),
        expires_at=until,
        created_at=at,
        updated_at=at,
    )


def subject_of(connection: Connection, purpose: str, token: str, at: datetime) -> UUID | None:
    """Return what a token was mailed for; None for one that is not good for that at `at`."""
    mine = (verification.c.purpose == purpose) & (verification.c.value == digest(token))
    holds = mine & (verification.c.expires_at > at) & verification.c.used_at.is_(None)
    found = connection.execute(select(verification.c.subject_id).where(holds)).scalar_one_or_none()
    return UUID(found) if found else None


def void(purpose: str, subject: UUID) -> Delete:
    """Return the statement after which nothing that was mailed for it leads anywhere."""
    theirs = (verification.c.purpose == purpose) & (verification.c.subject_id == str(subject))
    return delete(verification).where(theirs)


def by_token(
    connection: Connection, purposes: Collection[str], token: str, at: datetime
) -> Mailed | None:
    """Return what a token was mailed as; None for one that is not good for that at `at`.

    One that was spent is found for as long as it is kept.
    """
    mine = (verification.c.value == digest(token)) & verification.c.purpose.in_(purposes)
    return _one(connection.execute(select(verification).where(mine, _known(at))).one_or_none())


def holds(connection: Connection, mailed: Mailed, at: datetime) -> bool:
    """Return whether what was found is there still, and not spent meanwhile."""
    this = (verification.c.id == str(mailed.id)) & verification.c.used_at.is_(None)
    query = select(verification.c.id).where(this, verification.c.expires_at > at)
    return connection.execute(query).one_or_none() is not None


def try_code(
    connection: Connection, address: str, hashes: Collection[str], at: datetime
) -> Mailed | None:
    """Count a try of a code on all that an address has; return the one that it is.

    What was tried too often is void.
    """
    of_it = (verification.c.identifier == address) & (verification.c.purpose == "email_code")
    tried = update(verification).where(
        of_it, verification.c.expires_at > at, verification.c.tries < EMAIL_CODE_TRIES
    )
    rows = connection.execute(
        tried.values(tries=verification.c.tries + 1).returning(verification)
    ).all()
    found: Sequence[Row[tuple[object, ...]]] = [each for each in rows if each.value in hashes]
    return _one(found[0] if found else None)


def invalid() -> Rejected:
    """Return the one refusal of all that was mailed and opens nothing, or nothing any more."""
    return Rejected("auth.token_invalid", "what was mailed does not go with this, or not any more")


def _known(at: datetime) -> ColumnElement[bool]:
    return or_(verification.c.expires_at > at, verification.c.used_at.is_not(None))


def _one(row: Row[tuple[object, ...]] | None) -> Mailed | None:
    if row is None:
        return None
    return Mailed(
        id=UUID(row.id),
        purpose=row.purpose,
        subject=UUID(row.subject_id),
        address=row.identifier,
        spent=row.used_at is not None,
    )


def spend(mailed: Mailed, user_id: UUID, at: datetime) -> Update:
    """Return the statement by which what was mailed is spent, by that person."""
    this = update(verification).where(verification.c.id == str(mailed.id))
    return this.values(subject_id=str(user_id), used_at=at, updated_at=at)


def void_all(user_id: UUID, *addresses: str, but: Mailed | None = None) -> Delete:
    """Return the statement after which nothing leads anywhere that was mailed to a person.

    By their id or to these addresses; but for what they have just spent. Invitations stay.
    """
    theirs = or_(
        verification.c.subject_id == str(user_id), verification.c.identifier.in_(addresses)
    )
    gone = delete(verification).where(theirs, verification.c.purpose.in_(OF_A_PERSON))
    return gone if but is None else gone.where(verification.c.id != str(but.id))
