"""How long what is written on a sales document is kept (bokføringsloven § 13)."""

from datetime import date

YEARS = 5  # from the end of the year of issue


def until(issue_date: date) -> date:
    """Return the last day on which what was issued then is kept."""
    return date(issue_date.year + YEARS, 12, 31)
