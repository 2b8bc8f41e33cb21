"""Workspaces, and what a sales document says of one."""

from datetime import datetime
from uuid import UUID

from chassis.asked import UNCHANGED, Asked, Command, Unchanged, Written
from chassis.domain import value


@value
class BillingAddress:
    street: str
    postal_code: str
    city: str
    country: str = "NO"


@value
class Workspace:
    """A tenant. `version` is its stream's, as commands may expect it."""

    id: UUID
    name: str
    slug: str
    organization_number: str | None
    contact_email: str | None
    contact_person: str | None
    logo: str | None
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
    version: int


@value
class GetWorkspace(Asked[Workspace]):
    """Return one's own workspace."""


@value
class UpdateWorkspace(Command[Written]):
    """Change details of one's own workspace; None empties one, the unnamed stay; for admins."""

    name: str | Unchanged = UNCHANGED
    organization_number: str | None | Unchanged = UNCHANGED
    legal_name: str | None | Unchanged = UNCHANGED
    billing_address: BillingAddress | None | Unchanged = UNCHANGED
    invoice_email: str | None | Unchanged = UNCHANGED
    invoice_reference: str | None | Unchanged = UNCHANGED
    contact_email: str | None | Unchanged = UNCHANGED
    contact_person: str | None | Unchanged = UNCHANGED


@value
class SetInvoiceEligibility(Command[Written]):
    """Say whether a workspace may pay by invoice; for system admins."""

    workspace_id: UUID
    eligible: bool
    reason: str


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
