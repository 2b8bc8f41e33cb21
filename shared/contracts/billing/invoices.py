"""Invoices, issued and not yet: what they are and how they came to be. Amounts are øre."""

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
    kind: str  # invoice | receipt: the document of a card sale
    state: str  # Draft | Discarded | Issued | PartPaid | Paid | Credited | WrittenOff
    series: str | None
    invoice_number: int | None
    kid: str | None
    net_ore: int
    vat_ore: int
    gross_ore: int
    paid_ore: int  # money that stands on it
    credited_ore: int  # gross
    written_off_ore: int  # what still is
    delivery: str | None  # pending | delivered | failed; null before the issue
    document_ref: str | None
    document_sha256: str | None
    document_size: int | None  # bytes
    version: int
    remaining_ore: int


@value
class InvoicePayment:
    """What an invoice took of a payment at one time; reversed, it stands there no more.

    Below zero: so much of what a card paid is gone, by a dispute or a refund in the dashboard.
    """

    id: UUID
    amount_ore: int
    paid_on: date
    source: str  # bank | manual | credit | card | dispute
    external_id: str
    created_at: datetime
    reversed_at: datetime | None


@value
class InvoiceCreditNote:
    """A credit note that takes back an invoice, or part of it."""

    id: UUID
    number: int
    issue_date: date
    net_ore: int
    vat_ore: int
    gross_ore: int


@value
class InvoiceWithLines(Invoice):
    """An invoice with its lines, in their order, and with all that changed what remains of it."""

    lines: tuple[InvoiceLine, ...]
    payments: tuple[InvoicePayment, ...]
    credit_notes: tuple[InvoiceCreditNote, ...]


@value
class GetInvoice(Asked[InvoiceWithLines]):
    """Return an invoice with its lines."""

    invoice_id: UUID


@value
class ListInvoices(Listing[Invoice]):
    """Return a page of invoices: one's own, or to a system admin anybody's."""

    workspace_id: UUID | None = None
    status: Literal["draft", "sent", "paid", "cancelled", "overdue"] | None = None
    kind: Literal["invoice", "receipt"] | None = None


@value
class InvoiceIssued:
    """An invoice that has its number; `kid` is what a payment names."""

    id: UUID
    version: int
    state: str
    invoice_number: int
    kid: str
    issue_date: date
    due_date: date
    credit_used_ore: int  # of the workspace's credit, that pays part of it


@value
class IssueInvoice(Keyed[InvoiceIssued]):
    """Give a draft its number and its buyer; for system admins.

    `buyer_confirmed`: though the buyer is not approved any more, or not the one of the clearance.
    """

    invoice_id: UUID
    buyer_confirmed: bool = False


@value
class ExplainedLine:
    """Where a line's price came from."""

    line_item_id: UUID
    target_kind: str  # image_project | video_project
    target_id: UUID
    price_ore: int
    price_version: int  # 0 is the default
    price_set_by: str | None  # a person; null of the default
    cleared_at: datetime
    delivered_on: date
    vat_type: str
    vat_rate_bp: int  # 2500 is 25 %


@value
class Happening:
    """What happened to an invoice, and what it was about."""

    at: datetime
    type: str
    actor: str
    amount_ore: int | None


@value
class Explanation:
    """How an invoice came to be, and what happened to it since."""

    lines: tuple[ExplainedLine, ...]
    history: tuple[Happening, ...]


@value
class ExplainInvoice(Asked[Explanation]):
    """Return where an invoice's prices came from, and what happened to it."""

    invoice_id: UUID
