"""What a line item is told to do, and what happens to it. Amounts are øre."""

from datetime import date
from uuid import UUID

from billing.domain.pricing import Price
from billing.domain.target import Target
from billing.domain.vat import HIGH
from chassis.domain import value


@value
class CreateLineItem:
    """Work was delivered that is paid by invoice, or by card on its sales document."""

    workspace_id: UUID
    payment_id: UUID
    k: int  # counts a payment's lines: 1, and one more each time it is billed again
    target: Target
    title: str
    price: Price
    delivered_on: date  # a day in Oslo
    rail: str  # invoice | card
    organization_number: str | None  # of the clearance by invoice
    vat_type: str = HIGH
    paid_ore: int | None = None  # by card, VAT included: then that is what it comes to


@value
class PutOnInvoice:
    invoice_id: UUID
    position: int  # on it, from 1


@value
class Release:
    """The draft that it is on was discarded."""

    invoice_id: UUID


@value
class Cancel:
    """It is not to be paid."""


@value
class NoteCredit:
    """A credit note takes back so much of it, net; the VAT on that follows."""

    credit_note_id: UUID
    net_ore: int


@value
class Forget:
    """Its target was deleted."""


@value
class LineItemCreated:
    workspace_id: UUID
    payment_id: UUID
    k: int
    target: Target
    title: str  # customer text
    price: Price
    quantity: int
    net_ore: int
    vat_ore: int
    gross_ore: int
    vat_rate_bp: int  # of the day of delivery; 2500 is 25 %
    vat_type: str
    delivered_on: date
    rail: str  # invoice | card
    organization_number: str | None


@value
class LineItemInvoiced:
    invoice_id: UUID
    position: int  # on it, from 1


@value
class LineItemReleased:
    invoice_id: UUID


@value
class LineItemCancelled:
    """The reason that a person gave lies with the personal texts."""


@value
class LineItemCredited:
    credit_note_id: UUID
    net_ore: int
    vat_ore: int


@value
class LineItemTargetForgotten:
    """Its row names no project any more."""
