"""A workspace: its company details, and the right to pay by invoice that hangs on them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.domain.workspace import decider
from auth.domain.workspace_events import (
    BrandingSet,
    InvoiceEligibilitySet,
    LogoTaken,
    MemberJoined,
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
from auth.domain.workspace_messages import (
    ChangeProfile,
    ChangeRole,
    Close,
    CompleteOnboarding,
    Join,
    NoteErased,
    NoteLogo,
    NoteUsed,
    OfferRole,
    OpenForInvitee,
    OpenWorkspace,
    Remove,
    SetBranding,
    SetInvoiceEligibility,
    SetPlan,
    SetStatus,
    Transfer,
)
from auth.domain.workspace_states import Branding, Closed, Workspace
from chassis import codec
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID, OWNER, SOMEBODY = (UUID(int=n) for n in (1, 2, 3))
DAY = timedelta(days=1)
NUMBER, OTHER_NUMBER = "923609016", "974760673"

opened = WorkspaceOpened(workspace_id=ID, owner_user_id=OWNER, at=AT)
workspace = scenario(decider)


def profile(
    *changed: str, number: str | None = NUMBER, legal_name: bool = True
) -> tuple[ChangeProfile, ProfileChanged]:
    """Return the command that changes a profile, and the event that it leads to."""
    command = ChangeProfile(
        organization_number=number, has_legal_name=legal_name, changed=changed, at=AT
    )
    event = ProfileChanged(organization_number=number, has_legal_name=legal_name, changed=changed)
    return command, event


def eligibility(eligible: bool) -> tuple[SetInvoiceEligibility, InvoiceEligibilitySet]:
    command = SetInvoiceEligibility(eligible=eligible, at=AT)
    return command, InvoiceEligibilitySet(eligible=eligible, at=AT)


complete = profile("organization_number", "legal_name")[1]
approve, approved = eligibility(True)
withdraw, withdrawn = eligibility(False)
closed = WorkspaceClosed(purge_after=AT + 30 * DAY)
open_it = OpenWorkspace(workspace_id=ID, owner_user_id=OWNER, at=AT)


def open_for_invitee(
    *,
    plan: str = "free",
    number: str | None = None,
    legal_name: bool = False,
    eligible: bool = False,
) -> OpenForInvitee:
    return OpenForInvitee(
        workspace_id=ID,
        plan=plan,
        organization_number=number,
        has_legal_name=legal_name,
        invoice_eligible=eligible,
        at=AT,
    )


made = WorkspaceOpened(workspace_id=ID, owner_user_id=None, invited_by_admin=True, at=AT)


def status(word: str, *, another_reason: bool = False) -> SetStatus:
    return SetStatus(status=word, another_reason=another_reason)


def looks(logo_key: str | None, color: str | None = "#102030") -> tuple[SetBranding, BrandingSet]:
    command = SetBranding(primary_color=color, secondary_color=None, logo_key=logo_key)
    return command, BrandingSet(primary_color=color, secondary_color=None, logo_key=logo_key)


def taken(logo_key: str) -> tuple[NoteLogo, LogoTaken]:
    return NoteLogo(logo_key=logo_key), LogoTaken(logo_key=logo_key)


def test_a_workspace_is_opened_once() -> None:
    workspace.when(open_it).then(opened)
    workspace.given(opened).when(open_it).then_nothing()
    workspace.given(opened).when(open_for_invitee()).then_nothing()


def test_a_workspace_is_opened_for_whom_a_system_admin_invites() -> None:
    workspace.when(open_for_invitee()).then(made)
    state = workspace.given(made).state()
    assert (state.members, state.plan) == ({}, "free")


def test_what_it_differs_in_from_others_is_told_with_its_opening() -> None:
    company = profile("legal_name", "organization_number")[1]
    command = open_for_invitee(plan="pro", number=NUMBER, legal_name=True, eligible=True)
    workspace.when(command).then(made, company, PlanChanged(plan="pro"), approved)
    named = profile("legal_name", number=None)[1]
    workspace.when(open_for_invitee(legal_name=True)).then(made, named)
    numbered = profile("organization_number", legal_name=False)[1]
    workspace.when(open_for_invitee(number=NUMBER)).then(made, numbered)


def test_nobody_is_invited_to_pay_by_invoice_without_number_and_legal_name() -> None:
    nameless = open_for_invitee(number=NUMBER, eligible=True)
    workspace.when(nameless).then_refused("auth.legal_name_missing")
    for command in (
        open_for_invitee(eligible=True),
        open_for_invitee(legal_name=True, eligible=True),
    ):
        workspace.when(command).then_refused("auth.organization_number_missing")


def test_a_workspace_opened_before_admins_made_any_was_opened_by_its_owner() -> None:
    before = {"workspace_id": str(ID), "owner_user_id": str(OWNER), "at": AT.isoformat()}
    assert codec.load(WorkspaceOpened, before) == opened


def test_a_profile_that_stays_as_it_is_is_no_change() -> None:
    command, _ = profile()
    workspace.given(opened).when(command).then_nothing()


def test_a_changed_profile_is_told_by_the_names_of_its_fields() -> None:
    command, event = profile("contact_email", "name", number=None, legal_name=False)
    workspace.given(opened).when(command).then(event)


@pytest.mark.parametrize("changed", ["organization_number", "legal_name"])
def test_what_was_approved_is_lost_with_the_details_it_was_given_to(changed: str) -> None:
    command, event = profile("contact_email", changed, number=OTHER_NUMBER)
    workspace.given(opened, complete, approved).when(command).then(withdrawn, event)


def test_what_was_approved_stays_when_other_details_change() -> None:
    command, event = profile("contact_email", "name", "invoice_email")
    workspace.given(opened, complete, approved).when(command).then(event)


def test_who_was_not_approved_has_nothing_to_lose() -> None:
    command, event = profile("legal_name")
    workspace.given(opened, complete).when(command).then(event)
    workspace.given(opened, complete, approved, withdrawn).when(command).then(event)


def test_a_workspace_with_number_and_legal_name_can_be_approved() -> None:
    workspace.given(opened, complete).when(approve).then(approved)


def test_without_a_number_nobody_is_approved() -> None:
    _, without = profile("legal_name", number=None)
    workspace.given(opened).when(approve).then_refused("auth.organization_number_missing")
    workspace.given(opened, without).when(approve).then_refused("auth.organization_number_missing")


def test_without_a_legal_name_nobody_is_approved() -> None:
    _, without = profile("organization_number", legal_name=False)
    workspace.given(opened, without).when(approve).then_refused("auth.legal_name_missing")


def test_approval_can_be_withdrawn_whatever_the_details() -> None:
    workspace.given(opened, complete, approved).when(withdraw).then(withdrawn)


def test_what_is_so_already_is_not_set_again() -> None:
    workspace.given(opened).when(withdraw).then_nothing()
    workspace.given(opened, complete, approved).when(approve).then_nothing()


def test_a_workspace_is_suspended_and_reinstated() -> None:
    workspace.given(opened).when(status("suspended")).then(WorkspaceSuspended())
    suspended = workspace.given(opened, WorkspaceSuspended())
    suspended.when(status("active")).then(WorkspaceReinstated(status="active"))
    suspended.when(status("trial")).then(WorkspaceReinstated(status="trial"))
    assert suspended.state().is_suspended


def test_a_status_that_stands_is_said_again_for_another_reason_only() -> None:
    trial = WorkspaceReinstated(status="trial")
    for events, word, again in (
        ((opened,), "active", WorkspaceReinstated(status="active")),
        ((opened, trial), "trial", trial),
        ((opened, WorkspaceSuspended()), "suspended", WorkspaceSuspended()),
    ):
        workspace.given(*events).when(status(word)).then_nothing()
        workspace.given(*events).when(status(word, another_reason=True)).then(again)


def test_a_plan_is_set_once() -> None:
    pro = PlanChanged(plan="pro")
    workspace.given(opened).when(SetPlan(plan="pro")).then(pro)
    workspace.given(opened, pro).when(SetPlan(plan="pro")).then_nothing()
    workspace.given(opened).when(SetPlan(plan="free")).then_nothing()


@pytest.mark.parametrize(
    "command, event",
    [(CompleteOnboarding(), OnboardingCompleted()), (NoteUsed(), WorkspaceUsed())],
)
def test_what_happens_once_to_a_workspace(command: Any, event: Any) -> None:
    workspace.given(opened).when(command).then(event)
    workspace.given(opened, event).when(command).then_nothing()


def test_looks_are_set_where_they_differ() -> None:
    nothing, none = looks(None, color=None)
    workspace.given(opened).when(nothing).then_nothing()
    colored, blue = looks(None)
    workspace.given(opened).when(colored).then(blue)
    workspace.given(opened, blue).when(colored).then_nothing()
    workspace.given(opened, blue).when(nothing).then(none)


def test_a_logo_is_shown_once_it_was_taken_and_until_then_the_one_before() -> None:
    first, second = looks("first")[1], looks("second")[1]
    workspace.given(opened, first).when(taken("first")[0]).then(taken("first")[1])
    later = (opened, first, taken("first")[1], second)
    assert workspace.given(*later).state().branding.logo_taken == "first"
    workspace.given(*later).when(taken("second")[0]).then(taken("second")[1])
    shown = workspace.given(*later, taken("second")[1]).state().branding
    assert (shown.logo_key, shown.logo_taken) == ("second", "second")


def test_a_logo_that_is_not_awaited_is_passed_over() -> None:
    first, second = looks("first")[1], looks("second")[1]
    workspace.given(opened).when(taken("first")[0]).then_nothing()
    workspace.given(opened, first, second).when(taken("first")[0]).then_nothing()
    workspace.given(opened, first, taken("first")[1]).when(taken("first")[0]).then_nothing()


def test_a_logo_is_taken_off_at_once() -> None:
    shown = (opened, looks("first")[1], taken("first")[1])
    command, event = looks(None)
    workspace.given(*shown).when(command).then(event)
    assert workspace.given(*shown, event).state().branding.logo_taken is None


def test_a_workspace_is_closed_and_kept_for_thirty_days() -> None:
    workspace.given(opened).when(Close(at=AT)).then(closed)
    workspace.given(opened, WorkspaceSuspended()).when(Close(at=AT)).then(closed)
    state = workspace.given(opened, closed).state()
    assert state == Closed(workspace_id=ID, members={OWNER: "owner"}, purge_after=AT + 30 * DAY)


def test_a_closed_workspace_pays_by_invoice_no_more() -> None:
    workspace.given(opened, complete, approved).when(Close(at=AT)).then(withdrawn, closed)


@pytest.mark.parametrize("command", [Close(at=AT), NoteUsed(), taken("first")[0]])
def test_what_comes_after_the_closing_changes_nothing(command: Any) -> None:
    workspace.given(opened, closed).when(command).then_nothing()


def test_the_texts_of_a_closed_workspace_are_erased_once() -> None:
    workspace.given(opened, closed).when(NoteErased()).then(WorkspaceTextsErased())
    workspace.given(opened, closed, WorkspaceTextsErased()).when(NoteErased()).then_nothing()


COMMANDS = [
    approve,
    profile("name")[0],
    OfferRole(role="member", by=OWNER),
    Join(user_id=SOMEBODY, role="member", by=OWNER),
    ChangeRole(user_id=OWNER, role="admin"),
    Transfer(user_id=OWNER, by=None),
    status("active", another_reason=True),
    SetPlan(plan="pro"),
    CompleteOnboarding(),
    looks("first")[0],
]


@pytest.mark.parametrize("command", [*COMMANDS, open_it, open_for_invitee()])
def test_nothing_is_begun_or_changed_in_a_closed_workspace(command: Any) -> None:
    workspace.given(opened, closed).when(command).then_refused("auth.workspace_closed")


def test_what_is_known_of_a_workspace() -> None:
    assert workspace.given(opened).state() == Workspace(workspace_id=ID, members={OWNER: "owner"})
    changed = (complete, approved, PlanChanged(plan="pro"), WorkspaceReinstated(status="trial"))
    more = (OnboardingCompleted(), WorkspaceUsed(), looks("first")[1], taken("first")[1])
    joined = MemberJoined(user_id=SOMEBODY, role="member")
    assert workspace.given(opened, *changed, *more, joined).state() == Workspace(
        workspace_id=ID,
        members={OWNER: "owner", SOMEBODY: "member"},
        organization_number=NUMBER,
        has_legal_name=True,
        invoice_eligible=True,
        status="trial",
        plan="pro",
        onboarding_completed=True,
        branding=Branding(primary_color="#102030", logo_key="first", logo_taken="first"),
        used=True,
    )


@pytest.mark.parametrize(
    "command",
    [
        *COMMANDS,
        Remove(user_id=OWNER, by=OWNER),
        NoteUsed(),
        taken("first")[0],
        Close(at=AT),
        NoteErased(),
    ],
)
def test_nothing_is_decided_without_a_workspace(command: Any) -> None:
    with pytest.raises(AssertionError, match="needs a workspace"):
        decider.decide(None, command)


def test_no_open_workspace_loses_its_texts() -> None:
    with pytest.raises(AssertionError, match="needs a workspace"):
        workspace.given(opened).when(NoteErased()).then_nothing()


@pytest.mark.parametrize(
    "events",
    [
        (approved,),
        (complete,),
        (closed,),
        (opened, opened),
        (opened, WorkspaceTextsErased()),
        (opened, closed, approved),
        (opened, closed, closed),
    ],
)
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        workspace.given(*events).state()
