"""What a refund is told to do, and what happens to it. Amounts are øre."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from billing.domain.target import Target
from chassis.domain import UNTIMED, value

Rail = Literal["bank", "card"]
Of = Literal["advances", "receivable", "credit"]  # the account that it is promised out of
HELD = (
    "paid_twice",
    "amount_mismatch",
    "unknown_attempt",
    "target_gone",
)  # nothing was sold for it


@value
class RequestRefund:
    workspace_id: UUID
    rail: Rail
    of: Of
    amount_ore: int
    reason: str  # by_hand | project_failed | project_deleted | dashboard | dispute_lost | why held
    credit_note_id: UUID | None = None
    payment_id: UUID | None = None  # by card: of which payment
    payment_intent_id: str | None = None  # by card: of whose money
    target: Target | None = None  # by card: for what it was paid
    whole: bool = False  # all that was paid for the target
    at: datetime = UNTIMED


@value
class SubmitRefund:
    """Stripe has taken it, and says later what became of it."""

    provider_id: str


@value
class SendRefund:
    """It has been paid; by card `reference` is Stripe's id of it."""

    reference: str
    paid_on: date  # a day in Oslo
    at: datetime = UNTIMED


@value
class FailRefund:
    """The bank, or Stripe, refused it, or it came back."""


@value
class RefundRequested:
    workspace_id: UUID
    rail: Rail
    of: Of
    amount_ore: int
    reason: str
    credit_note_id: UUID | None
    payment_id: UUID | None
    payment_intent_id: str | None
    target: Target | None
    whole: bool
    at: datetime

    @property
    def sale_id(self) -> UUID | None:
        """The payment of whose sale it goes back; None: by bank, or of money that was held."""
        return None if self.reason in HELD else self.payment_id


@value
class RefundSubmitted:
    provider_id: str


@value
class RefundSent:
    rail: Rail
    amount_ore: int
    reference: str
    paid_on: date


@value
class RefundFailed:
    amount_ore: int
    payment_id: UUID | None = None  # by card: of whose sale


@value
class RefundReturned:
    """It had been sent."""

    amount_ore: int
    payment_id: UUID | None = None


Command = RequestRefund | SubmitRefund | SendRefund | FailRefund
Event = RefundRequested | RefundSubmitted | RefundSent | RefundFailed | RefundReturned
