"""What a workspace says of itself, how it looks, and whether it may pay by invoice."""

from auth.domain.workspace_events import (
    BrandingSet,
    Event,
    InvoiceEligibilitySet,
    LogoTaken,
    ProfileChanged,
)
from auth.domain.workspace_messages import (
    ChangeProfile,
    Command,
    NoteLogo,
    SetBranding,
    SetInvoiceEligibility,
)
from auth.domain.workspace_states import State, Workspace
from chassis.errors import Rejected

APPROVED = {"organization_number", "legal_name"}  # what eligibility is given to


def decide_profile(workspace: State | None, command: Command) -> list[Event]:
    match workspace, command:
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
        case Workspace(branding=branding), SetBranding() if branding.is_as_in(command):
            return []
        case Workspace(), SetBranding():
            return [_branded(command)]
        case Workspace(branding=branding), NoteLogo() if branding.awaits(command.logo_key):
            return [LogoTaken(logo_key=command.logo_key)]
        case Workspace(), NoteLogo():
            return []
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


def _branded(command: SetBranding) -> BrandingSet:
    return BrandingSet(
        primary_color=command.primary_color,
        secondary_color=command.secondary_color,
        logo_key=command.logo_key,
    )
