"""A user: one person with an e-mail address, in at most one workspace."""

from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, Decider, value


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
class User:
    workspace_id: UUID | None
    role: str | None
    is_system_admin: bool
    email_verified: bool


Command = SignUp | CreateSystemAdmin | VerifyEmail
Event = SignedUp | SystemAdminCreated | EmailVerified


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
            return User(
                workspace_id=user.workspace_id,
                role=user.role,
                is_system_admin=user.is_system_admin,
                email_verified=True,
            )
        case _:
            raise AssertionError(f"{event} cannot follow {user}")


decider = Decider(
    name="user",
    decide=decide,
    evolve=evolve,
    events=(SignedUp, SystemAdminCreated, EmailVerified),
    creates=(SignUp, CreateSystemAdmin),
)
