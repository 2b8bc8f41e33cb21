"""Sessions, and the access tokens that they give."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command, Json, Listing, Written
from chassis.domain import sensitive, value


@value
class Access:
    """An access token, for minutes."""

    access_token: str = sensitive()
    expires_at: datetime
    user_id: UUID
    workspace_id: UUID | None
    role: str | None
    impersonated_by: UUID | None  # the admin who acts as this person


@value
class Authenticate(Command[Access]):
    """Return an access token for whoever holds this session token; a repeat gets a new one."""

    session_token: str = sensitive()
    remembered = False


@value
class Fresh:
    """An access token of who has just shown again who they are."""

    access_token: str = sensitive()
    expires_at: datetime


@value
class Reauthenticate(Command[Fresh]):
    """Show again who one is, as some commands ask; the code where the second factor is on."""

    password: str = sensitive()
    code: str | None = sensitive(default=None)
    remembered = False


@value
class SignOut(Command[Written]):
    """End the session that the access token is of."""


@value
class RevokeSession(Command[Written]):
    """End one of one's own sessions."""

    session_id: UUID


@value
class SessionsEnded:
    """The sessions that were ended."""

    items: tuple[Written, ...]


@value
class RevokeOtherSessions(Command[SessionsEnded]):
    """End all of one's own sessions but the present one."""


@value
class Session:
    """A sign-in that holds; its token is shown to nobody again."""

    id: UUID
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    ip_address: str | None
    user_agent: str | None
    user_id: UUID
    impersonated_by: UUID | None


@value
class ListSessions(Listing[Session]):
    """Return a page of one's own sessions."""


@value
class Keys:
    """The keys that access tokens are checked with, as JWKs (RFC 8037)."""

    keys: tuple[Json, ...]


@value
class PublicKeys(Asked[Keys]):
    """Return the keys that access tokens are checked with."""
