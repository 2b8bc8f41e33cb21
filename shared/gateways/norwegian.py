"""How Norwegians write money, rates, dates and long numbers."""

from datetime import date

BLANK = "\u00a0"  # a space that no line is broken at


def money(amount_ore: int) -> str:
    """Return øre as kroner in the Norwegian way: 25000000 is '250 000,00', never broken."""
    sign, whole, rest = "-" if amount_ore < 0 else "", abs(amount_ore) // 100, abs(amount_ore) % 100
    return f"{sign}{whole:,}".replace(",", BLANK) + f",{rest:02}"


def percent(rate_bp: int) -> str:
    """Return hundredths of a per cent as '25 %' or '12,5 %'."""
    return f"{rate_bp / 100:g}".replace(".", ",") + f"{BLANK}%"


def day(on: date) -> str:
    """Return the date as dd.mm.yyyy."""
    return f"{on:%d.%m.%Y}"


def grouped(digits: str, *sizes: int) -> str:
    """Return `digits` in groups of `sizes`: ('123456785', 3, 3, 3) is '123 456 785'."""
    groups = []
    for size in sizes:
        groups.append(digits[:size])
        digits = digits[size:]
    return " ".join(filter(None, [*groups, digits]))
