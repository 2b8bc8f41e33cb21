"""A workspace: its company details, and the right to pay by invoice that hangs on them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from auth.domain.workspace import (
    ChangeProfile,
    InvoiceEligibilitySet,
    OpenWorkspace,
    ProfileChanged,
    SetInvoiceEligibility,
    Workspace,
    WorkspaceOpened,
    decider,
)
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID, OWNER = UUID(int=1), UUID(int=2)
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


def test_a_workspace_is_opened_once() -> None:
    open_it = OpenWorkspace(workspace_id=ID, owner_user_id=OWNER, at=AT)
    workspace.when(open_it).then(opened)
    workspace.given(opened).when(open_it).then_nothing()


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


def test_what_is_known_of_a_workspace() -> None:
    state = workspace.given(opened, complete, approved).state()
    assert state == Workspace(
        workspace_id=ID,
        owner_user_id=OWNER,
        organization_number=NUMBER,
        has_legal_name=True,
        invoice_eligible=True,
    )


@pytest.mark.parametrize("command", [approve, profile("name")[0]])
def test_nothing_is_decided_without_a_workspace(command: Any) -> None:
    with pytest.raises(AssertionError, match="needs a workspace"):
        decider.decide(None, command)


@pytest.mark.parametrize("events", [(approved,), (complete,), (opened, opened)])
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        workspace.given(*events).state()
