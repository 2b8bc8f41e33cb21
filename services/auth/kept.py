"""Kept tables: secrets. No event holds them, and no rebuild brings them back."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Index,
    ScalarSelect,
    Table,
    Text,
    Update,
    func,
    literal,
    select,
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


def recall_row(connection: Connection, kind: str, token: str) -> UUID | None:
    """Return the row that a token is of; None for a token that nobody was given."""
    query = select(secrets.c.row_id).where(secrets.c.hash == digest(token), secrets.c.kind == kind)
    found = connection.execute(query).scalar_one_or_none()
    return UUID(found) if found else None


def keep_password(user_id: UUID, hashed: str, at: datetime) -> Insert:
    """Return the statement that keeps a new person's password hash; yields as `keep_secret`."""
    row = insert(account).values(
        id=str(ids.derive(user_id, "credential")),
        account_id=str(user_id),
        provider_id="credential",
        user_id=str(user_id),
        password=hashed,
        created_at=at,
        updated_at=at,
    )
    return row.on_conflict_do_nothing(index_elements=["id"])


def recall_password(connection: Connection, user_id: UUID | None) -> str | None:
    """Return a person's password hash; None where there is none."""
    mine = (account.c.user_id == str(user_id)) & (account.c.provider_id == "credential")
    query = select(account.c.password).where(mine)
    return connection.execute(query).scalar_one_or_none()


def replace_password(hashed: str, stronger: str) -> Update:
    """Return the statement that replaces a hash, if nobody has changed the password meanwhile."""
    return update(account).where(account.c.password == hashed).values(password=stronger)


def recall_texts(connection: Connection, row_id: UUID) -> dict[str, str]:
    """Return what is kept of a person or a workspace, by field."""
    rows = select(personal.c.field, personal.c.value).where(personal.c.row_id == str(row_id))
    return {row.field: row.value for row in connection.execute(rows)}


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
