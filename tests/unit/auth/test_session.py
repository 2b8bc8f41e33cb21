"""A session: renewed by use, until it is ended, has been idle for a week or is a month old."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.domain.session import (
    Ended,
    EndSession,
    Session,
    SessionEnded,
    SessionRenewed,
    SessionStarted,
    StartSession,
    UseSession,
    decider,
)
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
USER, WORKSPACE = UUID(int=1), UUID(int=2)

session = scenario(decider)
start = StartSession(user_id=USER, workspace_id=WORKSPACE, at=AT)
started = SessionStarted(user_id=USER, workspace_id=WORKSPACE, at=AT, expires_at=AT + 7 * DAY)


ended = SessionEnded(at=AT + DAY)


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


@pytest.mark.parametrize("after", [7 * DAY, 8 * DAY, 400 * DAY])
def test_a_session_unused_for_a_week_is_over(after: timedelta) -> None:
    session.given(started).when(UseSession(at=AT + after)).then_refused("auth.session_expired")


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
    )


@pytest.mark.parametrize("command", [UseSession(at=AT), EndSession(at=AT)])
def test_no_session_is_used_or_ended(command: Any) -> None:
    with pytest.raises(AssertionError, match="needs a session"):
        decider.decide(None, command)


@pytest.mark.parametrize(
    "events",
    [(renewed(AT, AT),), (ended,), (started, started), (started, ended, renewed(AT, AT))],
)
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        session.given(*events).state()
