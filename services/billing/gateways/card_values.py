"""What is asked of a card gateway, and what it says. Amounts are øre, gross."""

from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.domain import value

SessionStatus = Literal["open", "complete", "expired"]
Outcome = Literal["succeeded", "processing", "authentication_required", "card_declined"]
RefundStatus = Literal["pending", "succeeded", "failed", "canceled"]


@value
class NewSession:
    """A Checkout to be opened. Its key holds the amount: at another price it is another."""

    payment_id: UUID
    attempt: int
    customer_id: str
    amount_ore: int
    description: str  # as the buyer reads it
    target_kind: str
    target_id: UUID
    expires_at: datetime  # 30 minutes to 24 hours from now
    return_url: str  # where the buyer comes back to, paid or not: it proves nothing
    locale: Literal["nb", "en"]


@value
class Session:
    """A Checkout as it is now. Paid is one whose `payment_status` is not unpaid."""

    session_id: str
    url: str | None = field(repr=False)  # None once it is not open
    expires_at: datetime
    status: SessionStatus
    payment_status: str  # paid | unpaid | no_payment_required
    intent_id: str | None  # None until somebody pays
    amount_ore: int


@value
class NewCharge:
    """A saved card to be charged while its owner is away."""

    payment_id: UUID
    attempt: int
    customer_id: str
    payment_method_id: str
    amount_ore: int
    description: str


@value
class Charge:
    """What became of a charge; `code` says why it is not paid, in Stripe's word."""

    intent_id: str | None
    outcome: Outcome
    code: str | None = None


@value
class SavedCard:
    """A card that may be charged."""

    payment_method_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@value
class NewRefund:
    """Some of a captured payment, to go back."""

    refund_id: UUID
    payment_id: UUID
    intent_id: str
    amount_ore: int


@value
class RefundSaid:
    """A refund as Stripe has it. It may fail after it succeeded."""

    provider_id: str
    status: RefundStatus
    failure_reason: str | None
    amount_ore: int
    currency: str  # 'NOK'
    intent_id: str | None
    refund_id: UUID | None  # None: not made by us, but in the dashboard
    created: datetime


@value
class Intent:
    """A payment as Stripe has it; whose it is, is said by its metadata, if it is ours at all."""

    intent_id: str
    status: str  # succeeded: it is captured
    amount_ore: int  # what was received, once it succeeded; before that what is asked
    currency: str  # 'NOK'
    payment_id: UUID | None
    attempt: int | None
    created: datetime


@value
class Movement:
    """Money that a dispute took (less than 0) or gave back."""

    balance_transaction_id: str
    amount_ore: int
    currency: str
    at: datetime


@value
class DisputeSaid:
    """A dispute as Stripe has it: what it is now follows from `status` alone."""

    dispute_id: str
    status: str
    reason: str
    amount_ore: int  # may differ from the payment's
    currency: str
    intent_id: str | None
    movements: tuple[Movement, ...]
    created: datetime


@value
class Captured:
    """Money that was taken from a card at that moment."""

    intent_id: str | None
    amount_ore: int
    currency: str
    payment_id: UUID | None
    attempt: int | None
    at: datetime
