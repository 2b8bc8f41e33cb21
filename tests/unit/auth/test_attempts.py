"""Failed tries: some are free, each further one waits twice as long, and no longer than 15 min."""

from datetime import UTC, datetime, timedelta

import pytest

from auth.domain.attempts import (
    BY_ADDRESS,
    BY_NETWORK,
    BY_PAIR,
    BY_SECOND_FACTOR,
    Failures,
    Limit,
    after,
    network,
    wait_s,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MOMENT = timedelta(seconds=1), timedelta(microseconds=1)


def failed(count: int, limit: Limit = BY_PAIR, at: datetime = AT) -> Failures | None:
    failures = None
    for _ in range(count):
        failures = after(failures, limit, at)
    return failures


@pytest.mark.parametrize(
    "limit, free", [(BY_PAIR, 5), (BY_ADDRESS, 20), (BY_NETWORK, 50), (BY_SECOND_FACTOR, 5)]
)
def test_so_many_failures_are_free(limit: Limit, free: int) -> None:
    assert [wait_s(failed(count, limit), limit, AT) for count in range(free)] == [0] * free
    assert wait_s(failed(free, limit), limit, AT) == 2


def test_each_further_try_waits_twice_as_long_and_at_most_a_quarter_of_an_hour() -> None:
    waits = [wait_s(failed(count), BY_PAIR, AT) for count in range(5, 16)]
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_the_wait_runs_down_and_is_over() -> None:
    six = failed(6)
    for gone, left in ((MOMENT, 4), (SECOND, 3), (4 * SECOND - MOMENT, 1), (4 * SECOND, 0)):
        assert wait_s(six, BY_PAIR, AT + gone) == left


def test_what_was_tried_before_the_window_is_forgotten() -> None:
    four = failed(4)
    late = AT + BY_PAIR.window
    assert after(four, BY_PAIR, late - MOMENT) == Failures(
        count=5, first_at=AT, last_at=late - MOMENT
    )
    assert after(four, BY_PAIR, late) == Failures(count=1, first_at=late, last_at=late)


def test_who_is_beyond_the_limit_begins_anew_after_a_pause_only() -> None:
    five = after(failed(4), BY_PAIR, AT + BY_PAIR.window - MOMENT)
    six = after(five, BY_PAIR, AT + BY_PAIR.window + SECOND)
    assert (six.count, six.first_at) == (6, AT)
    pause = six.last_at + BY_PAIR.window
    assert after(six, BY_PAIR, pause - MOMENT).count == 7
    assert after(six, BY_PAIR, pause).count == 1


@pytest.mark.parametrize(
    ("ip", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
    ],
)
def test_an_ipv4_counts_whole_and_an_ipv6_by_its_64(ip: str, counted_as: str) -> None:
    assert network(ip) == counted_as
