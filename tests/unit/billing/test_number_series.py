"""Numbers of sales documents: no gap, no repeat, no date that falls; and their KID."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from billing.domain.number_series import (
    NumbersPassedOver,
    NumberTaken,
    PassNumbersOver,
    TakeNumber,
    decider,
    kid,
)
from chassis.domain import fold
from chassis.errors import Rejected
from chassis.testing.spec import scenario

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
first = NumberTaken(series="sales", number=10_001, issue_date=date(2026, 3, 4))

series = scenario(decider)


def test_the_first_number_is_10001() -> None:
    series.when(TakeNumber(series="sales", at=NOON)).then(first)


def test_the_next_number_is_one_more() -> None:
    series.given(first).when(TakeNumber(series="sales", at=NOON)).then(
        NumberTaken(series="sales", number=10_002, issue_date=date(2026, 3, 4))
    )


def test_the_day_is_the_day_in_oslo() -> None:
    before_midnight_utc = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)

    series.when(TakeNumber(series="sales", at=before_midnight_utc)).then(
        NumberTaken(series="sales", number=10_001, issue_date=date(2026, 7, 1))
    )


def test_a_clock_that_is_slow_does_not_turn_the_date_back() -> None:
    series.given(first).when(TakeNumber(series="sales", at=NOON - timedelta(days=2))).then(
        NumberTaken(series="sales", number=10_002, issue_date=date(2026, 3, 4))
    )


def test_the_last_event_is_the_whole_state() -> None:
    second = NumberTaken(series="sales", number=10_002, issue_date=date(2026, 3, 5))

    assert fold(decider, [first, second]) == fold(decider, [second])


def test_a_number_of_another_series_is_never_taken_here() -> None:
    state = fold(decider, [first])

    with pytest.raises(AssertionError):
        decider.decide(state, TakeNumber(series="credit_note", at=NOON))
    with pytest.raises(AssertionError):
        decider.decide(state, replace(PASS, series="credit_note"))


PASS = PassNumbersOver(series="sales", last=10_004, reason="given before a restore", at=NOON)


@pytest.mark.parametrize(("before", "from_number"), [((), 10_001), ((first,), 10_002)])
def test_what_was_given_elsewhere_is_passed_over_and_the_next_number_is_one_more(
    before: tuple[NumberTaken, ...], from_number: int
) -> None:
    passed = NumbersPassedOver(
        series="sales",
        first=from_number,
        number=10_004,
        reason="given before a restore",
        issue_date=date(2026, 3, 4),
    )
    series.given(*before).when(PASS).then(passed)
    series.given(*before, passed).when(TakeNumber(series="sales", at=NOON)).then(
        NumberTaken(series="sales", number=10_005, issue_date=date(2026, 3, 4))
    )


def test_where_the_last_number_is_the_one_that_was_taken_nothing_is_passed_over() -> None:
    series.given(first).when(replace(PASS, last=10_001)).then()
    series.when(replace(PASS, last=10_000)).then()


def test_where_none_was_given_anywhere_nothing_is_passed_over() -> None:
    series.when(replace(PASS, last=0)).then()
    with pytest.raises(Rejected, match="number_given"):
        decider.decide(fold(decider, [first]), replace(PASS, last=0))


@pytest.mark.parametrize("before", [(), (first,)])
def test_a_last_number_below_what_was_taken_is_refused(before: tuple[NumberTaken, ...]) -> None:
    with pytest.raises(Rejected, match="number_given"):
        decider.decide(fold(decider, before), replace(PASS, last=9_999))


@given(st.lists(st.integers(-100, 100), max_size=60))
def test_numbers_are_contiguous_and_dates_never_fall(hours: list[int]) -> None:
    state, taken = None, []
    for each in hours:
        command = TakeNumber(series="sales", at=NOON + timedelta(hours=each))
        for event in decider.decide(state, command):
            state = decider.evolve(state, event)
            taken.append(event)

    assert [each.number for each in taken] == list(range(10_001, 10_001 + len(hours)))
    dates = [each.issue_date for each in taken]
    assert dates == sorted(dates)


@pytest.mark.parametrize(
    ("number", "reference"), [(10_001, "100016"), (60_224, "602243"), (20_001, "200014")]
)
def test_a_kid_is_the_number_and_its_mod10_digit(number: int, reference: str) -> None:
    assert kid(number) == reference


@given(st.integers(10_001, 10**12))
def test_every_kid_passes_the_bank_s_check(number: int) -> None:
    assert luhn.is_valid(kid(number))
    assert kid(number)[:-1] == str(number)
