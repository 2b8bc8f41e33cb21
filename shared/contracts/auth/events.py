"""What auth tells others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.domain import value


@value
class WorkspaceCreated:
    """A workspace exists. It is active, and not eligible for invoices."""

    workspace_id: UUID
    owner_user_id: UUID


@value
class WorkspaceProfileChanged:
    """What billing and affiliate decide by has changed."""

    workspace_id: UUID
    organization_number: str | None  # nine digits
    invoice_eligible: bool


@value
class UserSignedUp:
    """A person signed up. Nothing of who they are is told."""

    user_id: UUID
    workspace_id: UUID


@value
class UserBanned:
    """A person may not act any more; null: until somebody lifts it."""

    user_id: UUID
    expires_at: datetime | None


@value
class UserUnbanned:
    """A ban was lifted, or has run out. Tokens from before it stay refused."""

    user_id: UUID


@value
class SessionRevoked:
    """A session is over before its time: signed out, revoked, or its person was banned."""

    session_id: UUID
    user_id: UUID


PUBLISHES = (
    WorkspaceCreated,
    WorkspaceProfileChanged,
    UserSignedUp,
    UserBanned,
    UserUnbanned,
    SessionRevoked,
)
# What ends access: the field `<kind>_id` names whose tokens, issued until then, are refused.
REVOKES: Mapping[type[Any], Literal["session", "user", "workspace"]] = {
    UserBanned: "user",
    SessionRevoked: "session",
}
