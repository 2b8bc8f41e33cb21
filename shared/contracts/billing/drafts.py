"""Drafts: lines put on an invoice, seen before it is issued, and released again. Øre."""

from datetime import date
from uuid import UUID

from chassis.asked import Asked, Keyed
from chassis.domain import value
from contracts.auth.workspaces import BillingAddress
from contracts.billing.line_items import InvoiceLine


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
    reason: str  # unknown | other_workspace | not_pending | invoice_full


@value
class Drafts:
    """The invoices that were drafted, and what was left out."""

    items: tuple[Drafted, ...]
    skipped: tuple[SkippedLine, ...]


@value
class CreateInvoices(Keyed[Drafts]):
    """Draft invoices of the lines named, or of all that wait; for system admins.

    One a workspace and organisation number that its lines were cleared for, 1 000 lines at most.
    """

    workspace_id: UUID | None = None
    line_item_ids: tuple[UUID, ...] | None = None


@value
class Buyer:
    """Whom a document names; anything may be missing yet."""

    legal_name: str | None
    organization_number: str | None
    billing_address: BillingAddress | None
    invoice_email: str | None
    invoice_reference: str | None


@value
class Preview:
    """What an invoice would be if it were drafted and issued today, and what it would lack."""

    workspace_id: UUID
    lines: tuple[InvoiceLine, ...]
    net_ore: int
    vat_ore: int
    gross_ore: int
    credit_ore: int  # of the workspace's credit, that would pay part of it
    to_pay_ore: int
    due_date: date
    buyer: Buyer
    missing: tuple[str, ...]  # legal_name | organization_number | gross_ore | buyer_changed


@value
class PreviewInvoice(Asked[Preview]):
    """Return what would be issued of the lines named, or of all that wait. Writes nothing.

    It is one invoice: of the organisation number that its first line was cleared for.
    """

    workspace_id: UUID | None = None
    line_item_ids: tuple[UUID, ...] | None = None


@value
class DiscardedInvoice:
    """A draft that is no invoice; its lines wait again."""

    id: UUID
    version: int
    state: str
    line_item_ids: tuple[UUID, ...]


@value
class DiscardInvoice(Keyed[DiscardedInvoice]):
    """Let a draft be none: its lines wait again; for system admins."""

    invoice_id: UUID
    reason: str | None = None
