"""A session: renewed by use, until it is ended, has been idle for a week or is a month old."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.domain.session import (
    Ended,
    EndSession,
    Reauthenticate,
    Session,
    SessionEnded,
    SessionReauthenticated,
    SessionRenewed,
    SessionStarted,
    StartSession,
    UseSession,
    decider,
)
from chassis import codec
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
USER, WORKSPACE, ADMIN = (UUID(int=n) for n in (1, 2, 3))
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)

session = scenario(decider)
start = StartSession(user_id=USER, workspace_id=WORKSPACE, at=AT)
started = SessionStarted(user_id=USER, workspace_id=WORKSPACE, at=AT, expires_at=AT + 7 * DAY)
ended = SessionEnded(at=AT + DAY)
acted = SessionStarted(
    user_id=USER,
    workspace_id=WORKSPACE,
    at=AT,
    expires_at=AT + 60 * MINUTE,
    impersonated_by=ADMIN,
)


def again(after: timedelta, *amr: str) -> tuple[Reauthenticate, SessionReauthenticated]:
    """Return the command that shows again who somebody is, and the event that it leads to."""
    return Reauthenticate(amr=amr, at=AT + after), SessionReauthenticated(amr=amr, at=AT + after)


def renewed(at: datetime, expires_at: datetime) -> SessionRenewed:
    return SessionRenewed(at=at, expires_at=expires_at)


def test_a_session_lasts_a_week_unused() -> None:
    session.when(start).then(started)


def test_a_session_starts_once() -> None:
    session.given(started).when(start).then_nothing()


@pytest.mark.parametrize("after", [timedelta(0), DAY - MOMENT])
def test_use_within_a_day_changes_nothing(after: timedelta) -> None:
    session.given(started).when(UseSession(at=AT + after)).then_nothing()


@pytest.mark.parametrize("after", [DAY, 7 * DAY - MOMENT])
def test_use_after_a_day_renews_for_another_week(after: timedelta) -> None:
    at = AT + after
    session.given(started).when(UseSession(at=at)).then(renewed(at, at + 7 * DAY))


def test_the_day_counts_from_the_last_renewal() -> None:
    once = session.given(started, renewed(AT + 2 * DAY, AT + 9 * DAY))
    once.when(UseSession(at=AT + 3 * DAY - MOMENT)).then_nothing()
    once.when(UseSession(at=AT + 3 * DAY)).then(renewed(AT + 3 * DAY, AT + 10 * DAY))


def test_nothing_renews_beyond_thirty_days_from_the_start() -> None:
    late = session.given(started, *(renewed(AT + n * DAY, AT + (n + 7) * DAY) for n in (6, 12, 18)))
    late.when(UseSession(at=AT + 24 * DAY)).then(renewed(AT + 24 * DAY, AT + 30 * DAY))


@pytest.mark.asvs("7.3.1")
@pytest.mark.parametrize("after", [7 * DAY, 8 * DAY, 400 * DAY])
def test_a_session_unused_for_a_week_is_over(after: timedelta) -> None:
    session.given(started).when(UseSession(at=AT + after)).then_refused("auth.session_expired")


@pytest.mark.asvs("7.3.2")
def test_a_session_in_daily_use_is_over_after_thirty_days() -> None:
    daily = session.given(
        started, *(renewed(AT + n * DAY, AT + min(n + 7, 30) * DAY) for n in range(1, 30))
    )
    daily.when(UseSession(at=AT + 30 * DAY - MOMENT)).then_nothing()
    daily.when(UseSession(at=AT + 30 * DAY)).then_refused("auth.session_expired")


def test_a_session_is_ended_once() -> None:
    session.given(started).when(EndSession(at=AT + DAY)).then(ended)
    session.given(started, ended).when(EndSession(at=AT + 2 * DAY)).then_nothing()


def test_a_session_that_has_expired_can_be_ended_all_the_same() -> None:
    late = AT + 8 * DAY
    session.given(started).when(EndSession(at=late)).then(SessionEnded(at=late))


@pytest.mark.asvs("7.4.1")
@pytest.mark.parametrize("after", [DAY, 8 * DAY])
def test_an_ended_session_is_not_used(after: timedelta) -> None:
    over = session.given(started, ended)
    over.when(UseSession(at=AT + after)).then_refused("auth.session_ended")


def test_an_ended_session_does_not_start_again() -> None:
    session.given(started, ended).when(start).then_nothing()
    assert session.given(started, ended).state() == Ended(user_id=USER, workspace_id=WORKSPACE)


def test_what_is_known_of_a_session() -> None:
    state = session.given(started, renewed(AT + DAY, AT + 8 * DAY)).state()
    assert state == Session(
        user_id=USER,
        workspace_id=WORKSPACE,
        started_at=AT,
        renewed_at=AT + DAY,
        expires_at=AT + 8 * DAY,
        authenticated_at=AT,
        amr=("pwd",),
    )


def test_what_a_sign_in_has_shown_is_known_from_the_start() -> None:
    both = StartSession(user_id=USER, workspace_id=None, amr=("pwd", "otp"), at=AT)
    begun = SessionStarted(
        user_id=USER, workspace_id=None, at=AT, expires_at=AT + 7 * DAY, amr=("pwd", "otp")
    )
    session.when(both).then(begun)
    assert session.given(begun).state().amr == ("pwd", "otp")


def test_a_session_started_before_anybody_acted_for_others_is_its_persons_own() -> None:
    before = {"user_id": str(USER), "workspace_id": None, "at": AT.isoformat()}
    loaded = codec.load(SessionStarted, {**before, "expires_at": AT.isoformat()})
    assert (loaded.impersonated_by, loaded.amr) == (None, ("pwd",))


def test_who_shows_again_who_they_are_is_as_sure_as_what_they_have_shown() -> None:
    command, event = again(5 * MINUTE, "pwd", "otp")
    session.given(started).when(command).then(event)
    state = session.given(started, event).state()
    assert (state.authenticated_at, state.amr) == (AT + 5 * MINUTE, ("pwd", "otp"))
    assert state.renewed_at == AT


def test_what_was_shown_a_moment_ago_is_not_noted_again() -> None:
    session.given(started).when(again(MINUTE - MOMENT, "pwd")[0]).then_nothing()
    command, event = again(MINUTE, "pwd")
    session.given(started).when(command).then(event)
    late = session.given(started, event)
    late.when(again(2 * MINUTE - MOMENT, "pwd")[0]).then_nothing()
    late.when(again(2 * MINUTE, "pwd")[0]).then(again(2 * MINUTE, "pwd")[1])


def test_what_is_new_counts_at_once() -> None:
    command, event = again(SECOND, "pwd", "otp")
    session.given(started).when(command).then(event)
    session.given(started, event).when(again(2 * SECOND, "pwd")[0]).then_nothing()


def test_a_session_that_is_over_is_not_made_sure_again() -> None:
    session.given(started).when(again(7 * DAY, "pwd")[0]).then_refused("auth.session_expired")
    over = session.given(started, ended)
    over.when(again(MINUTE, "pwd")[0]).then_refused("auth.session_ended")


def test_an_admin_acts_as_somebody_for_an_hour() -> None:
    act = StartSession(user_id=USER, workspace_id=WORKSPACE, impersonated_by=ADMIN, at=AT)
    session.when(act).then(acted)
    assert session.given(acted).state().impersonated_by == ADMIN


@pytest.mark.parametrize("after", [timedelta(0), 59 * MINUTE, 60 * MINUTE - MOMENT])
def test_use_never_renews_what_an_admin_does_as_somebody(after: timedelta) -> None:
    session.given(acted).when(UseSession(at=AT + after)).then_nothing()


def test_after_an_hour_an_admin_acts_as_nobody() -> None:
    session.given(acted).when(UseSession(at=AT + 60 * MINUTE)).then_refused("auth.session_expired")


def test_whose_session_it_was_is_known_when_it_has_ended() -> None:
    state = session.given(acted, ended).state()
    assert state == Ended(user_id=USER, workspace_id=WORKSPACE, impersonated_by=ADMIN)


@pytest.mark.parametrize("command", [UseSession(at=AT), EndSession(at=AT), again(DAY, "pwd")[0]])
def test_no_session_is_used_or_ended(command: Any) -> None:
    with pytest.raises(AssertionError, match="needs a session"):
        decider.decide(None, command)


@pytest.mark.parametrize(
    "events",
    [
        (renewed(AT, AT),),
        (ended,),
        (again(DAY, "pwd")[1],),
        (started, started),
        (started, ended, renewed(AT, AT)),
        (started, ended, again(DAY, "pwd")[1]),
    ],
)
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        session.given(*events).state()
