"""What stays of a line item, wherever it stands: what was sold, and what of it is credited."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from billing.domain.amounts import Amounts, credited_vat, of
from billing.domain.line_item_messages import LineItemCreated, LineItemCredited
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.domain import value


@value
class Item:
    """What was sold; `credited` is what credit notes took back of it. Amounts are øre."""

    payment_id: UUID
    k: int
    target: Target
    title: str
    price: Price
    amounts: Amounts
    vat_rate_bp: int
    vat_type: str
    delivered_on: date
    rail: str  # invoice | card
    organization_number: str | None
    credited: Amounts = of(0, 0)
    credit_note_ids: tuple[UUID, ...] = ()
    forgotten: bool = False  # its target was deleted

    @property
    def left_ore(self) -> int:
        """What is not credited of it, net."""
        return self.amounts.net_ore - self.credited.net_ore

    def credit(self, net_ore: int) -> Amounts:
        """Return what `net_ore` more of it comes to, from 1 øre to all that is left."""
        line, before = self.amounts, self.credited.net_ore
        return of(net_ore, credited_vat(line.net_ore, line.vat_ore, before, net_ore))


def made(event: LineItemCreated) -> Item:
    """Return a line as it is created."""
    return Item(
        payment_id=event.payment_id,
        k=event.k,
        target=event.target,
        title=event.title,
        price=event.price,
        amounts=of(event.net_ore, event.vat_ore),
        vat_rate_bp=event.vat_rate_bp,
        vat_type=event.vat_type,
        delivered_on=event.delivered_on,
        rail=event.rail,
        organization_number=event.organization_number,
    )


def less(item: Item, event: LineItemCredited) -> Item:
    """Return a line of which more is credited."""
    net_ore, vat_ore = item.credited.net_ore + event.net_ore, item.credited.vat_ore + event.vat_ore
    ids = (*item.credit_note_ids, event.credit_note_id)
    return replace(item, credited=of(net_ore, vat_ore), credit_note_ids=ids)
