"""Kept tables: secrets. No event holds them, and no rebuild brings them back."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Delete,
    Index,
    ScalarSelect,
    Select,
    Table,
    Text,
    Update,
    column,
    delete,
    func,
    literal,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from auth.tables import metadata
from chassis import ids
from chassis.personal import PRIVATE, personal

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("access_token", Text, info=PRIVATE),
    Column("refresh_token", Text, info=PRIVATE),
    Column("id_token", Text, info=PRIVATE),
    Column("access_token_expires_at", DateTime(timezone=True)),
    Column("refresh_token_expires_at", DateTime(timezone=True)),
    Column("scope", Text),
    Column("password", Text, info=PRIVATE),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("account_user_id", "user_id"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("row_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("hash", Text, nullable=False, info=PRIVATE),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Index("secrets_hash", "hash", unique=True),
)


def digest(token: str) -> str:
    """Return what is stored of a token: its SHA-256. The token itself has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def keep_secret(row_id: UUID, kind: str, token: str, expires_at: datetime) -> Insert:
    """Return the statement that keeps a token's hash.

    To an equal rival's it yields: the append decides which of the two calls counts.
    """
    row = insert(secrets).values(
        row_id=str(row_id), kind=kind, hash=digest(token), expires_at=expires_at
    )
    return row.on_conflict_do_nothing(index_elements=["row_id", "kind"])


def forget_sessions(those: Sequence[UUID]) -> tuple[Delete, Delete]:
    """Return the statements that forget of sessions their tokens' hashes, addresses and agents."""
    rows = [str(each) for each in those]
    traces = personal.c.field.in_(("ip_address", "user_agent"))
    return (
        delete(secrets).where(secrets.c.row_id.in_(rows), secrets.c.kind == "session"),
        delete(personal).where(personal.c.row_id.in_(rows), traces),
    )


def recall_row(connection: Connection, kind: str, token: str) -> UUID | None:
    """Return the row that a token is of; None for a token that nobody was given."""
    query = select(secrets.c.row_id).where(secrets.c.hash == digest(token), secrets.c.kind == kind)
    found = connection.execute(query).scalar_one_or_none()
    return UUID(found) if found else None


def keep_password(user_id: UUID, hashed: str, at: datetime) -> Insert:
    """Return the statement that keeps a person's password hash, in place of any other."""
    row = insert(account).values(
        id=str(ids.derive(user_id, "credential")),
        account_id=str(user_id),
        provider_id="credential",
        user_id=str(user_id),
        password=hashed,
        created_at=at,
        updated_at=at,
    )
    new = {"password": row.excluded.password, "updated_at": row.excluded.updated_at}
    return row.on_conflict_do_update(index_elements=["id"], set_=new)


def recall_password(connection: Connection, user_id: UUID | None) -> str | None:
    """Return a person's password hash; None where there is none."""
    return connection.execute(_password_of(user_id)).scalar_one_or_none()


def hold_password(connection: Connection, user_id: UUID) -> str | None:
    """Return the same, which stays so until the transaction ends; others who hold it wait."""
    return connection.execute(_password_of(user_id).with_for_update()).scalar_one_or_none()


def _password_of(user_id: UUID | None) -> Select[str | None]:
    mine = (account.c.user_id == str(user_id)) & (account.c.provider_id == "credential")
    return select(account.c.password).where(mine)


def replace_password(user_id: UUID | None, hashed: str, stronger: str, at: datetime) -> Update:
    """Return the statement that replaces a hash, if nobody has changed the password meanwhile."""
    this = update(account).where(account.c.user_id == str(user_id), account.c.password == hashed)
    return this.values(password=stronger, updated_at=at)


def recall_texts(connection: Connection, row_id: UUID) -> dict[str, str]:
    """Return what is kept of a person or a workspace, by field."""
    rows = select(personal.c.field, personal.c.value).where(personal.c.row_id == str(row_id))
    return {row.field: row.value for row in connection.execute(rows)}


def forget_texts(row_id: UUID) -> Delete:
    """Return the statement after which nothing is kept of a row's texts."""
    return delete(personal).where(personal.c.row_id == str(row_id))


def recall_email(connection: Connection, user_id: UUID) -> str | None:
    """Return a person's address; None once it has been erased."""
    mine = (personal.c.row_id == str(user_id)) & (personal.c.field == "email")
    return connection.execute(select(personal.c.value).where(mine)).scalar_one_or_none()


def recall_hash(row_id: UUID, kind: str) -> ScalarSelect[str]:
    """Return the kept hash of a row's token; '[erased]-<id>' where there is none."""
    hash_of = func.coalesce(func.max(secrets.c.hash), literal(f"[erased]-{row_id}"))
    return (
        select(hash_of)
        .where(secrets.c.row_id == str(row_id), secrets.c.kind == kind)
        .scalar_subquery()
    )


_MAILED = table(  # `auth.claims.verification`, as a projection may read it
    "verification",
    *(column(name) for name in ("id", "value", "purpose", "subject_id", "created_at")),
)


def recall_token(row_id: UUID, purpose: str) -> ColumnElement[str]:
    """Return the hash of what was mailed last for a row; '[erased]-<id>' where nothing is kept."""
    theirs = (_MAILED.c.subject_id == str(row_id)) & (_MAILED.c.purpose == purpose)
    latest = select(_MAILED.c.value).where(theirs)
    latest = latest.order_by(_MAILED.c.created_at.desc(), _MAILED.c.id.desc()).limit(1)
    return func.coalesce(latest.scalar_subquery(), literal(f"[erased]-{row_id}"))
