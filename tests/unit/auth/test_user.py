"""A user: signs up or is made a system admin, answers from the own address, may be banned."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.domain.user import decider
from auth.domain.user_events import (
    EmailChangeAsked,
    EmailChanged,
    EmailVerified,
    ErasureAcknowledged,
    JoinedWorkspace,
    Kept,
    LeftWorkspace,
    PasswordChanged,
    ProfileTextsChanged,
    RoleTaken,
    SignedUp,
    SystemAdminCreated,
    SystemAdminSet,
    TotpDisabled,
    TotpEnabled,
    UserBanned,
    UserErased,
    UserUnbanned,
)
from auth.domain.user_messages import (
    Admit,
    AskEmailChange,
    BanUser,
    ChangeEmail,
    ChangePassword,
    ConfirmTotp,
    CreateSystemAdmin,
    DisableTotp,
    EnableTotp,
    EndBan,
    Erase,
    Impersonate,
    JoinWorkspace,
    LeaveWorkspace,
    NoteForgotten,
    ResetTotp,
    SetSystemAdmin,
    SignUp,
    TakeRole,
    UnbanUser,
    UpdateTexts,
    VerifyEmail,
)
from auth.domain.user_states import Ban, Erased, User
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKSPACE, OTHER, ERASURE = (UUID(int=n) for n in (1, 2, 3))
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
erased = UserErased(erasure_id=ERASURE, workspace_id=None)
kept = (Kept(what="invoices", until=AT), Kept(what="projects", until=None))
acknowledged = ErasureAcknowledged(service="billing", kept=kept)


def join(workspace_id: UUID, *, is_bound: bool = False) -> JoinWorkspace:
    return JoinWorkspace(workspace_id=workspace_id, role="member", is_bound=is_bound)


def erase(
    *, workspace_id: UUID | None = None, of_oneself: bool = False, is_last_owner: bool = False
) -> Erase:
    return Erase(
        erasure_id=ERASURE,
        workspace_id=workspace_id,
        of_oneself=of_oneself,
        is_last_owner=is_last_owner,
    )


def set_admin(is_system_admin: bool, *, of_oneself: bool = False) -> SetSystemAdmin:
    return SetSystemAdmin(is_system_admin=is_system_admin, of_oneself=of_oneself)


def impersonate(at: datetime, *, of_oneself: bool = False) -> Impersonate:
    return Impersonate(of_oneself=of_oneself, at=at)


def test_who_signs_up_owns_the_new_workspace() -> None:
    user.when(SignUp(workspace_id=WORKSPACE, at=AT)).then(signed_up)


def test_who_signs_up_by_an_invitation_takes_its_role_and_has_shown_the_address() -> None:
    command = SignUp(workspace_id=WORKSPACE, invited_as="admin", at=AT)
    invited = SignedUp(workspace_id=WORKSPACE, role="admin", at=AT)
    user.when(command).then(invited, EmailVerified())


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


def test_nobody_acts_as_themselves_or_an_admin_or_somebody_banned() -> None:
    user.given(signed_up).when(impersonate(AT)).then_nothing()
    for events, command in (
        ((signed_up,), impersonate(AT, of_oneself=True)),
        ((admin_created,), impersonate(AT)),
        ((signed_up, SystemAdminSet(is_system_admin=True)), impersonate(AT)),
        ((signed_up, banned), impersonate(AT)),
        ((signed_up, banned_a_day), impersonate(AT + DAY - MOMENT)),
    ):
        user.given(*events).when(command).then_refused("auth.not_impersonable")
    user.given(signed_up, banned_a_day).when(impersonate(AT + DAY)).then_nothing()


def test_a_person_joins_another_workspace_unless_the_present_one_binds_them() -> None:
    joined = JoinedWorkspace(workspace_id=OTHER, role="member")
    user.given(signed_up).when(join(OTHER)).then(joined)
    user.given(admin_created).when(join(OTHER)).then(joined)
    bound = join(OTHER, is_bound=True)
    user.given(signed_up).when(bound).then_refused("auth.already_in_workspace")


def test_who_is_there_does_not_join_again() -> None:
    user.given(signed_up).when(join(WORKSPACE, is_bound=True)).then_nothing()
    joined = JoinedWorkspace(workspace_id=OTHER, role="member")
    user.given(signed_up, joined).when(join(OTHER)).then_nothing()


def test_a_workspace_is_left_once() -> None:
    user.given(signed_up).when(LeaveWorkspace()).then(LeftWorkspace())
    user.given(signed_up, LeftWorkspace()).when(LeaveWorkspace()).then_nothing()
    user.given(admin_created).when(LeaveWorkspace()).then_nothing()


def test_a_role_is_taken_once() -> None:
    user.given(signed_up).when(TakeRole(role="admin")).then(RoleTaken(role="admin"))
    user.given(signed_up).when(TakeRole(role="owner")).then_nothing()
    user.given(signed_up, RoleTaken(role="admin")).when(TakeRole(role="admin")).then_nothing()


@pytest.mark.parametrize(
    "command, event",
    [
        (ChangePassword(how="changed"), PasswordChanged(how="changed")),
        (ChangePassword(how="reset"), PasswordChanged(how="reset")),
        (AskEmailChange(), EmailChangeAsked()),
        (UpdateTexts(changed=("name",)), ProfileTextsChanged(changed=("name",))),
    ],
)
def test_what_is_kept_beside_is_told_without_it(command: Any, event: Any) -> None:
    before = user.given(signed_up)
    before.when(command).then(event)
    assert before.given(event).state() == before.state()


def test_a_profile_that_stays_as_it_is_is_no_change() -> None:
    user.given(signed_up).when(UpdateTexts(changed=())).then_nothing()


def test_another_address_has_answered_when_it_becomes_the_persons() -> None:
    user.given(signed_up).when(ChangeEmail()).then(EmailChanged())
    assert user.given(signed_up, EmailChanged()).state().email_verified


def test_a_second_factor_counts_once_it_is_confirmed() -> None:
    user.given(signed_up).when(EnableTotp()).then_nothing()
    user.given(signed_up).when(ConfirmTotp()).then(TotpEnabled())
    on = user.given(signed_up, TotpEnabled())
    on.when(EnableTotp()).then_refused("auth.totp_enabled")
    on.when(ConfirmTotp()).then_nothing()
    assert on.state().totp_enabled


@pytest.mark.parametrize("command, by_admin", [(DisableTotp(), False), (ResetTotp(), True)])
def test_a_second_factor_is_taken_off(command: Any, by_admin: bool) -> None:
    off = TotpDisabled(by_admin=by_admin)
    user.given(signed_up, TotpEnabled()).when(command).then(off)
    for events in ((signed_up,), (signed_up, TotpEnabled(), off)):
        user.given(*events).when(command).then_refused("auth.totp_not_enabled")
    user.given(signed_up, TotpEnabled(), off).when(ConfirmTotp()).then(TotpEnabled())


@pytest.mark.parametrize("is_one", [True, False])
def test_a_system_admin_is_made_and_unmade_by_another(is_one: bool) -> None:
    event, other = (SystemAdminSet(is_system_admin=each) for each in (is_one, not is_one))
    user.given(signed_up, other).when(set_admin(is_one)).then(event)
    user.given(signed_up, event).when(set_admin(is_one)).then_nothing()
    assert user.given(signed_up, event).state().is_system_admin == is_one
    for events in ((signed_up, event), (signed_up, other)):
        oneself = set_admin(is_one, of_oneself=True)
        user.given(*events).when(oneself).then_refused("auth.self_demotion")


@pytest.mark.parametrize("workspace_id", [None, WORKSPACE])
def test_a_person_is_erased_perhaps_with_their_workspace(workspace_id: UUID | None) -> None:
    event = UserErased(erasure_id=ERASURE, workspace_id=workspace_id)
    user.given(signed_up, banned).when(erase(workspace_id=workspace_id)).then(event)


def test_nobody_erases_themselves_or_whom_others_need() -> None:
    here = user.given(signed_up)
    here.when(erase(of_oneself=True)).then_refused("auth.self_erasure")
    here.when(erase(of_oneself=True, is_last_owner=True)).then_refused("auth.self_erasure")
    here.when(erase(is_last_owner=True)).then_refused("auth.last_owner")


def test_who_is_erased_is_not_erased_again() -> None:
    user.given(signed_up, erased).when(erase(of_oneself=True, is_last_owner=True)).then_nothing()


def test_each_service_says_once_that_it_has_forgotten() -> None:
    note = NoteForgotten(service="billing", kept=kept)
    user.given(signed_up, erased).when(note).then(acknowledged)
    user.given(signed_up, erased, acknowledged).when(note).then_nothing()
    other = NoteForgotten(service="media", kept=())
    said = ErasureAcknowledged(service="media", kept=())
    user.given(signed_up, erased, acknowledged).when(other).then(said)
    assert user.given(signed_up, erased, acknowledged, said).state() == Erased(
        erasure_id=ERASURE, acknowledged=frozenset({"billing", "media"})
    )


def test_who_is_erased_signs_in_as_a_stranger_does() -> None:
    user.given(signed_up, erased).when(Admit(at=AT)).then_refused("auth.invalid_credentials")


COMMANDS = [
    VerifyEmail(),
    impersonate(AT),
    ban,
    UnbanUser(),
    EndBan(at=AT),
    join(OTHER),
    LeaveWorkspace(),
    TakeRole(role="admin"),
    UpdateTexts(changed=("name",)),
    AskEmailChange(),
    ChangeEmail(),
    ChangePassword(how="changed"),
    EnableTotp(),
    ConfirmTotp(),
    DisableTotp(),
    ResetTotp(),
    set_admin(True),
]


@pytest.mark.parametrize(
    "command",
    [*COMMANDS, SignUp(workspace_id=OTHER, at=AT), CreateSystemAdmin(at=AT)],
)
def test_who_is_erased_is_nobody(command: Any) -> None:
    user.given(signed_up, erased).when(command).then_refused("auth.user_not_found")


def test_what_is_known_of_a_user() -> None:
    new = User(workspace_id=WORKSPACE, role="owner", is_system_admin=False, email_verified=False)
    assert user.given(signed_up).state() == new
    admin = User(workspace_id=None, role=None, is_system_admin=True, email_verified=True)
    assert user.given(admin_created, EmailVerified()).state() == admin
    moved = user.given(signed_up, JoinedWorkspace(workspace_id=OTHER, role="admin")).state()
    assert (moved.workspace_id, moved.role) == (OTHER, "admin")
    left = user.given(signed_up, LeftWorkspace()).state()
    assert (left.workspace_id, left.role) == (None, None)
    assert user.given(signed_up, RoleTaken(role="member")).state().role == "member"


@pytest.mark.parametrize(
    "command",
    [*COMMANDS, Admit(at=AT), erase(), NoteForgotten(service="media", kept=())],
)
def test_nothing_happens_to_nobody(command: Any) -> None:
    with pytest.raises(AssertionError, match="needs a user"):
        decider.decide(None, command)


def test_nobody_is_forgotten_who_is_not_erased() -> None:
    with pytest.raises(AssertionError, match="needs a user"):
        user.given(signed_up).when(NoteForgotten(service="media", kept=())).then_nothing()


@pytest.mark.parametrize(
    "events",
    [
        (EmailVerified(),),
        (banned,),
        (erased,),
        (signed_up, signed_up),
        (signed_up, admin_created),
        (signed_up, UserUnbanned()),
        (admin_created, LeftWorkspace()),
        (admin_created, RoleTaken(role="admin")),
        (signed_up, TotpEnabled(), TotpEnabled()),
        (signed_up, TotpDisabled(by_admin=True)),
        (signed_up, acknowledged),
        (signed_up, erased, erased),
        (signed_up, erased, EmailVerified()),
    ],
)
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        user.given(*events).state()
