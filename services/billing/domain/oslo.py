"""Days in Norway: documents are dated, fall due and are paid on days in Europe/Oslo."""

from calendar import monthrange
from datetime import date

from books.domain.oslo import OSLO, begins, day

__all__ = ["OSLO", "begins", "day", "last_of", "months_later"]


def last_of(year: int, month: int) -> date:
    """Return a month's last day."""
    return date(year, month, monthrange(year, month)[1])


def months_later(on: date, months: int) -> date:
    """Return the same day that many months later, or the month's last where it is shorter."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    last = last_of(year, month + 1)
    return last.replace(day=min(on.day, last.day))
