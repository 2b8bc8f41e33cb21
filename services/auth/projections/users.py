"""`user`: one row a person."""

from collections.abc import Iterable, Mapping
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
    Insert,
    Table,
    Text,
    insert,
    select,
    update,
)

from auth.domain.user_events import (
    EmailChanged,
    EmailVerified,
    JoinedWorkspace,
    LeftWorkspace,
    ProfileTextsChanged,
    RoleTaken,
    SignedUp,
    SystemAdminCreated,
    SystemAdminSet,
    TotpDisabled,
    TotpEnabled,
    UserBanned,
    UserErased,
    UserUnbanned,
)
from auth.tables import metadata
from chassis.asked import Listing, Page
from chassis.identity import Actor
from chassis.personal import PRIVATE, recall, recall_optional
from chassis.unit.pages import page
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
    # beyond the seed
    Column("totp_enabled", Boolean, nullable=False, server_default="false"),
    CheckConstraint("role in ('owner', 'admin', 'member')", name="user_role"),
    Index("user_email", "email", unique=True),
    Index("user_email_folded", "email_folded", unique=True),
    Index("user_workspace", "workspace_id"),
    Index("user_created_at", "created_at", "id"),
)


OF_NO_MEMBER = ("email_folded", "banned", "ban_reason", "ban_expires", "totp_enabled")
NOBODYS = {"workspace_id": None, "role": "member"}  # a role counts in a workspace alone
UNBANNED = {"banned": False, "ban_reason": None, "ban_expires": None}


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; name, e-mail and picture come from what is kept of the person."""
    this, at = recorded.subject, recorded.recorded_at
    match recorded.event:
        case SignedUp(workspace_id=workspace_id, role=role):
            yield _made(this, at, {"workspace_id": workspace_id, "role": role})
        case SystemAdminCreated():
            yield _made(this, at, {**NOBODYS, "is_system_admin": True})
        case event:
            changed = _changed(this, event)
            if changed:
                row_of = update(table).where(table.c.id == str(this))
                yield row_of.values(updated_at=at, **changed)


def _made(this: UUID, at: datetime, standing: Mapping[str, Any]) -> Insert:
    return insert(table).values(
        id=this,
        name=recall(this, "name"),
        image=recall_optional(this, "image"),
        created_at=at,
        updated_at=at,
        **_address(this),
        **standing,
    )


def _changed(this: UUID, event: Any) -> Mapping[str, Any]:
    """Return what an event changes of the row; nothing of a row that does not show it."""
    match event:
        case EmailVerified():
            return {"name": recall(this, "name"), "email_verified": True, **_address(this)}
        case EmailChanged():
            return {"email_verified": True, **_address(this)}
        case ProfileTextsChanged():
            return {"name": recall(this, "name"), "image": recall_optional(this, "image")}
        case JoinedWorkspace(workspace_id=workspace_id, role=role):
            return {"workspace_id": workspace_id, "role": role}
        case LeftWorkspace():
            return NOBODYS
        case RoleTaken(role=role):
            return {"role": role}
        case TotpEnabled() | TotpDisabled():
            return {"totp_enabled": isinstance(event, TotpEnabled)}
        case SystemAdminSet(is_system_admin=is_system_admin):
            return {"is_system_admin": is_system_admin}
        case UserBanned(expires_at=expires_at):
            reason = recall_optional(this, "ban_reason")
            return {"banned": True, "ban_reason": reason, "ban_expires": expires_at}
        case UserUnbanned():
            return UNBANNED
        case UserErased():
            return _nobody(this)
    return {}


def _nobody(this: UUID) -> Mapping[str, Any]:
    """Return what is left of somebody of whom nothing is kept any more."""
    return {
        "name": recall(this, "name"),
        "image": recall_optional(this, "image"),
        "is_system_admin": False,
        "totp_enabled": False,
        **_address(this),
        **NOBODYS,
        **UNBANNED,
    }


def _address(this: UUID) -> Mapping[str, Any]:
    return {field: recall(this, field, unique=True) for field in ("email", "email_folded")}


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


def members(
    connection: Connection, workspace_id: UUID, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of a workspace's people, newest first; of bans and second factors nothing."""
    query = select(*(column for column in table.c if column.name not in OF_NO_MEMBER))
    return page(connection, table, query, {"workspace_id": workspace_id}, asked)


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


def workspace_of(connection: Connection, user_id: UUID) -> UUID | None:
    """Return the workspace that a person is in."""
    query = select(table.c.workspace_id).where(table.c.id == str(user_id))
    found = connection.execute(query).scalar_one_or_none()
    return UUID(found) if found else None
