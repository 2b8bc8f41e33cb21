"""`session`: one row a sign-in, until the session is ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from auth.domain.session import SessionEnded, SessionRenewed, SessionStarted
from auth.kept import recall_hash
from auth.tables import metadata
from chassis.asked import Listing, Page
from chassis.personal import PRIVATE, recall_optional
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("token", Text, nullable=False, info=PRIVATE),  # SHA-256 of the session token
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("ip_address", Text, info=PRIVATE),
    Column("user_agent", Text, info=PRIVATE),
    Column("user_id", Text, nullable=False),
    Column("impersonated_by", Text),
    Index("session_token", "token", unique=True),
    Index("session_user", "user_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; token hash, address and agent come from the kept tables."""
    id, at = recorded.subject, recorded.recorded_at
    match recorded.event:
        case SessionStarted(user_id=user_id, expires_at=expires_at):
            yield insert(table).values(
                id=id,
                expires_at=expires_at,
                token=recall_hash(id, "session"),
                created_at=at,
                updated_at=at,
                ip_address=recall_optional(id, "ip_address"),
                user_agent=recall_optional(id, "user_agent"),
                user_id=user_id,
            )
        case SessionRenewed(expires_at=expires_at):
            renewed = update(table).where(table.c.id == str(id))
            yield renewed.values(expires_at=expires_at, updated_at=at)
        case SessionEnded():
            yield delete(table).where(table.c.id == str(id))


projection = Projection(table=table, project=project)


def alive(connection: Connection, user_id: UUID, at: datetime) -> list[UUID]:
    """Return somebody's sessions that have not expired at `at`."""
    theirs = (table.c.user_id == str(user_id)) & (table.c.expires_at > at)
    found = connection.execute(select(table.c.id).where(theirs).order_by(table.c.id))
    return [UUID(each) for each in found.scalars()]


def listed(
    connection: Connection, user_id: UUID, at: datetime, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return somebody's sessions of which the clock leaves some, newest first; no token hashes."""
    shown = [column for column in table.c if column is not table.c.token]
    query = select(*shown).where(table.c.expires_at > at)
    return page(connection, table, query, {"user_id": user_id}, asked)
