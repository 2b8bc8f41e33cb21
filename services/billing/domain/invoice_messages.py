"""What an invoice is told to do, and what happens to it. Amounts are øre."""

from datetime import date, datetime
from uuid import UUID

from chassis.domain import UNTIMED, value


@value
class Line:
    line_item_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int


@value
class DraftInvoice:
    workspace_id: UUID
    lines: tuple[Line, ...]


@value
class RequestIssue:
    """May it be issued? A number is taken only then."""


@value
class Issue:
    series: str
    invoice_number: int
    kid: str
    issue_date: date


@value
class NoteDocument:
    """The rendered document has been stored."""

    ref: str
    sha256: str
    size: int  # bytes


@value
class RecordPayment:
    amount_ore: int
    paid_on: date  # a day in Oslo
    source: str
    external_id: str  # names the payment within its source
    at: datetime = UNTIMED


@value
class InvoiceDrafted:
    workspace_id: UUID
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    line_item_ids: tuple[UUID, ...]


@value
class InvoiceIssued:
    series: str
    invoice_number: int
    kid: str  # the payer's reference
    issue_date: date
    due_date: date


@value
class InvoiceDocumentStored:
    ref: str
    sha256: str
    size: int  # bytes


@value
class InvoicePaymentRecorded:
    amount_ore: int
    paid_on: date
    source: str
    external_id: str
    at: datetime


@value
class InvoicePaid:
    """Nothing remains; once for each invoice."""

    commission_base_ore: int  # net paid for
    paid_on: date
    paid_at: datetime
