"""What others hear of auth: ids and business facts, no name, e-mail or token."""

from typing import Any

from auth.domain.session import SessionEnded
from auth.domain.user import SignedUp, UserBanned, UserUnbanned
from auth.domain.workspace import InvoiceEligibilitySet, ProfileChanged, WorkspaceOpened
from chassis.unit.store import Recorded
from contracts.auth import events as told


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None."""
    match recorded.event:
        case SignedUp(workspace_id=workspace_id):
            return told.UserSignedUp(user_id=recorded.subject, workspace_id=workspace_id)
        case WorkspaceOpened(workspace_id=workspace_id, owner_user_id=owner):
            return told.WorkspaceCreated(workspace_id=workspace_id, owner_user_id=owner)
        case ProfileChanged() | InvoiceEligibilitySet():
            return told.WorkspaceProfileChanged(
                workspace_id=recorded.subject,
                organization_number=state.organization_number,
                invoice_eligible=state.invoice_eligible,
            )
        case UserBanned(expires_at=expires_at):
            return told.UserBanned(user_id=recorded.subject, expires_at=expires_at)
        case UserUnbanned():
            return told.UserUnbanned(user_id=recorded.subject)
        case SessionEnded():
            return told.SessionRevoked(session_id=recorded.subject, user_id=state.user_id)
    return None
