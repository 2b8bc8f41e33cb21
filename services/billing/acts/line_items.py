"""What was delivered and is to be paid by invoice."""

from sqlalchemy import Connection

from billing.acts.prices import shown_workspace
from billing.domain import line_item, line_item_messages
from billing.projections import line_items
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.billing.line_items import (
    CancelLineItem,
    InvoiceLineItem,
    LineItemCancelled,
    ListLineItems,
)


def listed(db: Connection, door: Door, call: Call, asked: ListLineItems) -> Page[InvoiceLineItem]:
    """Return a page of line items, newest first."""
    wanted = {
        "workspace_id": shown_workspace(call, asked.workspace_id),
        "status": asked.status,
    }
    return line_items.listed(db, wanted, asked).of(InvoiceLineItem)


def cancel(unit: Unit, asked: CancelLineItem) -> LineItemCancelled:
    """Cancel a line that is on no invoice: its work is not to be paid."""
    before: line_item.LineItem | None = unit.state(line_item.decider, asked.line_item_id)
    stands = unit.decide(line_item.decider, asked.line_item_id, line_item_messages.Cancel())
    if stands.state != before:  # a repeat does not give another reason
        kept = keep(asked.line_item_id, stands.state.workspace_id, {"reason": asked.reason})
        unit.execute(kept)
    return LineItemCancelled(id=stands.id, version=stands.version)
