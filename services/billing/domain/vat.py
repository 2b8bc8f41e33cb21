"""The VAT on what is sold, by the day on which it is delivered (M-22-1.2)."""

from datetime import date

from chassis.domain import value

HIGH = "HIGH"  # the type of the general rate


@value
class Rate:
    """The general rate from a day on, in hundredths of 1 %."""

    from_day: date
    basis_points: int


RATES = (Rate(from_day=date(2005, 1, 1), basis_points=2_500),)  # the latest one last


def rate_bp(delivered_on: date) -> int:
    """Return the general rate on a day in Oslo, in hundredths of 1 %: 2500 is 25 %."""
    rates = [each.basis_points for each in RATES if each.from_day <= delivered_on]
    if not rates:
        raise AssertionError(f"nothing was sold on {delivered_on}")
    return rates[-1]
