"""Days in Norway: midnight moves with the clocks, and months have their own ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain import oslo


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2026, 1, 31, 22, 59, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 3, 28, 23, tzinfo=UTC), date(2026, 3, 29)),  # the night of 23 hours
        (datetime(2026, 3, 29, 22, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), date(2026, 10, 25)),  # the night of 25 hours
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_a_day_begins_at_midnight_in_oslo(at: datetime, on: date) -> None:
    assert oslo.day(at) == on


@pytest.mark.parametrize(
    ("on", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 29), 6, date(2028, 2, 29)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 15), 13, date(2027, 12, 15)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_month_s_last(
    on: date, months: int, later: date
) -> None:
    assert oslo.months_later(on, months) == later


DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@given(DAYS, DAYS, st.integers(0, 30))
def test_later_days_stay_later(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))

    assert oslo.months_later(first, months) <= oslo.months_later(second, months)
    assert oslo.last_of(one.year, one.month) + timedelta(days=1) == oslo.months_later(
        one.replace(day=1), 1
    )
