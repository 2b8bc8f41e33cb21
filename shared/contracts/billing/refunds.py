"""Money that goes back to customers. Amounts are øre; days are days in Oslo."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Keyed, Listing
from chassis.domain import value


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
class RefundMoved:
    """Where a refund stands: Requested, Sent, Failed or Returned."""

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
    state: str  # Requested | Sent | Failed | Returned
    rail: str  # bank
    of: str  # receivable: what was paid of a credited invoice | credit: the workspace's
    amount_ore: int
    credit_note_id: UUID | None
    reason: str | None  # why it was asked for; of a credit note's it stands there
    reference: str | None  # the bank's
    paid_on: date | None
    failure_reason: str | None
    created_at: datetime
    updated_at: datetime
    version: int


@value
class ListRefunds(Listing[Refund]):
    """Return a page of refunds; for system admins."""

    state: Literal["Requested", "Sent", "Failed", "Returned"] | None = None
    workspace_id: UUID | None = None
