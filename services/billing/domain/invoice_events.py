"""What happens to an invoice. Amounts are øre, days are days in Oslo.

An event that moves money carries the whole split of it: what it posts follows from it alone.
"""

from datetime import date, datetime
from uuid import UUID

from billing.domain.amounts import RateSum
from billing.domain.target import Target
from chassis.domain import value


@value
class InvoiceDrafted:
    kind: str  # invoice | receipt
    workspace_id: UUID
    organization_number: str | None
    run_id: UUID | None
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    by_rate: tuple[RateSum, ...]
    line_item_ids: tuple[UUID, ...]
    target: Target | None = None  # of a receipt


@value
class InvoiceDiscarded:
    line_item_ids: tuple[UUID, ...]


@value
class InvoiceIssueRefused:
    """A run could not issue it."""

    missing: tuple[str, ...]


@value
class InvoiceIssued:
    kind: str
    workspace_id: UUID
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    by_rate: tuple[RateSum, ...]
    series: str
    invoice_number: int
    kid: str
    issue_date: date
    due_date: date
    at: datetime


@value
class InvoiceDocumentStored:
    format: str  # pdf | ehf
    ref: str
    sha256: str
    size: int  # bytes


@value
class InvoiceSendingRequested:
    sending: int  # the first, which follows from the issue, is 1


@value
class InvoiceDelivered:
    sending: int
    channel: str  # mail


@value
class InvoiceDeliveryFailed:
    sending: int
    reason: str  # no_address | refused | gateway: no server took it, for days


@value
class InvoicePaymentRecorded:
    """What it took of a payment."""

    amount_ore: int
    paid_on: date
    source: str  # bank | manual | credit | card | dispute
    external_id: str
    at: datetime


@value
class InvoicePaid:
    """Nothing remains; once a settlement, and again when it is paid after a reversal."""

    settlement: int
    credited_net_ore: int
    commission_base_ore: int  # net less credited net
    paid_on: date  # the day on which the last of the money came
    paid_at: datetime


@value
class InvoicePaymentReversed:
    amount_ore: int  # what stood on it
    excess_ore: int  # what of the payment had left it before, by a credit note
    source: str
    external_id: str
    was_paid: bool
    reason: str  # bounced | misallocated | refunded | disputed


@value
class InvoiceCredited:
    credit_note_id: UUID
    credit_note_number: int
    net_ore: int
    vat_ore: int
    gross_ore: int
    applied_ore: int  # of gross: what remained and need not be paid any more
    excess_ore: int  # of gross: paid already, it leaves the invoice
    credited_net_ore: int  # by all its credit notes


@value
class InvoiceWrittenOff:
    """Written off, or written off again after a payment was reversed."""

    amount_ore: int
    vat_ore: int  # relieved
    ground: str | None  # of the relief


@value
class InvoiceRecovered:
    """Of what was written off something came."""

    amount_ore: int
    vat_ore: int  # owed again


@value
class InvoiceOverdue:
    due_date: date


@value
class InvoiceReminded:
    number: int  # 1, 2, 3
    on: date


Event = (
    InvoiceDrafted
    | InvoiceDiscarded
    | InvoiceIssueRefused
    | InvoiceIssued
    | InvoiceDocumentStored
    | InvoiceSendingRequested
    | InvoiceDelivered
    | InvoiceDeliveryFailed
    | InvoicePaymentRecorded
    | InvoicePaid
    | InvoicePaymentReversed
    | InvoiceCredited
    | InvoiceWrittenOff
    | InvoiceRecovered
    | InvoiceOverdue
    | InvoiceReminded
)
