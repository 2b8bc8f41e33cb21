"""What is true of an invoice: its events, and the states they lead to. Amounts are øre."""

from datetime import date, datetime
from uuid import UUID

from chassis.domain import value


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


@value
class Sheet:
    workspace_id: UUID
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    line_item_ids: tuple[UUID, ...]


@value
class Draft(Sheet):
    pass


@value
class Numbered(Sheet):
    series: str
    invoice_number: int
    issue_date: date
    due_date: date
    document_ref: str | None = None
    payments: tuple[InvoicePaymentRecorded, ...] = ()

    @property
    def remaining_ore(self) -> int:
        """What is still to be paid."""
        return self.gross_ore - sum(each.amount_ore for each in self.payments)


@value
class Issued(Numbered):
    pass


@value
class PartPaid(Numbered):
    pass


@value
class Paid(Numbered):
    pass


Invoice = Draft | Issued | PartPaid | Paid
Event = (
    InvoiceDrafted | InvoiceIssued | InvoiceDocumentStored | InvoicePaymentRecorded | InvoicePaid
)
