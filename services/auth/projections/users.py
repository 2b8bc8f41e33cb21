"""`user`: one row a person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    insert,
    select,
    update,
)

from auth.domain.user import (
    EmailVerified,
    SignedUp,
    SystemAdminCreated,
    UserBanned,
    UserUnbanned,
)
from auth.tables import metadata
from chassis.identity import Actor
from chassis.personal import PRIVATE, recall, recall_optional
from chassis.unit.projection import Change, Projection, row
from chassis.unit.store import Recorded

table = Table(
    "user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, info=PRIVATE),
    Column("email", Text, nullable=False, info=PRIVATE),
    Column("email_folded", Text, nullable=False, info=PRIVATE),
    Column("email_verified", Boolean, nullable=False, server_default="false"),
    Column("image", Text, info=PRIVATE),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("workspace_id", Text),
    Column("role", Text, nullable=False, server_default="member"),
    Column("is_system_admin", Boolean, nullable=False, server_default="false"),
    Column("banned", Boolean, nullable=False, server_default="false"),
    Column("ban_reason", Text, info=PRIVATE),
    Column("ban_expires", DateTime(timezone=True)),
    CheckConstraint("role in ('owner', 'admin', 'member')", name="user_role"),
    Index("user_email", "email", unique=True),
    Index("user_email_folded", "email_folded", unique=True),
    Index("user_workspace", "workspace_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; name, e-mail and picture come from what is kept of the person."""
    this, at = recorded.subject, recorded.recorded_at
    row_of = update(table).where(table.c.id == str(this))
    match recorded.event:
        case SignedUp() | SystemAdminCreated() as event:
            signed_up = isinstance(event, SignedUp)
            yield insert(table).values(
                id=this,
                name=recall(this, "name"),
                email=recall(this, "email", unique=True),
                email_folded=recall(this, "email_folded", unique=True),
                image=recall_optional(this, "image"),
                workspace_id=event.workspace_id if isinstance(event, SignedUp) else None,
                role=event.role if isinstance(event, SignedUp) else "member",
                is_system_admin=not signed_up,
                created_at=at,
                updated_at=at,
            )
        case EmailVerified():
            yield row_of.values(
                name=recall(this, "name"),
                email=recall(this, "email", unique=True),
                email_verified=True,
                updated_at=at,
            )
        case UserBanned(expires_at=expires_at):
            reason = recall_optional(this, "ban_reason")
            yield row_of.values(
                banned=True, ban_reason=reason, ban_expires=expires_at, updated_at=at
            )
        case UserUnbanned():
            yield row_of.values(banned=False, ban_reason=None, ban_expires=None, updated_at=at)


projection = Projection(
    table=table,
    project=project,
    unique=dict.fromkeys(("user_email", "user_email_folded"), "auth.email_taken"),
)


def get(connection: Connection, user_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return a user's row, with `version`."""
    found = row(connection, table, "user", user_id, actor, "auth.user_not_found", person=table.c.id)
    del found["email_folded"]  # for comparing alone
    return {"version": found.pop("stream_version"), **found}


def ran_out(connection: Connection, at: datetime) -> list[UUID]:
    """Return who stands as banned although the ban's end has come."""
    over = table.c.banned & (table.c.ban_expires <= at)
    return [UUID(each) for each in connection.execute(select(table.c.id).where(over)).scalars()]


def find(connection: Connection, address: str) -> UUID | None:
    """Return whose folded e-mail address that is."""
    found = connection.execute(
        select(table.c.id).where(table.c.email_folded == address)
    ).scalar_one_or_none()
    return UUID(found) if found else None


def verified(connection: Connection, address: str) -> UUID | None:
    """Return who has shown that this folded e-mail address is theirs."""
    found = connection.execute(
        select(table.c.id).where(table.c.email_folded == address, table.c.email_verified)
    ).scalar_one_or_none()
    return UUID(found) if found else None
