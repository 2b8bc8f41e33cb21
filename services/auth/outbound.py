"""What others hear of auth: ids and business facts, no name, e-mail or token."""

from typing import Any

from auth.domain.user import SignedUp
from auth.domain.workspace import InvoiceEligibilitySet, ProfileChanged, WorkspaceOpened
from chassis.store import Recorded
from contracts import auth as told


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
    return None
