"""What billing replies: the seed's rows and sums. Amounts are øre; `_bp` is hundredths of 1 %."""

from dataclasses import field
from datetime import date, datetime
from uuid import UUID

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


@value
class InvoiceLineItem(InvoiceLine):
    """A line, on an invoice or not yet, with the version of its stream."""

    version: int


@value
class Invoice:
    """An invoice as it stands today; `total_amount_ore` is net. Days are days in Oslo."""

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
class InvoiceIssued:
    """An invoice that has its number; `kid` is what a payment names."""

    id: UUID
    version: int
    state: str
    invoice_number: int | None = None
    kid: str | None = None
    due_date: date


@value
class PaymentRecorded:
    """An invoice on which money came, and what remains of it (øre)."""

    id: UUID
    version: int
    state: str
    remaining_ore: int


@value
class Pdf:
    """An invoice's document (`size` in bytes) and a link to it, for 15 minutes."""

    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int


@value
class Eligibility:
    """Whether the caller's workspace may pay by invoice, and if not why."""

    eligible: bool
    reason: str | None = None


@value
class Pricing:
    """What a workspace pays for a project, net of VAT."""

    workspace_id: UUID
    image_project_price_ore: int
    video_project_price_ore: int
    currency: str
    vat_rate_bp: int
    price_version: int
    version: int


@value
class PaymentStatus:
    """How the payment of a target stands; what is null is not known while it is not cleared."""

    id: UUID
    version: int
    workspace_id: UUID
    target_kind: str  # image_project | video_project
    target_id: UUID
    run: int
    price_ore: int
    clearance: str  # cleared | payment_required
    is_paid: bool
    reason: str | None = None
    payment_method: str | None = None  # invoice | stripe | free
    price_version: int | None = None
    vat_rate_bp: int | None = None
    cleared_at: datetime | None = None
    status: str | None = None  # pending | completed
    paid_at: datetime | None = None


@value
class CardReply:
    """What a method on cards replies: nothing of it is agreed, for all of them are refused yet."""
