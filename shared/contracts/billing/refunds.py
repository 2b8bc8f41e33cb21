"""Money that goes back to customers. Amounts are øre; days are days in Oslo."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Keyed, Listing
from chassis.domain import value
from contracts.billing.prices import TargetKind


@value
class RefundRequested:
    """A refund that somebody is to pay."""

    id: UUID
    version: int
    state: str
    amount_ore: int


@value
class RefundCredit(Keyed[RefundRequested]):
    """Promise a workspace its credit, or some of it, back by bank; for system admins."""

    workspace_id: UUID
    amount_ore: int
    reason: str


@value
class PaymentRefund:
    """A refund by card that is on its way; after delivery, with its credit note."""

    id: UUID  # the refund
    version: int
    state: str
    amount_ore: int  # with VAT
    credit_note_id: UUID | None = None
    credit_note_number: int | None = None


@value
class RefundPayment(Keyed[PaymentRefund]):
    """Give back what a card paid for a target; for system admins.

    Before delivery all of it, `net_ore` None. After it whole kroner net, None for all that is
    left, together with a credit note.
    """

    target_kind: TargetKind
    target_id: UUID
    reason: str
    net_ore: int | None = None


@value
class RefundMoved:
    """Where a refund stands: Requested, Submitted, Sent, Failed or Returned."""

    id: UUID
    version: int
    state: str


@value
class ConfirmRefund(Keyed[RefundMoved]):
    """Record that the bank has paid a refund; for system admins."""

    refund_id: UUID
    reference: str  # the bank's
    paid_on: date


@value
class FailRefund(Keyed[RefundMoved]):
    """Record that a refund cannot be paid, or came back: it is the workspace's credit again."""

    refund_id: UUID
    reason: str


@value
class Refund:
    """A refund as it stands."""

    id: UUID
    workspace_id: UUID
    state: str  # Requested | Submitted (by card) | Sent | Failed | Returned
    rail: str  # bank | card
    of: str  # advances | receivable: paid, and credited | credit: the workspace's
    amount_ore: int
    cause: str  # by_hand | project_failed | project_deleted | dashboard | dispute_lost | why held
    payment_id: UUID | None  # by card
    credit_note_id: UUID | None
    reason: str | None  # why it was asked for; of a credit note's it stands there
    reference: str | None  # the bank's, or Stripe's
    paid_on: date | None
    failure_reason: str | None
    created_at: datetime
    updated_at: datetime
    version: int


@value
class ListRefunds(Listing[Refund]):
    """Return a page of refunds; for system admins."""

    state: Literal["Requested", "Submitted", "Sent", "Failed", "Returned"] | None = None
    workspace_id: UUID | None = None
