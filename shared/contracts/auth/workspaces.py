"""Workspaces, and what a sales document says of one."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import UNCHANGED, Asked, Command, Json, Keyed, Unchanged, Written
from chassis.domain import sensitive, value


@value
class BillingAddress:
    street: str
    postal_code: str
    city: str
    country: str = "NO"


@value
class LogoLink:
    """A workspace's logo: its reference, and a link for minutes."""

    ref: str
    url: str = field(repr=False)
    expires_at: datetime


@value
class Workspace:
    """A tenant. `version` is its stream's, as commands may expect it."""

    id: UUID
    name: str
    slug: str
    organization_number: str | None
    contact_email: str | None
    contact_person: str | None
    logo: LogoLink | None
    primary_color: str | None
    secondary_color: str | None
    onboarding_completed: bool
    status: str  # active | suspended | trial
    plan: str  # free | pro | enterprise
    suspended_at: datetime | None
    suspended_reason: str | None
    invoice_eligible: bool
    invoice_eligible_at: datetime | None
    invited_by_admin: bool
    created_at: datetime
    updated_at: datetime
    legal_name: str | None
    billing_address: BillingAddress | None
    invoice_email: str | None
    invoice_reference: str | None
    closed_at: datetime | None
    version: int


@value
class GetWorkspace(Asked[Workspace]):
    """Return a workspace, one's own by default."""

    workspace_id: UUID | None = None


@value
class UpdateWorkspace(Command[Written]):
    """Change details of a workspace; None empties one, the unnamed stay; for admins."""

    name: str | Unchanged = UNCHANGED
    organization_number: str | None | Unchanged = UNCHANGED
    legal_name: str | None | Unchanged = UNCHANGED
    billing_address: BillingAddress | None | Unchanged = UNCHANGED
    invoice_email: str | None | Unchanged = UNCHANGED
    invoice_reference: str | None | Unchanged = UNCHANGED
    contact_email: str | None | Unchanged = UNCHANGED
    contact_person: str | None | Unchanged = UNCHANGED
    workspace_id: UUID | None = None


@value
class CompleteOnboarding(Command[Written]):
    """Say that the first questions are answered, with what was answered."""

    user_name: str | None = None
    workspace_name: str | None = None
    organization_number: str | None = None


@value
class LogoToUpload:
    content_type: str  # image/png or image/jpeg
    size_bytes: int  # at most 2 MB
    sha256: str  # 64 hexadecimal digits in lower case


@value
class LogoUpload:
    """Where the announced logo is to be sent, with these headers, by `expires_at`."""

    method: str  # PUT
    url: str = field(repr=False)
    headers: Json
    expires_at: datetime


@value
class Branded:
    """The looks that hold; until an announced logo has come, the old one does."""

    id: UUID
    version: int
    upload: LogoUpload | None


@value
class SetBranding(Command[Branded]):
    """Say how a workspace looks; None takes a thing away, the unnamed stay; for admins."""

    logo: LogoToUpload | None | Unchanged = UNCHANGED
    primary_color: str | None | Unchanged = UNCHANGED  # #RRGGBB
    secondary_color: str | None | Unchanged = UNCHANGED
    workspace_id: UUID | None = None


@value
class Closed:
    """A workspace is closed, for good; then what is in it goes."""

    id: UUID
    version: int
    purge_after: datetime


@value
class CloseWorkspace(Keyed[Closed]):
    """Close a workspace for good; for owners."""

    reason: str | None = None
    workspace_id: UUID | None = None


@value
class WorkspaceMade:
    """A workspace that waits for its owner; the token where no mail was sent, shown once."""

    id: UUID
    version: int
    invitation_id: UUID
    token: str | None = sensitive()


@value
class CreateWorkspace(Keyed[WorkspaceMade]):
    """Make a workspace for somebody, who is invited to own it; for system admins."""

    name: str
    owner_email: str
    plan: str = "free"  # free | pro | enterprise
    organization_number: str | None = None
    legal_name: str | None = None
    invoice_eligible: bool = False
    reason: str | None = None
    send_mail: bool = True
    workspace_id: UUID | None = None  # the id that it is to have


@value
class BillingProfile:
    """What a sales document says of its buyer; anything may be missing yet."""

    workspace_id: UUID
    legal_name: str | None
    organization_number: str | None
    billing_address: BillingAddress | None
    invoice_email: str | None
    invoice_reference: str | None
    invoice_eligible: bool  # approved, as it stands


@value
class GetBillingProfile(Asked[BillingProfile]):
    """Return what a sales document says of its buyer; for billing."""

    workspace_id: UUID


@value
class LogoFile:
    """A logo's file, for minutes."""

    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int  # bytes
    content_type: str  # image/png or image/jpeg


@value
class Branding:
    """How a workspace looks."""

    workspace_id: UUID
    name: str
    primary_color: str | None  # #RRGGBB
    secondary_color: str | None
    logo: LogoFile | None


@value
class GetBranding(Asked[Branding]):
    """Return how a workspace looks; for video."""

    workspace_id: UUID
