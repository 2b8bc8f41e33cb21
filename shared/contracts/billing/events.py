"""What billing tells others. Amounts are øre."""

from datetime import date, datetime
from uuid import UUID

from chassis.domain import value


@value
class PaymentCleared:
    """Work on this target may start. Once; the price and VAT rate are fixed with it."""

    target_kind: str  # image_project | video_project
    target_id: UUID
    run: int
    workspace_id: UUID
    method: str  # invoice | stripe | free
    price_ore: int
    price_version: int
    vat_rate_bp: int  # 2500 is 25 %


@value
class PaymentRequired:
    """Work may not start yet."""

    target_kind: str
    target_id: UUID
    run: int
    workspace_id: UUID
    price_ore: int
    reason: str  # no_method | workspace_unknown | price_above_max | workspace_suspended


@value
class LineItemCreated:
    line_item_id: UUID
    workspace_id: UUID
    target_kind: str
    target_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int


@value
class InvoiceDrafted:
    invoice_id: UUID
    workspace_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int
    line_item_ids: tuple[UUID, ...]


@value
class InvoiceIssued:
    invoice_id: UUID
    workspace_id: UUID
    series: str
    invoice_number: int
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    issue_date: date
    due_date: date
    line_item_ids: tuple[UUID, ...]


@value
class InvoicePaid:
    """Nothing remains to be paid. Told once for each invoice."""

    invoice_id: UUID
    workspace_id: UUID
    series: str
    invoice_number: int
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    credited_net_ore: int
    commission_base_ore: int  # net paid for: net less credited net, VAT excluded
    issue_date: date
    paid_on: date
    paid_at: datetime
    line_item_ids: tuple[UUID, ...]


PUBLISHES = (
    PaymentCleared,
    PaymentRequired,
    LineItemCreated,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
)
