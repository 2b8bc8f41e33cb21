"""What others hear of auth: ids and business facts, no name, e-mail or token."""

from typing import Any
from uuid import UUID

from auth.domain.session import SessionEnded, SessionStarted
from auth.domain.user_events import (
    EmailChanged,
    PasswordChanged,
    SignedUp,
    SystemAdminSet,
    TotpDisabled,
    TotpEnabled,
    UserBanned,
    UserErased,
    UserUnbanned,
)
from auth.domain.workspace_events import (
    InvoiceEligibilitySet,
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    PlanChanged,
    ProfileChanged,
    WorkspaceClosed,
    WorkspaceOpened,
    WorkspaceReinstated,
    WorkspaceSuspended,
)
from chassis.unit.store import Recorded
from contracts.auth import events as told


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None.

    What belongs to a workspace's members is told by the workspace, not by the users.
    """
    return _of_user(recorded) or _of_workspace(recorded, state) or _of_session(recorded, state)


def _of_user(recorded: Recorded) -> Any:
    user_id = recorded.subject
    match recorded.event:
        case SignedUp(workspace_id=workspace_id):
            return told.UserSignedUp(user_id=user_id, workspace_id=workspace_id)
        case UserBanned(expires_at=expires_at):
            return told.UserBanned(user_id=user_id, expires_at=expires_at)
        case UserUnbanned():
            return told.UserUnbanned(user_id=user_id)
        case PasswordChanged():
            return told.CredentialsChanged(user_id=user_id, what="password")
        case EmailChanged():
            return told.CredentialsChanged(user_id=user_id, what="email")
        case TotpEnabled() | TotpDisabled():
            return told.CredentialsChanged(user_id=user_id, what="totp")
        case SystemAdminSet(is_system_admin=is_one):
            return told.SystemAdminChanged(user_id=user_id, is_system_admin=is_one)
        case UserErased(erasure_id=erasure_id, workspace_id=workspace_id):
            return told.SubjectErased(
                erasure_id=erasure_id, user_id=user_id, workspace_id=workspace_id
            )
    return None


def _of_workspace(recorded: Recorded, state: Any) -> Any:
    workspace_id = recorded.subject
    match recorded.event:
        case WorkspaceOpened(owner_user_id=owner):
            return told.WorkspaceCreated(workspace_id=workspace_id, owner_user_id=owner)
        case ProfileChanged() | InvoiceEligibilitySet():
            return told.WorkspaceProfileChanged(
                workspace_id=workspace_id,
                organization_number=state.organization_number,
                invoice_eligible=state.invoice_eligible,
            )
        case MemberJoined(user_id=user_id, role=role):
            return told.MemberJoined(workspace_id=workspace_id, user_id=user_id, role=role)
        case MemberRoleChanged(user_id=user_id, role=role):
            return told.MemberRoleChanged(workspace_id=workspace_id, user_id=user_id, role=role)
        case MemberLeft(user_id=user_id):
            return told.MemberRemoved(workspace_id=workspace_id, user_id=user_id)
        case WorkspaceSuspended():
            return told.WorkspaceSuspended(workspace_id=workspace_id)
        case WorkspaceReinstated(status=status):
            return told.WorkspaceReinstated(workspace_id=workspace_id, status=status)
        case PlanChanged(plan=plan):
            return told.WorkspacePlanChanged(workspace_id=workspace_id, plan=plan)
        case WorkspaceClosed(purge_after=purge_after):
            return told.WorkspaceClosed(workspace_id=workspace_id, purge_after=purge_after)
    return None


def _of_session(recorded: Recorded, state: Any) -> Any:
    session_id = recorded.subject
    match recorded.event:
        case SessionStarted(user_id=user_id, impersonated_by=UUID() as admin_id) as started:
            return told.ImpersonationStarted(
                session_id=session_id,
                admin_id=admin_id,
                user_id=user_id,
                expires_at=started.expires_at,
            )
        case SessionEnded() if state.impersonated_by is None:
            return told.SessionRevoked(session_id=session_id, user_id=state.user_id)
        case SessionEnded():
            return told.ImpersonationStopped(
                session_id=session_id, admin_id=state.impersonated_by, user_id=state.user_id
            )
    return None
