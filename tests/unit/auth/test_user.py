"""A user: signs up or is made a system admin, and answers once from the own address."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from auth.domain.user import (
    CreateSystemAdmin,
    EmailVerified,
    SignedUp,
    SignUp,
    SystemAdminCreated,
    User,
    VerifyEmail,
    decider,
)
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKSPACE = UUID(int=1)

user = scenario(decider)
signed_up = SignedUp(workspace_id=WORKSPACE, role="owner", at=AT)
admin_created = SystemAdminCreated(at=AT)


def test_who_signs_up_owns_the_new_workspace() -> None:
    user.when(SignUp(workspace_id=WORKSPACE, at=AT)).then(signed_up)


def test_a_system_admin_is_made_with_a_verified_address() -> None:
    user.when(CreateSystemAdmin(at=AT)).then(admin_created, EmailVerified())


@pytest.mark.parametrize("first", [signed_up, admin_created])
@pytest.mark.parametrize(
    "command", [SignUp(workspace_id=UUID(int=2), at=AT), CreateSystemAdmin(at=AT)]
)
def test_a_user_who_is_there_is_not_made_again(first: Any, command: Any) -> None:
    user.given(first).when(command).then_nothing()


def test_an_address_is_verified_once() -> None:
    user.given(signed_up).when(VerifyEmail()).then(EmailVerified())
    user.given(signed_up, EmailVerified()).when(VerifyEmail()).then_nothing()
    user.given(admin_created, EmailVerified()).when(VerifyEmail()).then_nothing()


def test_what_is_known_of_a_user() -> None:
    new = User(workspace_id=WORKSPACE, role="owner", is_system_admin=False, email_verified=False)
    assert user.given(signed_up).state() == new
    admin = User(workspace_id=None, role=None, is_system_admin=True, email_verified=True)
    assert user.given(admin_created, EmailVerified()).state() == admin


def test_nobody_cannot_verify_an_address() -> None:
    with pytest.raises(AssertionError, match="needs a user"):
        decider.decide(None, VerifyEmail())


@pytest.mark.parametrize(
    "events", [(EmailVerified(),), (signed_up, signed_up), (signed_up, admin_created)]
)
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        user.given(*events).state()
