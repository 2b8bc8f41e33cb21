"""What a credit note takes back of an invoice's lines. Amounts are øre."""

from collections.abc import Iterable
from uuid import UUID

from billing.domain.amounts import NOTHING, Amounts, RateSum, by_rate
from billing.domain.credit_note import CreditedLine
from billing.domain.item import Item
from billing.domain.pricing import is_whole_kroner
from chassis.domain import value
from chassis.errors import Rejected


@value
class Part:
    """What is taken back of one line."""

    line_item_id: UUID
    item: Item  # as it stood before
    amounts: Amounts

    @property
    def line(self) -> CreditedLine:
        """The line as the credit note has it."""
        return CreditedLine(
            line_item_id=self.line_item_id,
            net_ore=self.amounts.net_ore,
            vat_ore=self.amounts.vat_ore,
        )

    @property
    def at_its_rate(self) -> RateSum:
        """The part as a sum of its VAT type and rate."""
        return RateSum(
            vat_type=self.item.vat_type,
            vat_rate_bp=self.item.vat_rate_bp,
            net_ore=self.amounts.net_ore,
            vat_ore=self.amounts.vat_ore,
        )


def part(line_item_id: UUID, item: Item, net_ore: int, rebill: bool) -> Part:
    """Return so much of a line, which is billed anew with `rebill`.

    Raises `Rejected` for what is neither whole kroner nor all that is left, for more than is left,
    and with `rebill` for less than the line.
    """
    if net_ore != item.left_ore and not is_whole_kroner(net_ore):
        raise Rejected("billing.not_whole_kroner", "whole kroner, or all that is left of a line")
    if net_ore > item.left_ore:
        details = {"left_ore": item.left_ore}
        raise Rejected("billing.credit_too_large", "more than is left of a line", details=details)
    amounts = item.credit(net_ore)
    if rebill and amounts != item.amounts:
        raise Rejected("billing.rebill_whole_lines", "a part of a line is not billed anew")
    return Part(line_item_id=line_item_id, item=item, amounts=amounts)


def total(parts: Iterable[Part]) -> Amounts:
    """Return what the parts come to."""
    return sum((each.amounts for each in parts), NOTHING)


def rates(parts: Iterable[Part]) -> tuple[RateSum, ...]:
    """Return what the parts come to by VAT type and rate."""
    return by_rate(each.at_its_rate for each in parts)
