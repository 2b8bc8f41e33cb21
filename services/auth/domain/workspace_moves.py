"""What becomes of a workspace by what happens to it."""

from dataclasses import replace

from auth.domain.workspace_events import (
    BrandingSet,
    Event,
    InvoiceEligibilitySet,
    LogoTaken,
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    OnboardingCompleted,
    PlanChanged,
    ProfileChanged,
    WorkspaceClosed,
    WorkspaceOpened,
    WorkspaceReinstated,
    WorkspaceSuspended,
    WorkspaceTextsErased,
    WorkspaceUsed,
)
from auth.domain.workspace_states import OWNER, SUSPENDED, Branding, Closed, State, Workspace


def evolve(workspace: State | None, event: Event) -> State:
    match workspace, event:
        case None, WorkspaceOpened(workspace_id=workspace_id, owner_user_id=owner):
            members = {owner: OWNER} if owner else {}
            return Workspace(workspace_id=workspace_id, members=members)
        case Workspace(), MemberJoined() | MemberRoleChanged():
            members = {**workspace.members, event.user_id: event.role}
            return replace(workspace, members=members)
        case Workspace() | Closed(), MemberLeft():
            others = {
                each: role for each, role in workspace.members.items() if each != event.user_id
            }
            return replace(workspace, members=others)
        case Workspace(), WorkspaceSuspended():
            return replace(workspace, status=SUSPENDED)
        case Workspace(), WorkspaceReinstated():
            return replace(workspace, status=event.status)
        case Workspace(), PlanChanged():
            return replace(workspace, plan=event.plan)
        case Workspace(), OnboardingCompleted():
            return replace(workspace, onboarding_completed=True)
        case Workspace(), WorkspaceUsed():
            return replace(workspace, used=True)
        case Workspace(), WorkspaceClosed():
            return Closed(
                workspace_id=workspace.workspace_id,
                members=workspace.members,
                purge_after=event.purge_after,
            )
        case Closed(), WorkspaceTextsErased():
            return replace(workspace, texts_erased=True)
        case Workspace(), _:
            return _shown(workspace, event)
        case _:
            raise AssertionError(f"{event} cannot follow {workspace}")


def _shown(workspace: Workspace, event: Event) -> Workspace:
    match event:
        case ProfileChanged():
            return replace(
                workspace,
                organization_number=event.organization_number,
                has_legal_name=event.has_legal_name,
            )
        case InvoiceEligibilitySet():
            return replace(workspace, invoice_eligible=event.eligible)
        case BrandingSet():
            return replace(workspace, branding=_branded(workspace.branding, event))
        case LogoTaken():
            taken = replace(workspace.branding, logo_taken=event.logo_key)
            return replace(workspace, branding=taken)
        case _:
            raise AssertionError(f"{event} cannot follow {workspace}")


def _branded(before: Branding, event: BrandingSet) -> Branding:
    """Return how it looks from now on: with the logo before while another is awaited."""
    return Branding(
        primary_color=event.primary_color,
        secondary_color=event.secondary_color,
        logo_key=event.logo_key,
        logo_taken=before.logo_taken if event.logo_key else None,
    )
