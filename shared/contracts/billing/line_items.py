"""What was delivered and is to be paid by invoice. Amounts are øre; `_bp` is hundredths of 1 %."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Keyed, Listing
from chassis.domain import value


@value
class InvoiceLine:
    """A line on an invoice: something delivered, priced net of VAT (`amount_ore`: of one)."""

    id: UUID
    workspace_id: UUID
    project_id: UUID | None
    video_project_id: UUID | None
    description: str
    amount_ore: int
    quantity: int
    status: str  # pending | invoiced | cancelled
    invoice_id: UUID | None
    created_at: datetime
    updated_at: datetime
    target_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int
    vat_rate_bp: int
    vat_type: str
    price_version: int
    delivered_on: date
    rail: str  # invoice | card
    organization_number: str | None  # to which credit was given, by invoice
    position: int | None  # on its document, from 1


@value
class InvoiceLineItem(InvoiceLine):
    """A line, on an invoice or not yet, with the version of its stream."""

    version: int


@value
class ListLineItems(Listing[InvoiceLineItem]):
    """Return a page of line items: one's own, or to a system admin anybody's."""

    workspace_id: UUID | None = None
    status: Literal["pending", "invoiced", "cancelled"] | None = None


@value
class LineItemCancelled:
    """A line that is not to be paid."""

    id: UUID
    version: int


@value
class CancelLineItem(Keyed[LineItemCancelled]):
    """Cancel a line that is on no invoice; for system admins."""

    line_item_id: UUID
    reason: str
