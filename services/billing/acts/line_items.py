"""What was delivered and is to be paid by invoice."""

from sqlalchemy import Connection

from billing.acts.clearances import shown_workspace
from billing.projections import line_items
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.billing.line_items import InvoiceLineItem, ListLineItems


def listed(db: Connection, door: Door, call: Call, asked: ListLineItems) -> Page[InvoiceLineItem]:
    """Return a page of line items, newest first."""
    wanted = {
        "workspace_id": shown_workspace(call, asked.workspace_id),
        "status": asked.status,
    }
    return line_items.listed(db, wanted, asked).of(InvoiceLineItem)
