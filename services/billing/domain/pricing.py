"""What work costs, and the VAT on it. Amounts are øre; prices are net."""

from chassis.domain import value
from chassis.money import share

DEFAULT_PRICE_ORE = {"image_project": 100_000, "video_project": 100_000}
VAT_RATE_BP = 2_500  # 25 %
VAT_TYPE = "HIGH"


@value
class Price:
    """A net price as it is fixed when work is cleared; version 0 is the default."""

    price_ore: int
    price_version: int
    vat_rate_bp: int


def current(target_kind: str) -> Price:
    """Return the price of work on a target of that kind."""
    return Price(price_ore=DEFAULT_PRICE_ORE[target_kind], price_version=0, vat_rate_bp=VAT_RATE_BP)


@value
class Amounts:
    """What a line comes to; of a credit line, the exact negation."""

    net_ore: int
    vat_ore: int
    gross_ore: int


def amounts(unit_price_ore: int, quantity: int, vat_rate_bp: int) -> Amounts:
    """Return a line's amounts, VAT rounded half up on the line."""
    net_ore = unit_price_ore * quantity
    vat_ore = share(net_ore, vat_rate_bp, 10_000)
    return Amounts(net_ore=net_ore, vat_ore=vat_ore, gross_ore=net_ore + vat_ore)
