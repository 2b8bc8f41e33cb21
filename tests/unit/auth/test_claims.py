"""How often an address is mailed to: three times an hour, ten times a day, of one template."""

from datetime import UTC, datetime, timedelta

from auth.domain.claims import mailed_lately, may_mail

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT, MINUTE, HOUR = timedelta(microseconds=1), timedelta(minutes=1), timedelta(hours=1)


def ago(*times: timedelta) -> list[datetime]:
    return [AT - each for each in times]


def test_three_mails_an_hour_and_the_fourth_an_hour_after_the_first() -> None:
    assert may_mail((), AT)
    assert may_mail(ago(MINUTE, MINUTE), AT)
    assert not may_mail(ago(HOUR - MOMENT, MINUTE, MINUTE), AT)
    assert may_mail(ago(HOUR, MINUTE, MINUTE), AT)


def test_ten_mails_a_day_and_the_eleventh_a_day_after_the_first() -> None:
    nine = ago(*(n * HOUR for n in range(2, 11)))
    assert may_mail(nine, AT)
    assert not may_mail([AT - 24 * HOUR + MOMENT, *nine], AT)
    assert may_mail([AT - 24 * HOUR, *nine], AT)


def test_what_was_mailed_a_day_ago_counts_no_more() -> None:
    assert mailed_lately(ago(24 * HOUR, 23 * HOUR), AT) == ago(23 * HOUR)
