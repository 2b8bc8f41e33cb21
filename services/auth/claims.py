"""Kept: who claims an address that is not verified yet, what was mailed to it, and how often.

A claim waits with its own name, password and links, and becomes the person's once it is verified;
then nobody claims the address any more. Who writes here holds the address (`acts/mailing.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from auth.kept import digest
from auth.tables import metadata
from chassis import ids
from chassis.domain import value
from chassis.personal import PRIVATE

PURPOSES = (
    "verify_email",
    "email_code",
    "change_email",
    "reset_password",
    "set_password",
    "invitation",
)
OF_CLAIMS = ("verify_email", "email_code")

claim = Table(
    "claim",
    metadata,
    Column("user_id", Text, primary_key=True),  # who it will be
    Column("workspace_id", Text, nullable=False),  # and in which workspace
    Column("email", Text, nullable=False, info=PRIVATE),
    Column("email_folded", Text, nullable=False, info=PRIVATE),
    Column("name", Text, nullable=False, info=PRIVATE),
    Column("password", Text, nullable=False, info=PRIVATE),
    Column("number", BigInteger, Identity(always=True), nullable=False),  # their order
    Column("mailed", Boolean, nullable=False),  # whether its link was, or there were too many
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("claim_email_folded", "email_folded"),
)

verification = Table(
    "verification",
    metadata,
    Column("id", Text, primary_key=True),
    Column("identifier", Text, nullable=False, info=PRIVATE),  # the folded address
    Column("value", Text, nullable=False, info=PRIVATE),  # SHA-256 of the token
    Column("purpose", Text, nullable=False),  # a token does nothing in another one
    Column("subject_id", Text, nullable=False),  # the claim, the person or the invitation
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("tries", Integer, nullable=False, server_default="0"),  # of a code
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(f"purpose in {PURPOSES}", name="verification_purpose"),
    Index("verification_value", "value"),
    Index("verification_identifier", "identifier"),
    Index("verification_subject", "subject_id", "purpose"),
)

mailed = Table(
    "mailed",
    metadata,
    Column(
        "address_hash", Text, primary_key=True, info=PRIVATE
    ),  # of an address that may be nobody's
    Column("template", Text, primary_key=True),
    Column("sent", ARRAY(DateTime(timezone=True)), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)


@value
class Claim:
    """Somebody who has signed up with an address that is not verified yet."""

    user_id: UUID
    workspace_id: UUID
    email: str  # as written
    address: str  # folded
    name: str
    password: str  # its hash


def keep(claimed: Claim, mailed: bool, at: datetime, expires_at: datetime) -> Insert:
    """Return the statement that keeps a claim; `mailed`: whether its link will be.

    It yields to an equal rival's, as `kept.keep_secret` does.
    """
    row = insert(claim).values(
        user_id=str(claimed.user_id),
        workspace_id=str(claimed.workspace_id),
        email=claimed.email,
        email_folded=claimed.address,
        name=claimed.name,
        password=claimed.password,
        mailed=mailed,
        created_at=at,
        expires_at=expires_at,
    )
    return row.on_conflict_do_nothing(index_elements=["user_id"])


def leave(connection: Connection, address: str, newest: int) -> None:
    """Forget the claims of an address but the newest so many, and the links of the others.

    Those go first whose link was never mailed: however many sign up, they take no mailed one's
    place, and there are few mails.
    """
    of_it = claim.c.email_folded == address
    stay = (claim.c.mailed.desc(), claim.c.number.desc())
    kept = select(claim.c.number).where(of_it).order_by(*stay).limit(newest)
    connection.execute(delete(claim).where(of_it, claim.c.number.not_in(kept)))
    left = select(claim.c.user_id).where(of_it)
    links = (verification.c.identifier == address) & verification.c.purpose.in_(OF_CLAIMS)
    links &= verification.c.used_at.is_(None)  # what was spent is answered as a repeat
    connection.execute(delete(verification).where(links, verification.c.subject_id.not_in(left)))


def keep_link(connection: Connection, of: Claim, token: str, at: datetime, until: datetime) -> None:
    """Keep the hash of a token that is mailed for a claim, which lives as long as it does."""
    link = insert(verification).values(
        id=str(ids.fresh()),
        identifier=of.address,
        value=digest(token),
        purpose="verify_email",
        subject_id=str(of.user_id),
        expires_at=until,
        created_at=at,
        updated_at=at,
    )
    connection.execute(link)
    lives = func.greatest(claim.c.expires_at, until)
    this = update(claim).where(claim.c.user_id == str(of.user_id))
    connection.execute(this.values(expires_at=lives, mailed=True))


def find(connection: Connection, user_id: UUID) -> Claim | None:
    """Return a claim; None once it is verified, or another one of its address is."""
    return _one(connection, claim.c.user_id == str(user_id))


def newest(connection: Connection, address: str, at: datetime) -> Claim | None:
    """Return the latest claim of an address that lives at `at`."""
    return _one(connection, (claim.c.email_folded == address) & (claim.c.expires_at > at))


def by_password(connection: Connection, address: str, hashed: str, at: datetime) -> Claim | None:
    """Return whose password that is, of those who claim the address at `at`."""
    theirs = (claim.c.email_folded == address) & (claim.c.password == hashed)
    return _one(connection, theirs & (claim.c.expires_at > at))


def _one(connection: Connection, which: ColumnElement[bool]) -> Claim | None:
    query = select(claim).where(which).order_by(claim.c.number.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    return Claim(
        user_id=UUID(found.user_id),
        workspace_id=UUID(found.workspace_id),
        email=found.email,
        address=found.email_folded,
        name=found.name,
        password=found.password,
    )


def recall_mailed(connection: Connection, address: str, template: str) -> Sequence[datetime]:
    """Return when mails of that template went to an address in the last day, or longer ago."""
    of_it = (mailed.c.address_hash == digest(address)) & (mailed.c.template == template)
    return connection.execute(select(mailed.c.sent).where(of_it)).scalar_one_or_none() or ()


def keep_mailed(address: str, template: str, sent: Sequence[datetime], at: datetime) -> Insert:
    """Return the statement that keeps when mails of that template went to an address."""
    row = insert(mailed).values(
        address_hash=digest(address), template=template, sent=list(sent), updated_at=at
    )
    return row.on_conflict_do_update(
        index_elements=["address_hash", "template"],
        set_={"sent": row.excluded.sent, "updated_at": row.excluded.updated_at},
    )
