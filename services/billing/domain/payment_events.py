"""What happens to a payment. Amounts are øre; what is paid by card includes VAT."""

from datetime import datetime
from uuid import UUID

from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.domain import value


@value
class ClearanceRefused:
    workspace_id: UUID
    target: Target
    run: int
    max_price_ore: int | None
    price: Price
    reason: str  # no_method | workspace_unknown | workspace_suspended | price_above_max


@value
class ChargeDue:
    """A saved card is to pay, as its owner wants it; a job looks who the buyer is, and begins."""

    workspace_id: UUID
    target: Target
    run: int
    max_price_ore: int | None
    price: Price


@value
class TargetCleared:
    target: Target
    run: int
    workspace_id: UUID
    method: str  # invoice | stripe | free
    price: Price
    organization_number: str | None  # by invoice: to whom credit was given
    at: datetime


@value
class ClearanceRepeated:
    """Cleared long ago; whoever asked for another run is told so."""

    run: int


@value
class CheckoutOpened:
    target: Target
    attempt: int
    session_id: str
    price: Price
    vat_rate_bp: int
    amount_ore: int
    expires_at: datetime


@value
class CheckoutExpired:
    attempt: int
    reason: str  # expired | card_declined | amount_mismatch: what was paid went back


@value
class ChargeStarted:
    target: Target
    attempt: int
    charge_id: UUID
    price: Price
    vat_rate_bp: int
    amount_ore: int
    payment_method_id: str


@value
class CardPaymentFailed:
    attempt: int | None  # None: it was not even tried
    # card_declined | authentication_required | amount_mismatch; of what was not even tried
    # no_saved_card | not_issuable | auto_charge_off | card_not_configured | workspace_…
    code: str


@value
class CardPaymentCaptured:
    """Its money is an advance until the work is delivered."""

    attempt: int
    amount_ore: int
    payment_intent_id: str
    at: datetime


@value
class CardPaymentHeld:
    """Money came that nothing is sold for: it goes back."""

    amount_ore: int
    payment_intent_id: str
    why: str  # paid_twice | amount_mismatch | unknown_attempt | target_gone


@value
class DeliveryNoted:
    """Delivered before it was cleared: whatever clears it bills it too."""

    workspace_id: UUID
    target: Target
    title: str  # customer text
    completed_at: datetime


@value
class AdvanceConsumed:
    """Delivered: the sales document says what the advance was for."""

    invoice_id: UUID


@value
class AdvanceReturnDue:
    """It is to go back, but a dispute is open on it."""

    reason: str  # project_failed | project_deleted


@value
class AdvanceReturned:
    refund_id: UUID
    reason: str  # project_failed | project_deleted | by_hand | dashboard


@value
class AdvanceLost:
    """A dispute was lost before delivery: that much is gone, the rest goes back."""

    dispute_id: UUID
    amount_ore: int
    returned_ore: int
    refund_id: UUID | None  # of the rest


@value
class TargetDisputed:
    dispute_id: UUID


@value
class TargetUndisputed:
    dispute_id: UUID


@value
class TargetSettled:
    at: datetime


@value
class TargetUnsettled:
    pass


@value
class TargetForgotten:
    """The target was deleted. What was delivered of it is owed all the same."""

    unpaid: bool = False  # nothing was sold of it, and nothing will be


Event = (
    ClearanceRefused
    | ChargeDue
    | TargetCleared
    | ClearanceRepeated
    | CheckoutOpened
    | CheckoutExpired
    | ChargeStarted
    | CardPaymentFailed
    | CardPaymentCaptured
    | CardPaymentHeld
    | DeliveryNoted
    | AdvanceConsumed
    | AdvanceReturnDue
    | AdvanceReturned
    | AdvanceLost
    | TargetDisputed
    | TargetUndisputed
    | TargetSettled
    | TargetUnsettled
    | TargetForgotten
)
EVENTS = (
    ClearanceRefused,
    ChargeDue,
    TargetCleared,
    ClearanceRepeated,
    CheckoutOpened,
    CheckoutExpired,
    ChargeStarted,
    CardPaymentFailed,
    CardPaymentCaptured,
    CardPaymentHeld,
    DeliveryNoted,
    AdvanceConsumed,
    AdvanceReturnDue,
    AdvanceReturned,
    AdvanceLost,
    TargetDisputed,
    TargetUndisputed,
    TargetSettled,
    TargetUnsettled,
    TargetForgotten,
)
