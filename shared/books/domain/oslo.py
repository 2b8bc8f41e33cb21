"""Days in Norway: books are kept by days in Europe/Oslo."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def day(at: datetime) -> date:
    """Return the day that it is in Oslo at that moment; `at` has a time zone."""
    return at.astimezone(OSLO).date()


def begins(day: date) -> datetime:
    """Return the moment at which a day begins in Oslo."""
    return datetime.combine(day, time(), OSLO)
