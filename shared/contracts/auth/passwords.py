"""Passwords: changed by who knows the old one, reset by whose mailbox it is."""

from uuid import UUID

from chassis.asked import Command, Written
from chassis.domain import pseudonymous, sensitive, value
from contracts.auth.accounts import Done


@value
class ChangePassword(Command[Written]):
    """Change one's own password; one's other sessions end."""

    current_password: str = sensitive()
    new_password: str = sensitive()
    keep_other_sessions: bool = False


@value
class RequestPasswordReset(Command[Done]):
    """Mail a link by which the password of that address is set anew."""

    email: str = pseudonymous()


@value
class PasswordReset:
    """A new password holds; no session is left, and none starts."""

    user_id: UUID
    version: int


@value
class ResetPassword(Command[PasswordReset]):
    """Set a password by a mailed link, which verifies the address as well.

    The code where the second factor is on.
    """

    token: str = sensitive()
    new_password: str = sensitive()
    code: str | None = sensitive(default=None)
