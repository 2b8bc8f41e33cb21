"""What system admins do about people and workspaces."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Command, Listing, Written
from chassis.domain import value
from contracts.auth.accounts import User
from contracts.auth.workspaces import BillingAddress


@value
class EndSessions(Command[Written]):
    """End all sessions of a person, without a ban."""

    user_id: UUID
    reason: str


@value
class SetSystemAdmin(Command[Written]):
    """Make a person a system admin, or one no longer."""

    user_id: UUID
    is_system_admin: bool
    reason: str


@value
class RenameUser(Command[Written]):
    """Give a person another name."""

    user_id: UUID
    name: str


@value
class ListedWorkspace:
    """A workspace in an admin's list."""

    id: UUID
    name: str
    slug: str
    organization_number: str | None
    contact_email: str | None
    contact_person: str | None
    logo: str | None  # its reference
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
    member_count: int
    owner_email: str | None  # of the one who has been owner the longest


@value
class ListWorkspaces(Listing[ListedWorkspace]):
    """Return a page of all workspaces, newest first."""

    search: str | None = None  # in name, slug, an owner's name or address
    status: str | None = None  # active | suspended | trial
    plan: str | None = None


@value
class ListedUser(User):
    """A person in an admin's list."""

    status: str  # pending: not verified; inactive: no sign-in for 30 days; active


@value
class ListUsers(Listing[ListedUser]):
    """Return a page of all people, newest first."""

    search: str | None = None  # in name or address
    role: str | None = None
    status: str | None = None  # pending | active | inactive
    workspace_id: UUID | None = None


@value
class Audited:
    """Something that was done; or who was not let in (`code`), counted by the minute.

    Of a refusal, `type` is the method, and `stream_id` names whom somebody said to be.
    """

    at: datetime
    type: str
    actor: str | None
    as_user: UUID | None  # whom an admin acted as
    on_behalf_of: str | None
    impersonation: UUID | None
    workspace_id: UUID | None
    stream_id: str | None
    version: int | None
    code: str | None = None
    count: int = 1


@value
class Audit(Listing[Audited]):
    """Return a page of what was done, newest first: by whom, about whom, in which workspace."""

    actor_id: UUID | None = None
    user_id: UUID | None = None
    workspace_id: UUID | None = None
    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None
