"""A user: signs up or is made a system admin, answers from the own address, may be banned."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.domain.user import (
    Admit,
    Ban,
    BanUser,
    CreateSystemAdmin,
    EmailVerified,
    EndBan,
    SignedUp,
    SignUp,
    SystemAdminCreated,
    UnbanUser,
    User,
    UserBanned,
    UserUnbanned,
    VerifyEmail,
    decider,
)
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKSPACE = UUID(int=1)
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)

user = scenario(decider)
signed_up = SignedUp(workspace_id=WORKSPACE, role="owner", at=AT)
admin_created = SystemAdminCreated(at=AT)


def ban_until(
    expires_at: datetime | None, *, another_reason: bool = True
) -> tuple[BanUser, UserBanned]:
    """Return the command that bans, and the event that it leads to."""
    command = BanUser(expires_at=expires_at, another_reason=another_reason, at=AT)
    return command, UserBanned(expires_at=expires_at, at=AT)


ban, banned = ban_until(None)
ban_a_day, banned_a_day = ban_until(AT + DAY)


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


@pytest.mark.parametrize("expires_at", [None, AT + MOMENT, AT + 1_000 * DAY])
def test_a_user_is_banned_for_good_or_until_a_time_to_come(expires_at: datetime | None) -> None:
    command, event = ban_until(expires_at)
    user.given(signed_up).when(command).then(event)


@pytest.mark.parametrize("expires_at", [AT, AT - DAY])
def test_no_ban_ends_before_it_begins(expires_at: datetime) -> None:
    user.given(signed_up).when(ban_until(expires_at)[0]).then_refused("auth.ban_over")


def test_the_same_ban_again_is_none() -> None:
    for event, until in ((banned, None), (banned_a_day, AT + DAY)):
        same = ban_until(until, another_reason=False)[0]
        user.given(signed_up, event).when(same).then_nothing()


def test_a_ban_with_another_end_or_reason_replaces_the_one_before() -> None:
    user.given(signed_up, banned).when(ban_until(AT + DAY, another_reason=False)[0]).then(
        banned_a_day
    )
    user.given(signed_up, banned).when(ban).then(banned)
    assert user.given(signed_up, banned, banned_a_day).state().ban == Ban(expires_at=AT + DAY)


def test_who_is_banned_is_not_admitted_until_the_end_by_the_clock() -> None:
    user.given(signed_up).when(Admit(at=AT)).then_nothing()
    user.given(signed_up, banned).when(Admit(at=AT + 900 * DAY)).then_refused("auth.user_banned")
    a_day = user.given(signed_up, banned_a_day)
    a_day.when(Admit(at=AT + DAY - MOMENT)).then_refused("auth.user_banned")
    a_day.when(Admit(at=AT + DAY)).then_nothing()


def test_a_ban_is_lifted_once() -> None:
    user.given(signed_up, banned).when(UnbanUser()).then(UserUnbanned())
    user.given(signed_up, banned, UserUnbanned()).when(UnbanUser()).then_nothing()
    user.given(signed_up).when(UnbanUser()).then_nothing()
    user.given(signed_up, banned, UserUnbanned()).when(Admit(at=AT)).then_nothing()


def test_a_ban_that_has_run_out_is_noted_once_and_another_is_not() -> None:
    a_day = user.given(signed_up, banned_a_day)
    a_day.when(EndBan(at=AT + DAY - MOMENT)).then_nothing()
    a_day.when(EndBan(at=AT + DAY)).then(UserUnbanned())
    user.given(signed_up, banned).when(EndBan(at=AT + 900 * DAY)).then_nothing()
    user.given(signed_up, banned_a_day, UserUnbanned()).when(EndBan(at=AT + DAY)).then_nothing()


def test_what_is_known_of_a_user() -> None:
    new = User(workspace_id=WORKSPACE, role="owner", is_system_admin=False, email_verified=False)
    assert user.given(signed_up).state() == new
    admin = User(workspace_id=None, role=None, is_system_admin=True, email_verified=True)
    assert user.given(admin_created, EmailVerified()).state() == admin


@pytest.mark.parametrize("command", [VerifyEmail(), Admit(at=AT), ban, UnbanUser(), EndBan(at=AT)])
def test_nothing_happens_to_nobody(command: Any) -> None:
    with pytest.raises(AssertionError, match="needs a user"):
        decider.decide(None, command)


@pytest.mark.parametrize(
    "events",
    [
        (EmailVerified(),),
        (banned,),
        (signed_up, signed_up),
        (signed_up, admin_created),
        (signed_up, UserUnbanned()),
    ],
)
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        user.given(*events).state()
