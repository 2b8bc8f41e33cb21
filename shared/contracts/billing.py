"""billing: what it tells others and what it is asked."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.domain import value

# Events; amounts are øre


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

# Requests; lists are newest first

TargetKind = Literal["image_project", "video_project"]


@value
class CanUseInvoiceBilling:
    pass


@value
class GetPricing:
    workspace_id: UUID | None = None


@value
class GetPaymentStatus:
    target_kind: TargetKind
    target_id: UUID


@value
class ListLineItems:
    workspace_id: UUID | None = None
    status: Literal["pending", "invoiced", "cancelled"] | None = None
    limit: int = 50
    cursor: str | None = None


@value
class CreateInvoices:
    """Draft one invoice a workspace, of the lines named or else of all that are pending."""

    workspace_id: UUID | None = None
    line_item_ids: tuple[UUID, ...] | None = None


@value
class IssueInvoice:
    invoice_id: UUID


@value
class RecordInvoicePayment:
    """Money came: `external_id` names the payment within its source, and never twice."""

    invoice_id: UUID
    amount_ore: int
    paid_on: date  # a day in Oslo
    source: str
    external_id: str


@value
class GetInvoice:
    invoice_id: UUID


@value
class ListInvoices:
    workspace_id: UUID | None = None
    status: Literal["draft", "sent", "paid", "cancelled", "overdue"] | None = None
    limit: int = 50
    cursor: str | None = None


@value
class GetInvoicePdf:
    invoice_id: UUID


@value
class StartCheckout:
    target_kind: TargetKind
    target_id: UUID


@value
class ChargeSavedCard:
    target_kind: TargetKind
    target_id: UUID
    payment_method_id: str | None = None  # None: the card that was saved last


@value
class CreateBillingPortalSession:
    pass


@value
class SetAutoCharge:
    enabled: bool


@value
class ListPaymentMethods:
    pass
