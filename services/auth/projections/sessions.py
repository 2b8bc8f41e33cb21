"""`session`: one row a sign-in, until the session is ended."""

from collections.abc import Collection, Iterable
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
    Update,
    delete,
    insert,
    literal,
    select,
    update,
)

from auth.domain.session import SessionEnded, SessionRenewed, SessionStarted
from auth.kept import recall_hash
from auth.tables import metadata
from chassis.asked import Listing, Page
from chassis.personal import ERASED, PRIVATE, recall_optional
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
    Index("session_impersonated_by", "impersonated_by"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; token hash, address and agent come from the kept tables."""
    id, at = recorded.subject, recorded.recorded_at
    match recorded.event:
        case SessionStarted(user_id=user_id, expires_at=expires_at, impersonated_by=admin_id):
            yield insert(table).values(
                id=id,
                expires_at=expires_at,
                token=recall_hash(id, "session"),
                created_at=at,
                updated_at=at,
                ip_address=recall_optional(id, "ip_address"),
                user_agent=recall_optional(id, "user_agent"),
                user_id=user_id,
                impersonated_by=admin_id,
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


def own(connection: Connection, user_id: UUID, at: datetime) -> list[UUID]:
    """Return somebody's sessions that have not expired at `at`, newest first; no admin's."""
    theirs = (table.c.user_id == str(user_id)) & table.c.impersonated_by.is_(None)
    newest = table.c.created_at.desc(), table.c.id
    query = select(table.c.id).where(theirs, table.c.expires_at > at).order_by(*newest)
    return [UUID(each) for each in connection.execute(query).scalars()]


def acted(connection: Connection, admin_id: UUID, at: datetime) -> list[UUID]:
    """Return the sessions in which an admin acts as somebody, not expired at `at`."""
    theirs = (table.c.impersonated_by == str(admin_id)) & (table.c.expires_at > at)
    found = connection.execute(select(table.c.id).where(theirs).order_by(table.c.id))
    return [UUID(each) for each in found.scalars()]


def acted_as(connection: Connection, user_id: UUID, at: datetime) -> list[UUID]:
    """Return the sessions in which an admin acts as that person, not expired at `at`."""
    theirs = (table.c.user_id == str(user_id)) & table.c.impersonated_by.is_not(None)
    found = select(table.c.id).where(theirs, table.c.expires_at > at).order_by(table.c.id)
    return [UUID(each) for each in connection.execute(found).scalars()]


def acted_out(connection: Connection, at: datetime) -> list[UUID]:
    """Return the sessions in which an admin acted as somebody until their time was over."""
    over = table.c.impersonated_by.is_not(None) & (table.c.expires_at <= at)
    return [UUID(each) for each in connection.execute(select(table.c.id).where(over)).scalars()]


def listed(
    connection: Connection, user_id: UUID, at: datetime, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return somebody's sessions of which the clock leaves some, newest first; no token hashes."""
    shown = [column for column in table.c if column is not table.c.token]
    query = select(*shown).where(table.c.expires_at > at)
    return page(connection, table, query, {"user_id": user_id}, asked)


def all_of(connection: Connection, user_id: UUID) -> list[UUID]:
    """Return somebody's sessions, however long ago they have expired."""
    theirs = select(table.c.id).where(table.c.user_id == str(user_id)).order_by(table.c.id)
    return [UUID(each) for each in connection.execute(theirs).scalars()]


def blank(those: Collection[UUID]) -> Update:
    """Return the statement after which these say nothing of where from, as a rebuild would.

    What was kept of that has gone.
    """
    this = update(table).where(table.c.id.in_([str(each) for each in those]))
    token = literal(f"{ERASED}-") + table.c.id
    return this.values(token=token, ip_address=None, user_agent=None)
