"""What a user is told to do. `of_oneself`: whoever says it is the person it is said of."""

from datetime import datetime
from uuid import UUID

from auth.domain.user_events import Kept
from chassis.domain import UNTIMED, value


@value
class SignUp:
    """A person makes an account: with a workspace of their own, or where they are invited."""

    workspace_id: UUID
    invited_as: str | None = None  # the role; by an invitation, whose token proves the address
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
class Impersonate:
    """A system admin is about to act as the person; it only says whether they may."""

    of_oneself: bool
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
class JoinWorkspace:
    """The person belongs to that workspace from now on, and to no other."""

    workspace_id: UUID
    role: str
    is_bound: bool  # the present one is open, and is used or has others in it


@value
class LeaveWorkspace:
    pass


@value
class TakeRole:
    role: str


@value
class UpdateTexts:
    """Which texts changed is told by name; the texts are kept elsewhere."""

    changed: tuple[str, ...]


@value
class AskEmailChange:
    """A link goes to another address."""


@value
class ChangeEmail:
    """That address has answered."""


@value
class ChangePassword:
    how: str  # changed | reset


@value
class EnableTotp:
    """The person is about to take a second factor, which counts once it is confirmed."""


@value
class ConfirmTotp:
    """They have shown a code of it."""


@value
class DisableTotp:
    pass


@value
class ResetTotp:
    """A system admin takes the second factor from somebody who has lost it."""


@value
class SetSystemAdmin:
    is_system_admin: bool
    of_oneself: bool


@value
class Erase:
    """A system admin has the person forgotten."""

    erasure_id: UUID
    workspace_id: UUID | None  # that is closed with them: they are its last member
    of_oneself: bool
    is_last_owner: bool  # among several members


@value
class NoteForgotten:
    """A service has forgotten somebody who was erased, but for what it must keep."""

    service: str
    kept: tuple[Kept, ...]


Access = SignUp | CreateSystemAdmin | VerifyEmail | Admit | Impersonate
Banning = BanUser | UnbanUser | EndBan
Membership = JoinWorkspace | LeaveWorkspace | TakeRole
Credentials = ChangePassword | AskEmailChange | ChangeEmail
SecondFactor = EnableTotp | ConfirmTotp | DisableTotp | ResetTotp
Command = (
    Access
    | Banning
    | Membership
    | Credentials
    | SecondFactor
    | UpdateTexts
    | SetSystemAdmin
    | Erase
    | NoteForgotten
)
