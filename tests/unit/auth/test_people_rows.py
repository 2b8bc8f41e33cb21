"""What becomes of the rows of a person and of a workspace, event by event."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from auth.domain.user_events import (
    EmailChangeAsked,
    EmailChanged,
    EmailVerified,
    JoinedWorkspace,
    LeftWorkspace,
    PasswordChanged,
    ProfileTextsChanged,
    RoleTaken,
    SignedUp,
    SystemAdminSet,
    TotpDisabled,
    TotpEnabled,
    UserBanned,
    UserErased,
)
from auth.domain.workspace_events import (
    BrandingSet,
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
from auth.projections import users, workspaces
from chassis.testing.projected import Kept, at, kept, projected

USER, WORKSPACE, OTHER = (UUID(int=n) for n in range(1, 4))
THEN = datetime(2026, 5, 1, tzinfo=UTC)

kari = kept(name="Kari", email="Kari@example.com", email_folded="kari@example.com", image="k.jpg")
signed_up = SignedUp(workspace_id=WORKSPACE, role="owner", at=THEN)


def person(*told: Any) -> dict[str, Any]:
    """Return the row of a person after these events, each recorded a minute after the last."""
    (row,) = projected(users.projection, [(USER, each) for each in (kari, signed_up, *told)])
    return row


def workspace(*told: Any, opened: Any = None) -> dict[str, Any]:
    """Return the row of a workspace after these events."""
    first = opened or WorkspaceOpened(workspace_id=WORKSPACE, owner_user_id=USER, at=THEN)
    texts = kept(name="Kari AS", slug="kari-as", legal_name="Kari AS")
    (row,) = projected(workspaces.projection, [(WORKSPACE, each) for each in (texts, first, *told)])
    return row


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in after.items() if each != before[name]}


left = {"workspace_id": None, "role": "member"}
moved = {"workspace_id": str(OTHER), "role": "admin"}
OF_A_PERSON: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "leaves": ([LeftWorkspace()], left),
    "moves": ([LeftWorkspace(), JoinedWorkspace(workspace_id=OTHER, role="admin")], moved),
    "is something else": ([RoleTaken(role="admin")], {"role": "admin"}),
    "has a second factor": ([TotpEnabled()], {"totp_enabled": True}),
    "has none any more": ([TotpEnabled(), TotpDisabled(by_admin=True)], {}),
    "is a system admin": ([SystemAdminSet(is_system_admin=True)], {"is_system_admin": True}),
    "is called otherwise": (
        [kept(name="Ola", image=""), ProfileTextsChanged(changed=("image", "name"))],
        {"name": "Ola", "image": None},
    ),
    "has another address": (
        [kept(email="Ola@example.com", email_folded="ola@example.com"), EmailChanged()],
        {"email": "Ola@example.com", "email_folded": "ola@example.com", "email_verified": True},
    ),
}


@pytest.mark.parametrize("told,changed", OF_A_PERSON.values(), ids=OF_A_PERSON)
def test_a_person_is_shown_as_they_are_since(told: list[Any], changed: dict[str, Any]) -> None:
    shown = changes(person(), person(*told))
    assert shown == {**changed, "updated_at": at(1 + sum(not isinstance(e, Kept) for e in told))}


@pytest.mark.parametrize("told", [EmailChangeAsked(), PasswordChanged(how="reset")])
def test_what_is_secret_changes_no_row_of_a_person(told: Any) -> None:
    assert person(told) == person()


def test_of_an_erased_person_nothing_is_left_to_see_and_no_ban_that_would_run_out() -> None:
    was = [
        *(EmailVerified(), TotpEnabled(), SystemAdminSet(is_system_admin=True)),
        *(kept(ban_reason="fraud"), UserBanned(expires_at=THEN, at=THEN)),
    ]
    gone = kept(name="[erased]", email=f"[erased]-{USER}", image="", ban_reason="")
    erased = UserErased(erasure_id=UUID(int=9), workspace_id=None)
    row = person(*was, LeftWorkspace(), gone, kept(email_folded=f"[erased]-{USER}"), erased)

    named = {"name": "[erased]", "email": f"[erased]-{USER}", "email_folded": f"[erased]-{USER}"}
    assert changes(person(), row) == {
        **named,
        **left,
        "image": None,
        "email_verified": True,
        "updated_at": at(7),
    }


suspended = {"status": "suspended", "suspended_at": at(2), "suspended_reason": "fraud"}
fraud, paid = kept(status_reason="fraud"), kept(status_reason="paid")
END = WorkspaceClosed(purge_after=THEN)
OF_A_WORKSPACE: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "is suspended": ([fraud, WorkspaceSuspended()], suspended),
    "is suspended since then, for another reason": (
        [fraud, WorkspaceSuspended(), paid, WorkspaceSuspended()],
        {**suspended, "suspended_reason": "paid"},
    ),
    "is on trial": ([paid, WorkspaceReinstated(status="trial")], {"status": "trial"}),
    "goes on": ([fraud, WorkspaceSuspended(), paid, WorkspaceReinstated(status="active")], {}),
    "is closed": (
        [kept(closing_reason="moved away"), END],
        {**suspended, "suspended_reason": "moved away", "closed_at": at(2)},
    ),
    "is closed for no reason after it went on": (
        [fraud, WorkspaceSuspended(), paid, WorkspaceReinstated(status="active"), END],
        {"status": "suspended", "suspended_at": at(4), "closed_at": at(4)},
    ),
    "is closed while it is suspended": (
        [fraud, WorkspaceSuspended(), END],
        {**suspended, "closed_at": at(3)},
    ),
    "has a plan": ([PlanChanged(plan="pro")], {"plan": "pro"}),
    "has answered": ([OnboardingCompleted()], {"onboarding_completed": True}),
    "has another name and address": (
        [
            kept(name="Workspace 000000", slug="workspace-000000"),
            ProfileChanged(organization_number=None, has_legal_name=True, changed=("name", "slug")),
        ],
        {"name": "Workspace 000000", "slug": "workspace-000000"},
    ),
}


@pytest.mark.parametrize("told,changed", OF_A_WORKSPACE.values(), ids=OF_A_WORKSPACE)
def test_a_workspace_is_shown_as_it_is_since(told: list[Any], changed: dict[str, Any]) -> None:
    shown = changes(workspace(), workspace(*told))
    assert shown == {**changed, "updated_at": at(1 + sum(not isinstance(e, Kept) for e in told))}


@pytest.mark.parametrize(
    "told",
    [
        MemberJoined(user_id=OTHER, role="member"),
        MemberRoleChanged(user_id=OTHER, role="admin"),
        MemberLeft(user_id=OTHER),
        WorkspaceUsed(),
    ],
)
def test_who_is_in_it_and_that_it_is_used_is_not_in_the_row_of_a_workspace(told: Any) -> None:
    assert workspace(told) == workspace()


def looks(logo_key: str | None) -> BrandingSet:
    return BrandingSet(primary_color="#101010", secondary_color=None, logo_key=logo_key)


def test_a_logo_is_shown_once_it_has_come_and_until_there_is_to_be_none() -> None:
    announced, come = [looks("a"), looks("a"), LogoTaken(logo_key="a")], [looks("b")]

    assert workspace(*announced[:2])["logo"] is None
    assert workspace(*announced)["logo"] == workspace(*announced, *come)["logo"] == "blob:a"
    assert workspace(*announced, *come, LogoTaken(logo_key="b"))["logo"] == "blob:b"
    gone = workspace(*announced, looks(None))
    assert (gone["logo"], gone["primary_color"], gone["secondary_color"]) == (None, "#101010", None)


def test_a_workspace_that_a_system_admin_made_says_so() -> None:
    made = WorkspaceOpened(
        workspace_id=WORKSPACE, owner_user_id=None, at=THEN, invited_by_admin=True
    )
    nobodys = {"invited_by_admin": True, "founded_by": None}
    assert changes(workspace(), workspace(opened=made)) == nobodys


def test_of_a_workspace_whose_texts_went_nothing_is_left_to_read() -> None:
    told = [
        ProfileChanged(organization_number="974760673", has_legal_name=True, changed=()),
        *(looks("a"), LogoTaken(logo_key="a"), kept(closing_reason="moved away"), END),
    ]
    gone = kept(name="[erased]", slug=f"[erased]-{WORKSPACE}", legal_name="", closing_reason="")
    row = workspace(*told, gone, WorkspaceTextsErased())

    texts = ("organization_number", "logo", "suspended_reason", "legal_name")
    assert {name: row[name] for name in texts} == dict.fromkeys(texts)
    assert (row["name"], row["slug"]) == ("[erased]", f"[erased]-{WORKSPACE}")
    assert (row["closed_at"], row["updated_at"]) == (at(5), at(6))
