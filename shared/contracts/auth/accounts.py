"""People: signing up, verifying an address, signing in."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command
from chassis.domain import pseudonymous, sensitive, value


@value
class User:
    """A person; a system admin has no workspace. `version` is its stream's."""

    id: UUID
    name: str
    email: str
    email_verified: bool
    image: str | None
    created_at: datetime
    updated_at: datetime
    workspace_id: UUID | None
    role: str  # owner | admin | member
    is_system_admin: bool
    banned: bool
    ban_reason: str | None
    ban_expires: datetime | None
    version: int


@value
class Me(Asked[User]):
    """Return the row of who is signed in."""


@value
class SignedUp:
    """Who somebody will be, once their address is verified with the password of this sign-up."""

    user_id: UUID
    workspace_id: UUID
    version: int


@value
class SignUp(Command[SignedUp]):
    """Claim an address; a link is mailed to it. A known address is answered alike."""

    name: str
    email: str = pseudonymous()
    password: str = sensitive()
    invitation_token: str | None = sensitive(default=None)


@value
class Verified:
    """A verified address and a session; the token is null in the answer to a repeat."""

    user_id: UUID
    session_token: str | None = sensitive()
    expires_at: datetime


@value
class VerifyEmail(Command[Verified]):
    """Make the account of a sign-up, by the token of its mailed link and its own password.

    A session starts. The address's other sign-ups and links are dead.
    """

    token: str = sensitive()
    password: str = sensitive()


@value
class SessionStarted:
    """A session; the token is null in the answer to a repeat."""

    session_id: UUID
    session_token: str | None = sensitive()
    expires_at: datetime


@value
class SignIn(Command[SessionStarted]):
    """Start a session."""

    email: str = pseudonymous()
    password: str = sensitive()
    ip: str | None = sensitive(default=None)
    user_agent: str | None = sensitive(default=None)
