"""What others hear of auth: each event as its contract says, and of the rest nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.app import SERVICE
from auth.domain import invitation, session, user, workspace
from auth.domain import user_events as of_user
from auth.domain import workspace_events as of_workspace
from auth.outbound import outbound
from chassis.domain import fold
from chassis.unit.store import Recorded
from contracts.auth import events as told

THIS, WORKSPACE, USER, ADMIN, ERASURE = (UUID(int=n) for n in range(1, 6))
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(days=1)

signed_up = of_user.SignedUp(workspace_id=WORKSPACE, role="owner", at=AT)
totp_on = of_user.TotpEnabled()
erased = of_user.UserErased(erasure_id=ERASURE, workspace_id=None)
opened = of_workspace.WorkspaceOpened(workspace_id=THIS, owner_user_id=USER, at=AT)
joined = of_workspace.MemberJoined(user_id=ADMIN, role="admin")
closed = of_workspace.WorkspaceClosed(purge_after=LATER)
started = session.SessionStarted(user_id=USER, workspace_id=WORKSPACE, at=AT, expires_at=LATER)
acted = session.SessionStarted(
    user_id=USER, workspace_id=WORKSPACE, at=AT, expires_at=LATER, impersonated_by=ADMIN
)
ended = session.SessionEnded(at=AT)
invited = invitation.Invited(
    workspace_id=WORKSPACE, role="member", invited_by=USER, expires_at=LATER
)
profile = of_workspace.ProfileChanged(
    organization_number="923609016", has_legal_name=True, changed=("legal_name",)
)
eligible = of_workspace.InvoiceEligibilitySet(eligible=True, at=AT)


def tell(decider: Any, *events: Any) -> Any:
    """Return what others hear of the last of a stream's events, or None."""
    recorded = Recorded(
        event_id=UUID(int=9),
        stream_id=f"{decider.name}-{THIS}",
        subject=THIS,
        version=len(events),
        event=events[-1],
        meta={"workspace": None},
        recorded_at=AT,
    )
    return outbound(recorded, fold(decider, events))


TOLD: list[tuple[Any, tuple[Any, ...], Any]] = [
    (user, (signed_up,), told.UserSignedUp(user_id=THIS, workspace_id=WORKSPACE)),
    (
        user,
        (signed_up, of_user.UserBanned(expires_at=LATER, at=AT)),
        told.UserBanned(user_id=THIS, expires_at=LATER),
    ),
    (
        user,
        (signed_up, of_user.UserBanned(expires_at=None, at=AT), of_user.UserUnbanned()),
        told.UserUnbanned(user_id=THIS),
    ),
    (
        user,
        (signed_up, of_user.PasswordChanged(how="reset")),
        told.CredentialsChanged(user_id=THIS, what="password"),
    ),
    (
        user,
        (signed_up, of_user.EmailChanged()),
        told.CredentialsChanged(user_id=THIS, what="email"),
    ),
    (user, (signed_up, totp_on), told.CredentialsChanged(user_id=THIS, what="totp")),
    (
        user,
        (signed_up, totp_on, of_user.TotpDisabled(by_admin=True)),
        told.CredentialsChanged(user_id=THIS, what="totp"),
    ),
    (
        user,
        (signed_up, of_user.SystemAdminSet(is_system_admin=True)),
        told.SystemAdminChanged(user_id=THIS, is_system_admin=True),
    ),
    (
        user,
        (signed_up, erased),
        told.SubjectErased(erasure_id=ERASURE, user_id=THIS, workspace_id=None),
    ),
    (
        user,
        (signed_up, of_user.UserErased(erasure_id=ERASURE, workspace_id=WORKSPACE)),
        told.SubjectErased(erasure_id=ERASURE, user_id=THIS, workspace_id=WORKSPACE),
    ),
    (workspace, (opened,), told.WorkspaceCreated(workspace_id=THIS, owner_user_id=USER)),
    (
        workspace,
        (of_workspace.WorkspaceOpened(workspace_id=THIS, owner_user_id=None, at=AT),),
        told.WorkspaceCreated(workspace_id=THIS, owner_user_id=None),
    ),
    (
        workspace,
        (opened, profile),
        told.WorkspaceProfileChanged(
            workspace_id=THIS, organization_number="923609016", invoice_eligible=False
        ),
    ),
    (
        workspace,
        (opened, profile, eligible),
        told.WorkspaceProfileChanged(
            workspace_id=THIS, organization_number="923609016", invoice_eligible=True
        ),
    ),
    (
        workspace,
        (opened, joined),
        told.MemberJoined(workspace_id=THIS, user_id=ADMIN, role="admin"),
    ),
    (
        workspace,
        (opened, joined, of_workspace.MemberRoleChanged(user_id=ADMIN, role="member")),
        told.MemberRoleChanged(workspace_id=THIS, user_id=ADMIN, role="member"),
    ),
    (
        workspace,
        (opened, joined, of_workspace.MemberLeft(user_id=ADMIN)),
        told.MemberRemoved(workspace_id=THIS, user_id=ADMIN),
    ),
    (
        workspace,
        (opened, closed, of_workspace.MemberLeft(user_id=USER)),
        told.MemberRemoved(workspace_id=THIS, user_id=USER),
    ),
    (
        workspace,
        (opened, of_workspace.WorkspaceSuspended()),
        told.WorkspaceSuspended(workspace_id=THIS),
    ),
    (
        workspace,
        (opened, of_workspace.WorkspaceReinstated(status="trial")),
        told.WorkspaceReinstated(workspace_id=THIS, status="trial"),
    ),
    (
        workspace,
        (opened, of_workspace.PlanChanged(plan="pro")),
        told.WorkspacePlanChanged(workspace_id=THIS, plan="pro"),
    ),
    (workspace, (opened, closed), told.WorkspaceClosed(workspace_id=THIS, purge_after=LATER)),
    (session, (started, ended), told.SessionRevoked(session_id=THIS, user_id=USER)),
    (
        session,
        (acted,),
        told.ImpersonationStarted(session_id=THIS, admin_id=ADMIN, user_id=USER, expires_at=LATER),
    ),
    (
        session,
        (acted, ended),
        told.ImpersonationStopped(session_id=THIS, admin_id=ADMIN, user_id=USER),
    ),
]
PRIVATE: list[tuple[Any, tuple[Any, ...]]] = [
    (user, (of_user.SystemAdminCreated(at=AT),)),
    (user, (signed_up, of_user.EmailVerified())),
    (user, (signed_up, of_user.JoinedWorkspace(workspace_id=WORKSPACE, role="admin"))),
    (user, (signed_up, of_user.LeftWorkspace())),
    (user, (signed_up, of_user.RoleTaken(role="admin"))),
    (user, (signed_up, of_user.ProfileTextsChanged(changed=("name",)))),
    (user, (signed_up, of_user.EmailChangeAsked())),
    (user, (signed_up, erased, of_user.ErasureAcknowledged(service="media", kept=()))),
    (workspace, (opened, of_workspace.OnboardingCompleted())),
    (
        workspace,
        (
            opened,
            of_workspace.BrandingSet(primary_color=None, secondary_color=None, logo_key="key"),
        ),
    ),
    (workspace, (opened, of_workspace.LogoTaken(logo_key="key"))),
    (workspace, (opened, of_workspace.WorkspaceUsed())),
    (workspace, (opened, closed, of_workspace.WorkspaceTextsErased())),
    (invitation, (invited,)),
    (invitation, (invited, invitation.TokenDrawn())),
    (invitation, (invited, invitation.Resent(at=AT, expires_at=LATER))),
    (invitation, (invited, invitation.Accepted(user_id=USER))),
    (invitation, (invited, invitation.Declined())),
    (invitation, (invited, invitation.Cancelled())),
    (session, (started,)),
    (session, (started, session.SessionRenewed(at=AT, expires_at=LATER))),
    (session, (started, session.SessionReauthenticated(at=AT, amr=("pwd",)))),
]


@pytest.mark.parametrize("module, events, expected", TOLD)
def test_what_others_are_told(module: Any, events: tuple[Any, ...], expected: Any) -> None:
    assert tell(module.decider, *events) == expected


@pytest.mark.parametrize("module, events", PRIVATE)
def test_what_is_nobody_elses_business(module: Any, events: tuple[Any, ...]) -> None:
    assert tell(module.decider, *events) is None


def test_of_each_event_it_is_known_whether_it_is_told_and_all_that_is_published_is() -> None:
    stored = {event for decider in SERVICE.deciders for event in decider.events}
    assert {type(events[-1]) for _, events, *_ in (*TOLD, *PRIVATE)} == stored
    assert {type(each) for *_, each in TOLD} == set(told.PUBLISHES)
