"""What is taken back of an invoice, given back, or given up. Amounts are øre; days are in Oslo."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Keyed, Listing
from chassis.domain import value

Ground = Literal["reminders", "collection_failed", "insolvency", "irrecoverable"]


@value
class LineToCredit:
    """How much of a line is taken back: whole kroner, or all that is left of it."""

    line_item_id: UUID
    net_ore: int


@value
class CreditedInvoice:
    """An invoice after a credit note; what had been paid of the credited went to one of two."""

    id: UUID
    version: int
    state: str
    remaining_ore: int
    credit_note_id: UUID
    credit_note_number: int
    net_ore: int  # of this credit note, as the two below
    vat_ore: int
    gross_ore: int
    credited_to_workspace_ore: int  # its credit pays its next invoices
    refund_id: UUID | None  # or: to be paid back by bank
    new_line_item_ids: tuple[UUID, ...]  # billed again


@value
class CreditInvoice(Keyed[CreditedInvoice]):
    """Take back an issued invoice, whole or in part, by a credit note; for system admins."""

    invoice_id: UUID
    reason: str  # stands on the document
    lines: tuple[LineToCredit, ...] | None = None  # None: all that is left of it
    refund: bool = False  # pay back what was paid of it, and do not keep it as credit
    rebill: bool = False  # bill the same work again; whole lines only


@value
class CreditNote:
    """A credit note: it names its invoice and why."""

    id: UUID
    workspace_id: UUID
    invoice_id: UUID
    series: str
    number: int
    issue_date: date
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    reason: str
    delivery: str  # pending | delivered | failed
    document_ref: str | None
    document_sha256: str | None
    document_size: int | None  # bytes
    ehf_ref: str | None
    ehf_sha256: str | None
    ehf_size: int | None  # bytes
    created_at: datetime
    updated_at: datetime
    version: int


@value
class CreditNoteLine:
    """What it takes back of one line of its invoice."""

    line_item_id: UUID
    description: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    vat_type: str
    vat_rate_bp: int  # 2500 is 25 %
    delivered_on: date


@value
class CreditNoteWithLines(CreditNote):
    """A credit note and its lines, in their order."""

    lines: tuple[CreditNoteLine, ...]


@value
class GetCreditNote(Asked[CreditNoteWithLines]):
    """Return a credit note with its lines."""

    credit_note_id: UUID


@value
class ListCreditNotes(Listing[CreditNote]):
    """Return a page of credit notes: one's own, or to a system admin anybody's."""

    workspace_id: UUID | None = None
    invoice_id: UUID | None = None


@value
class WrittenOffInvoice:
    """An invoice of which nobody waits for the rest."""

    id: UUID
    version: int
    state: str
    written_off_ore: int
    vat_relief_ore: int


@value
class WriteOffInvoice(Keyed[WrittenOffInvoice]):
    """Move what remains to the losses; for system admins. What comes all the same is recovered."""

    invoice_id: UUID
    reason: str
    vat_relief: bool = False
    ground: Ground | None = None  # with relief
    reference: str | None = None  # what proves it; with all grounds but reminders
