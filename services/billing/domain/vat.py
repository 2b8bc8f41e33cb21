"""The VAT on what is sold, by the day on which it is delivered (M-22-1.2)."""

from datetime import date

from chassis.domain import value

HIGH = "HIGH"  # the type of the general rate
EXEMPT = "EXEMPT_IMPORT_EXPORT"  # of remote services to buyers outside the VAT area (M-6-22.2)
HOME = "NO"


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


def card_rate_bp(country: str | None, organization_number: str | None, on: date) -> int:
    """Return the rate that a card buyer pays on a day: 0 for one outside Norway (M-6-22.2).

    `organization_number`: a Norwegian one, which makes its buyer Norwegian whatever the address.
    """
    at_home = organization_number is not None or country == HOME
    return rate_bp(on) if at_home else 0


def type_of(basis_points: int) -> str:
    """Return the type of what is sold at that rate."""
    return HIGH if basis_points else EXEMPT
