"""Money that comes for invoices, and customers' credit. Amounts are øre; days are days in Oslo."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Keyed
from chassis.domain import value


@value
class PaymentRecorded:
    """An invoice on which money came, and what remains of it.

    `credited_ore`: what it did not need of the transfer, now its workspace's credit.
    """

    id: UUID
    version: int
    state: str
    remaining_ore: int
    credited_ore: int
    bank_payment_id: UUID


@value
class RecordInvoicePayment(Keyed[PaymentRecorded]):
    """Record that a transfer came, all of it meant for this invoice; for system admins.

    `external_id` names it within its source: however it is written it counts once. The same again
    is answered as the invoice stands by then.
    """

    invoice_id: UUID
    amount_ore: int  # of the whole transfer
    paid_on: date
    source: Literal["bank", "manual"]
    external_id: str


@value
class PaymentReversed:
    """An invoice that a payment was taken off, and what remains of it."""

    id: UUID
    version: int
    state: str
    remaining_ore: int


@value
class ReverseInvoicePayment(Keyed[PaymentReversed]):
    """Take a payment off an invoice; for system admins.

    A transfer is unallocated again, or if it bounced has left the bank; what was credited beside
    is taken back. Credit that paid is credit again: its `external_id` is the invoice's number.
    """

    invoice_id: UUID
    source: Literal["bank", "manual", "credit"]
    external_id: str
    reason: Literal["bounced", "misallocated"]


@value
class CreditEntry:
    """What came to a workspace's credit, or (below zero) went of it."""

    at: datetime
    type: str  # granted | spent | taken_back | restored
    amount_ore: int
    reference: str


@value
class Credit:
    """A workspace's credit: the balance, and the latest of its entries, newest first."""

    workspace_id: UUID
    balance_ore: int
    entries: tuple[CreditEntry, ...]


@value
class GetCredit(Asked[Credit]):
    """Return a workspace's credit, by default one's own."""

    workspace_id: UUID | None = None
