"""Invoices: drafted, issued, paid. Amounts are øre; days are days in Oslo."""

from dataclasses import field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Keyed, Listing
from chassis.domain import value
from contracts.billing.line_items import InvoiceLine


@value
class Invoice:
    """An invoice as it stands today; `total_amount_ore` is net."""

    id: UUID
    workspace_id: UUID
    fiken_invoice_id: int | None
    fiken_invoice_number: str | None
    fiken_contact_id: int | None
    total_amount_ore: int
    currency: str
    status: str  # draft | sent | paid | cancelled | overdue
    issue_date: date | None
    due_date: date | None
    paid_at: datetime | None
    notes: str | None
    created_at: datetime
    updated_at: datetime
    state: str  # Draft | Issued | PartPaid | Paid
    series: str | None
    invoice_number: int | None
    kid: str | None
    net_ore: int
    vat_ore: int
    gross_ore: int
    paid_ore: int
    document_ref: str | None
    document_sha256: str | None
    document_size: int | None  # bytes
    version: int
    remaining_ore: int


@value
class InvoiceWithLines(Invoice):
    """An invoice and its lines, in their order."""

    lines: tuple[InvoiceLine, ...]


@value
class GetInvoice(Asked[InvoiceWithLines]):
    """Return an invoice with its lines."""

    invoice_id: UUID


@value
class ListInvoices(Listing[Invoice]):
    """Return a page of invoices: one's own, or to a system admin anybody's."""

    workspace_id: UUID | None = None
    status: Literal["draft", "sent", "paid", "cancelled", "overdue"] | None = None


@value
class Pdf:
    """An invoice's document (`size` in bytes) and a link to it, for 15 minutes."""

    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int


@value
class GetInvoicePdf(Asked[Pdf]):
    """Return a link to an invoice's document."""

    invoice_id: UUID


@value
class Drafted:
    """An invoice that was drafted."""

    invoice_id: UUID
    workspace_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int


@value
class SkippedLine:
    """A line that was not put on an invoice, and why."""

    line_item_id: UUID
    reason: str


@value
class Drafts:
    """The invoices that were drafted, and what was left out."""

    items: tuple[Drafted, ...]
    skipped: tuple[SkippedLine, ...]


@value
class CreateInvoices(Keyed[Drafts]):
    """Draft an invoice a workspace, of the lines named or all that wait; for system admins."""

    workspace_id: UUID | None = None
    line_item_ids: tuple[UUID, ...] | None = None


@value
class InvoiceIssued:
    """An invoice that has its number; `kid` is what a payment names."""

    id: UUID
    version: int
    state: str
    invoice_number: int
    kid: str
    due_date: date


@value
class IssueInvoice(Keyed[InvoiceIssued]):
    """Give a draft its number and its buyer; for system admins."""

    invoice_id: UUID
