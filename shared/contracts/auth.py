"""auth: what it tells others and what it is asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.domain import value

# Events


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

# Requests


@value
class SignUp:
    name: str
    email: str
    password: str
    invitation_token: str | None = None


@value
class VerifyEmail:
    token: str


@value
class SignIn:
    email: str
    password: str
    ip: str | None = None
    user_agent: str | None = None


@value
class Authenticate:
    session_token: str


@value
class BillingAddress:
    street: str
    postal_code: str
    city: str
    country: str = "NO"


@value
class UpdateWorkspace:
    """Fields that are not given stay; null empties one that may be empty."""

    name: str | None = None
    organization_number: str | None = None
    legal_name: str | None = None
    billing_address: BillingAddress | None = None
    invoice_email: str | None = None
    invoice_reference: str | None = None
    contact_email: str | None = None
    contact_person: str | None = None


@value
class SetInvoiceEligibility:
    workspace_id: UUID
    eligible: bool
    reason: str


@value
class SignOut:
    pass


@value
class RevokeSession:
    session_id: UUID


@value
class RevokeOtherSessions:
    pass


@value
class BanUser:
    """Without an end it lasts until it is lifted."""

    user_id: UUID
    reason: str
    expires_at: datetime | None = None


@value
class UnbanUser:
    user_id: UUID


@value
class ListSessions:
    limit: int = 50
    cursor: str | None = None


@value
class Me:
    pass


@value
class GetWorkspace:
    pass


@value
class PublicKeys:
    pass


@value
class GetBillingProfile:
    workspace_id: UUID


# Replies


@value
class BillingProfile:
    """What a sales document says of its buyer; anything may be missing yet."""

    workspace_id: UUID
    legal_name: str | None = None
    organization_number: str | None = None
    billing_address: BillingAddress | None = None
    invoice_email: str | None = None
    invoice_reference: str | None = None
