"""Days in Norway: documents are dated, fall due and are paid on days in Europe/Oslo."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def day(at: datetime) -> date:
    """Return the day that it is in Oslo at that moment; `at` has a time zone."""
    return at.astimezone(OSLO).date()
