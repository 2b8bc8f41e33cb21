"""What delivered work and its payment share: one live line, made once and billed again if it must.

A payment's lines are numbered from 1, and a line follows only one that is cancelled or credited
as a whole: so the lines themselves say which of them is live, and rivals meet in one stream.
"""

from collections.abc import Iterator
from itertools import count
from uuid import UUID

from billing.domain import line_item, line_item_messages, oslo, payment, payment_messages
from billing.domain.order import INVOICE, Outcome
from billing.domain.payment_states import Cleared
from billing.names import line_item_id
from chassis.unit.deciding import Unit


def lines(unit: Unit, payment_id: UUID) -> Iterator[tuple[UUID, line_item.LineItem]]:
    """Yield a payment's lines in the order in which they were made."""
    for k in count(1):
        id = line_item_id(payment_id, k)
        stands: line_item.LineItem | None = unit.state(line_item.decider, id)
        if stands is None:
            return
        yield id, stands


def bill(unit: Unit, payment_id: UUID, cleared: Cleared, outcome: Outcome) -> None:
    """Make a line of delivered work that is paid by invoice, unless one is live."""
    sale, order = cleared.sale, cleared.order
    if sale.method != INVOICE:
        return
    k = next_line(unit, payment_id)
    if k is None:
        return
    command = line_item_messages.CreateLineItem(
        workspace_id=cleared.workspace_id,
        payment_id=payment_id,
        k=k,
        target=order.target,
        title=outcome.title,
        price=sale.price,
        delivered_on=oslo.day(outcome.completed_at),
        rail="invoice",
        organization_number=sale.organization_number,
    )
    _make(unit, command, order.deleted)


def next_line(unit: Unit, payment_id: UUID) -> int | None:
    """Return the number of a payment's next line; None while one is live."""
    made = 0
    for _, line in lines(unit, payment_id):
        if line_item.is_live(line):
            return None
        made += 1
    return made + 1


def bill_again(unit: Unit, line: line_item.LineItem) -> UUID:
    """Make the line that follows one that was credited as a whole, and return its id.

    Its target is owed for again.
    """
    item = line.item
    if line_item.is_live(line):
        raise AssertionError("what is owed or paid is not billed again")
    command = line_item_messages.CreateLineItem(
        workspace_id=line.workspace_id,
        payment_id=item.payment_id,
        k=item.k + 1,
        target=item.target,
        title=item.title,
        price=item.price,
        delivered_on=item.delivered_on,
        rail="invoice",  # what a card paid is the workspace's credit by now
        organization_number=item.organization_number,
        vat_type=item.vat_type,
        paid_ore=item.amounts.gross_ore if item.rail == "card" else None,
    )
    unit.decide(payment.decider, item.payment_id, payment_messages.Unsettle())
    return _make(unit, command, item.forgotten)


def _make(unit: Unit, command: line_item_messages.CreateLineItem, deleted: bool) -> UUID:
    id = line_item_id(command.payment_id, command.k)
    unit.decide(line_item.decider, id, command)
    if deleted:
        unit.decide(line_item.decider, id, line_item_messages.Forget())
    return id
