"""What system admins say of a workspace."""

from uuid import UUID

from chassis.asked import Command, Written
from chassis.domain import value


@value
class SetWorkspaceStatus(Command[Written]):
    """Suspend a workspace, let it go on, or on trial; for system admins."""

    workspace_id: UUID
    status: str  # active | suspended | trial
    reason: str


@value
class SetWorkspacePlan(Command[Written]):
    """Give a workspace a plan; for system admins."""

    workspace_id: UUID
    plan: str  # free | pro | enterprise
    reason: str | None = None


@value
class SetInvoiceEligibility(Command[Written]):
    """Say whether a workspace may pay by invoice; for system admins."""

    workspace_id: UUID
    eligible: bool
    reason: str
