"""What billing tells others. Amounts are øre."""

from datetime import date, datetime
from uuid import UUID

from chassis.domain import value
from contracts.billing.card_events import (
    DisputeClosed,
    DisputeOpened,
    PaymentFailed,
    PaymentRefunded,
    SaleDocumented,
)
from contracts.forgetting import SubjectForgotten as SubjectForgotten


@value
class PaymentCleared:
    """Work on this target may start. Once; the net price is fixed with it.

    The VAT rate is the day's, for information: what counts is that of the day of delivery.
    """

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
    rail: str  # invoice | card


@value
class LineItemCancelled:
    """It is not to be paid."""

    line_item_id: UUID
    workspace_id: UUID
    target_kind: str
    target_id: UUID


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
    """Nothing remains to be paid. Once a settlement: again when it is paid after a reversal."""

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
    settlement: int  # 1 the first time
    issued_at: datetime  # the moment


@value
class InvoiceDiscarded:
    """A draft that is no invoice; its lines wait again."""

    invoice_id: UUID
    workspace_id: UUID
    line_item_ids: tuple[UUID, ...]


@value
class InvoiceCredited:
    invoice_id: UUID
    kind: str  # invoice | receipt
    workspace_id: UUID
    credit_note_id: UUID
    credit_note_number: int
    net_ore: int
    vat_ore: int
    gross_ore: int
    credited_net_ore: int  # by all credit notes of this invoice
    is_paid: bool


@value
class InvoicePaymentReversed:
    invoice_id: UUID
    workspace_id: UUID
    amount_ore: int
    remaining_ore: int
    was_paid: bool
    reason: str  # bounced | misallocated


@value
class InvoiceWrittenOff:
    invoice_id: UUID
    workspace_id: UUID
    written_off_ore: int  # by this event
    vat_relief_ore: int
    ground: str | None  # reminders | collection_failed | insolvency | irrecoverable


@value
class InvoiceOverdue:
    invoice_id: UUID
    workspace_id: UUID
    due_date: date
    remaining_ore: int


@value
class InvoiceDelivered:
    """A sales document was handed to the buyer's mail server."""

    document_id: UUID
    kind: str  # invoice | receipt | credit_note
    workspace_id: UUID
    channel: str  # mail


@value
class InvoiceDeliveryFailed:
    document_id: UUID
    kind: str
    workspace_id: UUID
    reason: str  # no_address | refused | gateway: no server took it, for days


PUBLISHES = (
    PaymentCleared,
    PaymentRequired,
    LineItemCreated,
    LineItemCancelled,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoiceDiscarded,
    InvoiceCredited,
    InvoicePaymentReversed,
    InvoiceWrittenOff,
    InvoiceOverdue,
    InvoiceDelivered,
    InvoiceDeliveryFailed,
    PaymentRefunded,
    SaleDocumented,
    PaymentFailed,
    DisputeOpened,
    DisputeClosed,
    SubjectForgotten,
)
