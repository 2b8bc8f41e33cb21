"""People: signing up, verifying an address, signing in, and what they are."""

from datetime import datetime
from uuid import UUID

from chassis.asked import UNCHANGED, Asked, Command, Unchanged, Written
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
class Myself(User):
    """Who is signed in."""

    totp_enabled: bool


@value
class Me(Asked[Myself]):
    """Return the row of who is signed in."""


@value
class SignedUp:
    """Who somebody will be, once their address is verified with the password of this sign-up."""

    user_id: UUID
    workspace_id: UUID
    version: int


@value
class SignUp(Command[SignedUp]):
    """Claim an address; a link is mailed to it. A known address is answered alike.

    By an invitation's token the address is verified, and the person is in the workspace that
    invited them.
    """

    name: str
    email: str = pseudonymous()
    password: str = sensitive()
    invitation_token: str | None = sensitive(default=None)


@value
class Verified:
    """A verified address. Nothing of a session where a changed address was verified.

    The answer to a repeat, or to the token that was spent, has no token.
    """

    user_id: UUID
    session_token: str | None = sensitive()
    expires_at: datetime | None


@value
class VerifyEmail(Command[Verified]):
    """Make the account of a sign-up, by its own password and its mailed link or code.

    Given is the link's token, or the address and the six-digit code. A session starts, and the
    address's other sign-ups and links are dead. A changed address is verified alike, by the
    account's password.
    """

    password: str = sensitive()
    token: str | None = sensitive(default=None)
    email: str | None = pseudonymous(default=None)
    code: str | None = sensitive(default=None)


@value
class Done:
    """It is done, or there was nothing to do: the answer is always alike."""


@value
class ResendVerification(Command[Done]):
    """Mail another link to an address that somebody claims."""

    email: str = pseudonymous()


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
    code: str | None = sensitive(default=None)  # of the authenticator, or a recovery code


@value
class UpdateProfile(Command[Written]):
    """Change one's own name or picture; None empties the picture, the unnamed stay."""

    name: str | Unchanged = UNCHANGED
    image: str | None | Unchanged = UNCHANGED  # an https address, shown and never fetched


@value
class ChangeEmail(Command[Written]):
    """Ask for another address: a link goes to it, a notice to the present one."""

    email: str = pseudonymous()
