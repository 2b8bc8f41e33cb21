"""A workspace: the tenant, its members, and the details by which it may pay by invoice."""

from datetime import timedelta

from auth.domain.workspace_events import (
    EVENTS,
    Event,
    InvoiceEligibilitySet,
    MemberJoined,
    MemberLeft,
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
from auth.domain.workspace_members import (
    changes,
    is_above_inviter,
    is_above_remover,
    is_no_member,
    is_not_theirs,
    leaves_no_owner,
)
from auth.domain.workspace_messages import (
    ChangeRole,
    Close,
    Command,
    CompleteOnboarding,
    Join,
    NoteErased,
    NoteLogo,
    NoteUsed,
    OfferRole,
    OpenForInvitee,
    OpenWorkspace,
    Remove,
    SetPlan,
    SetStatus,
    Transfer,
)
from auth.domain.workspace_moves import evolve
from auth.domain.workspace_profile import decide_profile
from auth.domain.workspace_states import FIRST_PLAN, SUSPENDED, Closed, State, Workspace
from chassis.domain import Decider
from chassis.errors import Forbidden, NotFound, Rejected

KEPT_CLOSED = timedelta(days=30)  # until what is in it goes


def decide(workspace: State | None, command: Command) -> list[Event]:
    match workspace, command:
        case None, OpenWorkspace():
            return [_opened(command)]
        case None, OpenForInvitee() if command.invoice_eligible and not command.organization_number:
            raise Rejected("auth.organization_number_missing", "no invoice without a number")
        case None, OpenForInvitee() if command.invoice_eligible and not command.has_legal_name:
            raise Rejected("auth.legal_name_missing", "no invoice without a legal name")
        case None, OpenForInvitee():
            return _opened_for_invitee(command)
        case Workspace(), OpenWorkspace() | OpenForInvitee():
            return []
        case Closed(), Close() | NoteUsed() | NoteLogo():
            return []
        case Closed(), NoteErased() if workspace.texts_erased:
            return []
        case Closed(), NoteErased():
            return [WorkspaceTextsErased()]
        case Closed(), Remove() if is_no_member(workspace, command):
            raise NotFound("auth.user_not_found", "nobody of this workspace")
        case Closed(), Remove() if is_above_remover(workspace, command):
            raise Forbidden("auth.above_own_role", "they stand above who would remove them")
        case Closed(), Remove():
            return [MemberLeft(user_id=command.user_id)]
        case Closed(), _:
            raise Rejected("auth.workspace_closed", "this workspace is closed")
        case _:
            return _of_members(workspace, command)


def _of_members(workspace: State | None, command: Command) -> list[Event]:
    match workspace, command:
        case Workspace(), Join() if is_above_inviter(workspace, command):
            raise Rejected("auth.invitation_invalid", "this invitation is not valid")
        case Workspace(), OfferRole() | Join() if workspace.is_suspended:
            raise Rejected("auth.workspace_suspended", "nobody joins a suspended workspace")
        case Workspace(), OfferRole() if is_above_inviter(workspace, command):
            raise Forbidden("auth.above_own_role", "nobody grants more than they are")
        case Workspace(), OfferRole():
            return []
        case Workspace(), Join() if command.user_id in workspace.members:
            return []
        case Workspace(), Join():
            return [MemberJoined(user_id=command.user_id, role=command.role)]
        case Workspace(), ChangeRole() | Remove() | Transfer() if is_no_member(workspace, command):
            raise NotFound("auth.user_not_found", "nobody of this workspace")
        case Workspace(), ChangeRole() if workspace.members[command.user_id] == command.role:
            return []
        case Workspace(), Remove() if is_above_remover(workspace, command):
            raise Forbidden("auth.above_own_role", "they stand above who would remove them")
        case Workspace(), Transfer() if is_not_theirs(workspace, command):
            raise Forbidden("auth.above_own_role", "who does not own it gives it to nobody")
        case Workspace(), ChangeRole() | Remove() | Transfer() if leaves_no_owner(
            workspace, command
        ):
            raise Rejected("auth.last_owner", "somebody else must own it first")
        case Workspace(), ChangeRole() | Transfer():
            return [*changes(workspace.members, command)]
        case Workspace(), Remove():
            return [MemberLeft(user_id=command.user_id)]
        case _:
            return _of_itself(workspace, command)


def _of_itself(workspace: State | None, command: Command) -> list[Event]:
    match workspace, command:
        case Workspace(), SetStatus() if (
            command.status == workspace.status and not command.another_reason
        ):
            return []
        case Workspace(), SetStatus() if command.status == SUSPENDED:
            return [WorkspaceSuspended()]
        case Workspace(), SetStatus():
            return [WorkspaceReinstated(status=command.status)]
        case Workspace(), SetPlan() if command.plan == workspace.plan:
            return []
        case Workspace(), SetPlan():
            return [PlanChanged(plan=command.plan)]
        case Workspace(), CompleteOnboarding() if workspace.onboarding_completed:
            return []
        case Workspace(), CompleteOnboarding():
            return [OnboardingCompleted()]
        case Workspace(), NoteUsed() if workspace.used:
            return []
        case Workspace(), NoteUsed():
            return [WorkspaceUsed()]
        case Workspace(), Close():
            return _closed(workspace, command)
        case _:
            return decide_profile(workspace, command)


def _opened(command: OpenWorkspace) -> WorkspaceOpened:
    return WorkspaceOpened(
        workspace_id=command.workspace_id, owner_user_id=command.owner_user_id, at=command.at
    )


def _opened_for_invitee(command: OpenForInvitee) -> list[Event]:
    """Return its opening, and what it differs in from one that somebody opens for themselves."""
    number, at = command.organization_number, command.at
    opened = WorkspaceOpened(
        workspace_id=command.workspace_id, owner_user_id=None, invited_by_admin=True, at=at
    )
    named = {"legal_name": command.has_legal_name, "organization_number": number is not None}
    given = tuple(name for name, is_given in named.items() if is_given)
    profile = ProfileChanged(
        organization_number=number, has_legal_name=command.has_legal_name, changed=given
    )
    eligible = InvoiceEligibilitySet(eligible=True, at=at)
    return [
        opened,
        *([profile] if given else []),
        *([PlanChanged(plan=command.plan)] if command.plan != FIRST_PLAN else []),
        *([eligible] if command.invoice_eligible else []),
    ]


def _closed(workspace: Workspace, command: Close) -> list[Event]:
    lost = InvoiceEligibilitySet(eligible=False, at=command.at)
    closed = WorkspaceClosed(purge_after=command.at + KEPT_CLOSED)
    return [lost, closed] if workspace.invoice_eligible else [closed]


decider = Decider(
    name="workspace",
    decide=decide,
    evolve=evolve,
    events=EVENTS,
    creates=(OpenWorkspace, OpenForInvitee),
)
