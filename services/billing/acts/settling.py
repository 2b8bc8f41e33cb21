"""What a paid invoice means for the targets on it: a part of the units that let it be paid."""

from collections.abc import Sequence
from uuid import UUID

from billing.domain import line_item, payment, payment_messages
from billing.domain.invoice_states import Invoice, Numbered, Paid
from chassis.unit.deciding import Unit


def follow(unit: Unit, before: Invoice | None, after: Numbered) -> None:
    """Let each target on an invoice be paid with it, and be owed again with it."""
    was, now = isinstance(before, Paid), isinstance(after, Paid)
    if was == now:
        return
    for id in _payments(unit, after):
        settled = payment_messages.Settle() if now else payment_messages.Unsettle()
        unit.decide(payment.decider, id, settled)


def _payments(unit: Unit, invoice: Numbered) -> Sequence[UUID]:
    """Return the payments of its lines; what was credited as a whole is on another, or on none."""
    line_item_ids = invoice.sheet.line_item_ids
    unit.preload((line_item.decider, id) for id in line_item_ids)
    lines: list[line_item.LineItem] = [unit.state(line_item.decider, id) for id in line_item_ids]
    payment_ids = [each.item.payment_id for each in lines if line_item.is_live(each)]
    unit.preload((payment.decider, id) for id in payment_ids)
    return payment_ids
