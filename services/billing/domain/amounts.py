"""Amounts of lines and documents: net, VAT, gross. Øre; VAT is rounded half up on the line."""

from collections.abc import Iterable

from chassis.domain import value
from chassis.money import share


@value
class Amounts:
    """What something comes to; of a credit, the exact negation."""

    net_ore: int
    vat_ore: int
    gross_ore: int

    def __add__(self, other: "Amounts") -> "Amounts":
        """Return both together."""
        return Amounts(
            net_ore=self.net_ore + other.net_ore,
            vat_ore=self.vat_ore + other.vat_ore,
            gross_ore=self.gross_ore + other.gross_ore,
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        """Return what is left without `other`."""
        return Amounts(
            net_ore=self.net_ore - other.net_ore,
            vat_ore=self.vat_ore - other.vat_ore,
            gross_ore=self.gross_ore - other.gross_ore,
        )


NOTHING = Amounts(net_ore=0, vat_ore=0, gross_ore=0)


@value
class RateSum:
    """What the lines of one VAT type and rate come to."""

    vat_type: str  # HIGH | EXEMPT_IMPORT_EXPORT
    vat_rate_bp: int  # 2500 is 25 %
    net_ore: int
    vat_ore: int


def by_rate(sums: Iterable[RateSum]) -> tuple[RateSum, ...]:
    """Return one sum a VAT type and rate, the highest rate first."""
    found: dict[tuple[int, str], RateSum] = {}
    for each in sums:
        key = (-each.vat_rate_bp, each.vat_type)
        so_far = found.get(key)
        found[key] = RateSum(
            vat_type=each.vat_type,
            vat_rate_bp=each.vat_rate_bp,
            net_ore=each.net_ore + (so_far.net_ore if so_far else 0),
            vat_ore=each.vat_ore + (so_far.vat_ore if so_far else 0),
        )
    return tuple(found[key] for key in sorted(found))


def amounts(unit_price_ore: int, quantity: int, vat_rate_bp: int) -> Amounts:
    """Return what a line comes to, VAT rounded half up."""
    net_ore = unit_price_ore * quantity
    return of(net_ore, share(net_ore, vat_rate_bp, 10_000))


def included(gross_ore: int, vat_rate_bp: int) -> Amounts:
    """Return what is net and what VAT of what was paid, net rounded half up."""
    net_ore = share(gross_ore, 10_000, 10_000 + vat_rate_bp)
    return of(net_ore, gross_ore - net_ore)


def of(net_ore: int, vat_ore: int) -> Amounts:
    """Return amounts of net and VAT."""
    return Amounts(net_ore=net_ore, vat_ore=vat_ore, gross_ore=net_ore + vat_ore)


def credited_vat(line_net: int, line_vat: int, credited_net_before: int, net: int) -> int:
    """Return the VAT of `net` more that is credited of a line.

    Shares are cumulated, so that all parts of a line come to its VAT, to the øre.
    """
    before = share(line_vat, credited_net_before, line_net)
    return share(line_vat, credited_net_before + net, line_net) - before
