"""A user: one person with an e-mail address, in at most one workspace; who may be banned."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Rejected


@value
class SignUp:
    """A person makes an account, and becomes the owner of a workspace of their own."""

    workspace_id: UUID
    at: datetime = UNTIMED


@value
class CreateSystemAdmin:
    """An operator makes an administrator of the whole platform, who has no workspace."""

    at: datetime = UNTIMED


@value
class VerifyEmail:
    """The address has answered."""


@value
class Admit:
    """The person signs in, or goes on with a session."""

    at: datetime = UNTIMED


@value
class BanUser:
    """A system admin shuts the person out; without an end until the ban is lifted.

    The reason is kept beside: it may say things about people that no event holds.
    """

    expires_at: datetime | None
    another_reason: bool  # than what is kept
    at: datetime = UNTIMED


@value
class UnbanUser:
    """A system admin lifts the ban."""


@value
class EndBan:
    """The ban may have run out."""

    at: datetime = UNTIMED


@value
class SignedUp:
    workspace_id: UUID
    role: str
    at: datetime


@value
class SystemAdminCreated:
    at: datetime


@value
class EmailVerified:
    pass


@value
class UserBanned:
    expires_at: datetime | None
    at: datetime


@value
class UserUnbanned:
    pass


@value
class Ban:
    expires_at: datetime | None

    def stands(self, at: datetime) -> bool:
        """Return whether it holds: it ends by the clock, not when somebody has noted it."""
        return self.expires_at is None or at < self.expires_at


@value
class User:
    workspace_id: UUID | None
    role: str | None
    is_system_admin: bool
    email_verified: bool
    ban: Ban | None = None


Command = SignUp | CreateSystemAdmin | VerifyEmail | Admit | BanUser | UnbanUser | EndBan
Event = SignedUp | SystemAdminCreated | EmailVerified | UserBanned | UserUnbanned


def decide(user: User | None, command: Command) -> list[Event]:
    match user, command:
        case None, SignUp():
            return [SignedUp(workspace_id=command.workspace_id, role="owner", at=command.at)]
        case None, CreateSystemAdmin():
            return [SystemAdminCreated(at=command.at), EmailVerified()]
        case User(), SignUp() | CreateSystemAdmin():
            return []
        case User(), VerifyEmail() if user.email_verified:
            return []
        case User(), VerifyEmail():
            return [EmailVerified()]
        case User(), Admit() if user.ban and user.ban.stands(command.at):
            raise Rejected("auth.user_banned", "this account is banned")
        case User(), Admit():
            return []
        case User(), BanUser() if command.expires_at and command.expires_at <= command.at:
            raise Rejected("auth.ban_over", "a ban ends in the future")
        case User(), BanUser() if (
            user.ban == Ban(expires_at=command.expires_at) and not command.another_reason
        ):
            return []
        case User(), BanUser():
            return [UserBanned(expires_at=command.expires_at, at=command.at)]
        case User(), UnbanUser() | EndBan() if user.ban is None:
            return []
        case User(), EndBan() if user.ban and user.ban.stands(command.at):
            return []
        case User(), UnbanUser() | EndBan():
            return [UserUnbanned()]
        case _:
            raise AssertionError(f"{command} needs a user")


def evolve(user: User | None, event: Event) -> User:
    match user, event:
        case None, SignedUp():
            return User(
                workspace_id=event.workspace_id,
                role=event.role,
                is_system_admin=False,
                email_verified=False,
            )
        case None, SystemAdminCreated():
            return User(workspace_id=None, role=None, is_system_admin=True, email_verified=False)
        case User(), EmailVerified():
            return replace(user, email_verified=True)
        case User(), UserBanned():
            return replace(user, ban=Ban(expires_at=event.expires_at))
        case User(ban=Ban()), UserUnbanned():
            return replace(user, ban=None)
        case _:
            raise AssertionError(f"{event} cannot follow {user}")


decider = Decider(
    name="user",
    decide=decide,
    evolve=evolve,
    events=(SignedUp, SystemAdminCreated, EmailVerified, UserBanned, UserUnbanned),
    creates=(SignUp, CreateSystemAdmin),
    person=lambda id, user: id,
)
