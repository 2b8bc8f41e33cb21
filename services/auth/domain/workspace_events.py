"""What happens to a workspace."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from chassis.domain import value


@value
class WorkspaceOpened:
    """Who owns it is its first member."""

    workspace_id: UUID
    owner_user_id: UUID | None
    at: datetime
    invited_by_admin: bool = False


@value
class ProfileChanged:
    organization_number: str | None
    has_legal_name: bool
    changed: tuple[str, ...]


@value
class InvoiceEligibilitySet:
    """Version 1 held the `reason`, in an admin's own words."""

    SCHEMA: ClassVar[int] = 2
    eligible: bool
    at: datetime


def without_reason(data: dict[str, Any]) -> dict[str, Any]:
    """Return an `InvoiceEligibilitySet` of version 1 as version 2 is."""
    return {name: each for name, each in data.items() if name != "reason"}


@value
class MemberJoined:
    user_id: UUID
    role: str


@value
class MemberRoleChanged:
    user_id: UUID
    role: str


@value
class MemberLeft:
    user_id: UUID


@value
class WorkspaceSuspended:
    pass


@value
class WorkspaceReinstated:
    """It goes on, or its trial begins or ends."""

    status: str  # active | trial


@value
class PlanChanged:
    plan: str


@value
class OnboardingCompleted:
    pass


@value
class BrandingSet:
    primary_color: str | None
    secondary_color: str | None
    logo_key: str | None  # the logo that is to be; None: none, at once


@value
class LogoTaken:
    logo_key: str


@value
class WorkspaceUsed:
    pass


@value
class WorkspaceClosed:
    purge_after: datetime


@value
class WorkspaceTextsErased:
    pass


Event = (
    WorkspaceOpened
    | ProfileChanged
    | InvoiceEligibilitySet
    | MemberJoined
    | MemberRoleChanged
    | MemberLeft
    | WorkspaceSuspended
    | WorkspaceReinstated
    | PlanChanged
    | OnboardingCompleted
    | BrandingSet
    | LogoTaken
    | WorkspaceUsed
    | WorkspaceClosed
    | WorkspaceTextsErased
)
EVENTS = (
    WorkspaceOpened,
    ProfileChanged,
    InvoiceEligibilitySet,
    MemberJoined,
    MemberRoleChanged,
    MemberLeft,
    WorkspaceSuspended,
    WorkspaceReinstated,
    PlanChanged,
    OnboardingCompleted,
    BrandingSet,
    LogoTaken,
    WorkspaceUsed,
    WorkspaceClosed,
    WorkspaceTextsErased,
)
