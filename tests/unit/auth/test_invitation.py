"""An invitation: sent, sent again at times, and taken once; whoever comes later finds none."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from auth.domain.invitation import (
    Accept,
    Accepted,
    Cancel,
    Cancelled,
    Decline,
    Declined,
    DrawToken,
    Ended,
    Invite,
    Invited,
    Pending,
    Resend,
    Resent,
    TokenDrawn,
    decider,
)
from chassis.errors import RateLimited
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY, HOUR, MOMENT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
WORKSPACE, INVITER, USER = (UUID(int=n) for n in (1, 2, 3))

invitation = scenario(decider)
invite = Invite(workspace_id=WORKSPACE, role="member", invited_by=INVITER, at=AT)
invited = Invited(
    workspace_id=WORKSPACE, role="member", invited_by=INVITER, expires_at=AT + 7 * DAY
)
accepted = Accepted(user_id=USER)
each_end = pytest.mark.parametrize("end", [accepted, Declined(), Cancelled()])


def resent(at: datetime) -> Resent:
    return Resent(at=at, expires_at=at + 7 * DAY)


def accept(at: datetime) -> Accept:
    return Accept(user_id=USER, at=at)


def test_an_invitation_stands_for_a_week() -> None:
    invitation.when(invite).then(invited)


def test_each_mail_has_a_token_of_its_own() -> None:
    invitation.given(invited).when(DrawToken()).then(TokenDrawn())
    invitation.given(invited, TokenDrawn()).when(DrawToken()).then(TokenDrawn())


@pytest.mark.parametrize("after", [timedelta(0), 7 * DAY - MOMENT])
def test_it_is_accepted_within_the_week(after: timedelta) -> None:
    invitation.given(invited).when(accept(AT + after)).then(accepted)


@pytest.mark.parametrize("after", [7 * DAY, 70 * DAY])
def test_it_is_not_accepted_later(after: timedelta) -> None:
    command = accept(AT + after)
    invitation.given(invited).when(command).then_refused("auth.invitation_invalid")


def test_sent_again_it_stands_for_another_week() -> None:
    at = AT + 8 * DAY
    invitation.given(invited).when(Resend(at=at)).then(resent(at))
    again = invitation.given(invited, resent(at))
    again.when(accept(at + 7 * DAY - MOMENT)).then(accepted)
    again.when(accept(at + 7 * DAY)).then_refused("auth.invitation_invalid")


def test_it_is_sent_again_three_times_a_day() -> None:
    thrice = [resent(AT + hour * HOUR) for hour in (1, 2, 3)]
    invitation.given(invited, *thrice[:2]).when(Resend(at=AT + 3 * HOUR)).then(thrice[2])
    full = invitation.given(invited, *thrice)
    full.when(Resend(at=AT + 4 * HOUR)).then_refused("auth.too_many_invitations")
    full.when(Resend(at=AT + DAY + HOUR - MOMENT)).then_refused("auth.too_many_invitations")
    full.when(Resend(at=AT + DAY + HOUR)).then(resent(AT + DAY + HOUR))


def test_who_sends_it_too_often_is_told_how_long_to_wait() -> None:
    state = invitation.given(invited, *(resent(AT + hour * HOUR) for hour in (1, 2, 3))).state()
    for left, seconds in ((20 * HOUR, 72_000), (MOMENT, 1), (timedelta(seconds=1), 1)):
        with pytest.raises(RateLimited) as refused:
            decider.decide(state, Resend(at=AT + DAY + HOUR - left))
        assert refused.value.retry_after_s == seconds


def test_it_is_declined_or_cancelled() -> None:
    invitation.given(invited).when(Decline()).then(Declined())
    invitation.given(invited).when(Cancel()).then(Cancelled())


@each_end
def test_to_whoever_comes_with_it_later_all_ends_are_alike(end: Any) -> None:
    over = invitation.given(invited, end)
    for command in (accept(AT), Decline(), Resend(at=AT), DrawToken(), invite):
        over.when(command).then_refused("auth.invitation_invalid")
    assert over.state() == Ended(workspace_id=WORKSPACE)


@each_end
def test_what_has_ended_need_not_be_cancelled(end: Any) -> None:
    invitation.given(invited, end).when(Cancel()).then_nothing()


def test_what_is_known_of_an_invitation() -> None:
    at = AT + DAY
    assert invitation.given(invited, TokenDrawn(), resent(at)).state() == Pending(
        workspace_id=WORKSPACE,
        role="member",
        invited_by=INVITER,
        expires_at=at + 7 * DAY,
        resent=(at,),
    )


@pytest.mark.parametrize("command", [DrawToken(), Resend(at=AT), accept(AT), Decline(), Cancel()])
def test_nothing_is_decided_without_an_invitation(command: Any) -> None:
    with pytest.raises(AssertionError, match="needs an invitation"):
        decider.decide(None, command)


def test_nobody_is_invited_twice_by_one_invitation() -> None:
    with pytest.raises(AssertionError, match="needs an invitation"):
        invitation.given(invited).when(invite).then_nothing()


@pytest.mark.parametrize(
    "events",
    [
        (TokenDrawn(),),
        (resent(AT),),
        (accepted,),
        (Declined(),),
        (Cancelled(),),
        (invited, invited),
        (invited, accepted, TokenDrawn()),
        (invited, Declined(), accepted),
        (invited, Cancelled(), resent(AT)),
    ],
)
def test_a_damaged_stream_is_noticed(events: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError, match="cannot follow"):
        invitation.given(*events).state()
