"""Transfers: money at the bank, before it is known whose it is. Amounts are øre, days in Oslo."""

from dataclasses import field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Keyed, Listing
from chassis.domain import value


@value
class Transfer:
    """What the bank says of one. `kid` is the payer's reference, `text` what the payer wrote."""

    external_id: str
    paid_on: date
    amount_ore: int
    kid: str | None = field(default=None, repr=False)
    text: str | None = field(default=None, repr=False)


@value
class TransferTaken:
    """What became of one; the amounts are of this call.

    `reason` of what is unallocated: no_kid, kid_invalid, kid_unknown, paid_on_implausible; of what
    is refused: amount_not_positive, paid_in_future, payment_mismatch.
    """

    external_id: str
    bank_payment_id: UUID | None
    state: str  # allocated | unallocated | known | refused
    reason: str | None
    invoice_id: UUID | None
    applied_ore: int
    credited_ore: int


@value
class TransfersTaken:
    """What became of each, in their order."""

    items: tuple[TransferTaken, ...]


@value
class ImportBankPayments(Keyed[TransfersTaken]):
    """Record transfers, and let each pay the invoice that its KID names; for system admins.

    Each has its own answer. What is known already is not recorded again, so that a call that ended
    half way, and a file that is read twice, may be repeated.
    """

    payments: tuple[Transfer, ...]


@value
class AllocatedInvoice:
    """An invoice that a transfer was allocated to."""

    id: UUID
    state: str
    remaining_ore: int


@value
class TransferAllocated:
    """A transfer, and what is left of it."""

    id: UUID
    version: int
    left_ore: int
    invoice: AllocatedInvoice | None


@value
class AllocateBankPayment(Keyed[TransferAllocated]):
    """Let what is left of a transfer pay an invoice, or be a workspace's credit; for system admins.

    Exactly one of the two. An invoice takes no more than it needs; the rest stays left.
    """

    bank_payment_id: UUID
    invoice_id: UUID | None = None
    workspace_id: UUID | None = None
    amount_ore: int | None = None  # None: all that is left


@value
class TransferReturned:
    """A transfer of which nothing is left."""

    id: UUID
    version: int
    left_ore: int


@value
class ReturnBankPayment(Keyed[TransferReturned]):
    """Record that what is left of a transfer has left the bank again; for system admins."""

    bank_payment_id: UUID
    reference: str  # the bank's
    paid_on: date


@value
class BankPayment:
    """A transfer as it stands: unallocated while something is left, reversed if all went back."""

    id: UUID
    source: str
    external_id: str
    amount_ore: int
    left_ore: int
    invoiced_ore: int
    credited_ore: int
    reversed_ore: int
    paid_on: date
    kid: str | None
    text: str | None
    state: str  # allocated | unallocated | reversed
    created_at: datetime
    updated_at: datetime
    version: int


@value
class ListBankPayments(Listing[BankPayment]):
    """Return a page of transfers, newest first; for system admins."""

    state: Literal["allocated", "unallocated", "reversed"] | None = None
