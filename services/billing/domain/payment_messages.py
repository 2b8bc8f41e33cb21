"""What a payment is told to do. Amounts are øre; what is paid by card includes VAT."""

from datetime import datetime
from uuid import UUID

from billing.domain.clearance import Terms
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.domain import UNTIMED, value


@value
class RequestClearance:
    """Somebody wants work on a target."""

    workspace_id: UUID
    target: Target
    run: int
    max_price_ore: int | None
    terms: Terms
    at: datetime = UNTIMED


@value
class Reconsider:
    """The workspace is known, can be invoiced or is active again: what waits is answered anew."""

    terms: Terms
    at: datetime = UNTIMED


@value
class TakeCard:
    """May it be paid by card, at this price? A question."""

    price: Price
    refusal: str | None  # of its workspace: workspace_suspended
    at: datetime = UNTIMED


@value
class OpenCheckout:
    """A Checkout session was made for its next attempt."""

    attempt: int
    session_id: str
    price: Price
    vat_rate_bp: int  # 0: the buyer is abroad
    amount_ore: int
    expires_at: datetime
    at: datetime = UNTIMED


@value
class StartCharge:
    """A saved card is to be charged; the same `charge_id` again is the same charge."""

    charge_id: UUID
    price: Price
    vat_rate_bp: int
    amount_ore: int
    payment_method_id: str
    at: datetime = UNTIMED


@value
class Capture:
    """Money came for an attempt."""

    attempt: int
    amount_ore: int
    payment_intent_id: str
    at: datetime = UNTIMED


@value
class EndCheckout:
    """A session is over, and was not paid: what waits is answered anew, but by no charge."""

    attempt: int
    reason: str  # expired | card_declined | amount_mismatch
    terms: Terms
    at: datetime = UNTIMED


@value
class FailCharge:
    """A saved card was not charged, for good; `attempt` None: it was not even tried."""

    attempt: int | None
    code: str  # of `CardPaymentFailed`
    terms: Terms
    at: datetime = UNTIMED


@value
class Deliver:
    """Work on the target came out; two sources have no common order, so it may not be cleared.

    `invoice_id` is the sales document of what was paid by card.
    """

    workspace_id: UUID
    target: Target
    title: str
    completed_at: datetime
    invoice_id: UUID


@value
class Fail:
    """Nothing came out of a run: an advance goes back, under that refund."""

    run: int
    refund_id: UUID


@value
class Forget:
    """The target was deleted: an advance goes back, under that refund."""

    refund_id: UUID


@value
class Refund:
    """Somebody wants the money back: an advance as a whole; of a delivery, a question only."""

    refund_id: UUID
    whole: bool


@value
class NoteReturn:
    """Somebody gave the advance back at Stripe, or a part of it: all of it goes back then."""

    refund_id: UUID


@value
class NoteDispute:
    """A dispute is open: nothing is given back while it is."""

    dispute_id: UUID


@value
class EndDispute:
    """A dispute is over and was not lost: what it held up goes on, under that refund."""

    dispute_id: UUID
    refund_id: UUID


@value
class LoseDispute:
    """A dispute was lost: of an advance that much is gone, the rest goes back."""

    dispute_id: UUID
    amount_ore: int
    refund_id: UUID


@value
class Settle:
    """The invoice that this target is on has been paid."""

    at: datetime = UNTIMED


@value
class Unsettle:
    """What was paid for this target left its invoice again, or it is billed anew."""


Command = (
    RequestClearance
    | Reconsider
    | TakeCard
    | OpenCheckout
    | StartCharge
    | Capture
    | EndCheckout
    | FailCharge
    | Deliver
    | Fail
    | Forget
    | Refund
    | NoteReturn
    | NoteDispute
    | EndDispute
    | LoseDispute
    | Settle
    | Unsettle
)
