"""How money, rates and dates are written in English."""

from datetime import date

from babel.dates import format_date


def money(amount_ore: int) -> str:
    """Return øre as kroner in the English way: 25000000 is '250,000.00'."""
    sign = "-" if amount_ore < 0 else ""
    return f"{sign}{abs(amount_ore) // 100:,}.{abs(amount_ore) % 100:02}"


def percent(rate_bp: int) -> str:
    """Return hundredths of a per cent as '25%' or '12.5%'."""
    return f"{rate_bp / 100:g}%"


def day(on: date) -> str:
    """Return the date as '4 Mar 2026', which nobody reads as the third of April."""
    return format_date(on, "d MMM y", locale="en")
