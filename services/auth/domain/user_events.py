"""What happens to a person. What is called after them, and why they were banned, is kept beside."""

from datetime import datetime
from uuid import UUID

from chassis.domain import value


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
class JoinedWorkspace:
    workspace_id: UUID
    role: str


@value
class LeftWorkspace:
    pass


@value
class RoleTaken:
    role: str


@value
class ProfileTextsChanged:
    changed: tuple[str, ...]


@value
class EmailChangeAsked:
    pass


@value
class EmailChanged:
    """Another address has answered; the person has it from now on."""


@value
class PasswordChanged:
    how: str  # changed | reset


@value
class TotpEnabled:
    pass


@value
class TotpDisabled:
    by_admin: bool


@value
class SystemAdminSet:
    is_system_admin: bool


@value
class UserErased:
    erasure_id: UUID
    workspace_id: UUID | None  # that was closed with them: they were its last member


@value
class Kept:
    """What a service keeps of somebody who was erased, and until when."""

    what: str
    until: datetime | None


@value
class ErasureAcknowledged:
    service: str
    kept: tuple[Kept, ...]


Event = (
    SignedUp
    | SystemAdminCreated
    | EmailVerified
    | UserBanned
    | UserUnbanned
    | JoinedWorkspace
    | LeftWorkspace
    | RoleTaken
    | ProfileTextsChanged
    | EmailChangeAsked
    | EmailChanged
    | PasswordChanged
    | TotpEnabled
    | TotpDisabled
    | SystemAdminSet
    | UserErased
    | ErasureAcknowledged
)
EVENTS = (
    SignedUp,
    SystemAdminCreated,
    EmailVerified,
    UserBanned,
    UserUnbanned,
    JoinedWorkspace,
    LeftWorkspace,
    RoleTaken,
    ProfileTextsChanged,
    EmailChangeAsked,
    EmailChanged,
    PasswordChanged,
    TotpEnabled,
    TotpDisabled,
    SystemAdminSet,
    UserErased,
    ErasureAcknowledged,
)
