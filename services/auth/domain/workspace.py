"""A workspace: the tenant. Its company details decide whether it may pay by invoice."""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Rejected


@value
class OpenWorkspace:
    workspace_id: UUID
    owner_user_id: UUID
    at: datetime = UNTIMED


@value
class ChangeProfile:
    """Set the number; which texts changed is told by name, the texts are kept elsewhere."""

    organization_number: str | None
    has_legal_name: bool
    changed: tuple[str, ...]
    at: datetime = UNTIMED


@value
class SetInvoiceEligibility:
    """Why is kept beside: free words may say things about people that no event holds."""

    eligible: bool
    at: datetime = UNTIMED


@value
class WorkspaceOpened:
    workspace_id: UUID
    owner_user_id: UUID
    at: datetime


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


@value
class Workspace:
    workspace_id: UUID
    owner_user_id: UUID
    organization_number: str | None = None
    has_legal_name: bool = False
    invoice_eligible: bool = False


Command = OpenWorkspace | ChangeProfile | SetInvoiceEligibility
Event = WorkspaceOpened | ProfileChanged | InvoiceEligibilitySet

APPROVED = {"organization_number", "legal_name"}  # what eligibility is given to


def decide(workspace: Workspace | None, command: Command) -> list[Event]:
    match workspace, command:
        case None, OpenWorkspace():
            return [
                WorkspaceOpened(
                    workspace_id=command.workspace_id,
                    owner_user_id=command.owner_user_id,
                    at=command.at,
                )
            ]
        case Workspace(), OpenWorkspace():
            return []
        case Workspace(), ChangeProfile() if not command.changed:
            return []
        case Workspace(), ChangeProfile():
            return _profile_changed(workspace, command)
        case Workspace(), SetInvoiceEligibility() if command.eligible == workspace.invoice_eligible:
            return []
        case Workspace(), SetInvoiceEligibility() if (
            command.eligible and workspace.organization_number is None
        ):
            raise Rejected("auth.organization_number_missing", "no invoice without a number")
        case Workspace(), SetInvoiceEligibility() if (
            command.eligible and not workspace.has_legal_name
        ):
            raise Rejected("auth.legal_name_missing", "no invoice without a legal name")
        case Workspace(), SetInvoiceEligibility():
            return [InvoiceEligibilitySet(eligible=command.eligible, at=command.at)]
        case _:
            raise AssertionError(f"{command} needs a workspace")


def _profile_changed(workspace: Workspace, command: ChangeProfile) -> list[Event]:
    changed = ProfileChanged(
        organization_number=command.organization_number,
        has_legal_name=command.has_legal_name,
        changed=command.changed,
    )
    approved_no_more = workspace.invoice_eligible and APPROVED & set(command.changed)
    if not approved_no_more:
        return [changed]
    lost = InvoiceEligibilitySet(eligible=False, at=command.at)
    return [lost, changed]  # nobody hears that new details are approved


def evolve(workspace: Workspace | None, event: Event) -> Workspace:
    match workspace, event:
        case None, WorkspaceOpened():
            return Workspace(workspace_id=event.workspace_id, owner_user_id=event.owner_user_id)
        case Workspace(), ProfileChanged():
            return replace(
                workspace,
                organization_number=event.organization_number,
                has_legal_name=event.has_legal_name,
            )
        case Workspace(), InvoiceEligibilitySet():
            return replace(workspace, invoice_eligible=event.eligible)
        case _:
            raise AssertionError(f"{event} cannot follow {workspace}")


def without_reason(data: dict[str, Any]) -> dict[str, Any]:
    """Return an `InvoiceEligibilitySet` of version 1 as version 2 is."""
    return {name: each for name, each in data.items() if name != "reason"}


decider = Decider(
    name="workspace",
    decide=decide,
    evolve=evolve,
    events=(WorkspaceOpened, ProfileChanged, InvoiceEligibilitySet),
    creates=(OpenWorkspace,),
)
