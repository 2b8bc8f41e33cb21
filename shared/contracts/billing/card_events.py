"""What billing tells others of cards, and of money that goes back. Amounts are øre."""

from datetime import date
from uuid import UUID

from chassis.domain import value


@value
class PaymentRefunded:
    """Money went back to a customer."""

    refund_id: UUID
    workspace_id: UUID
    target_kind: str | None
    target_id: UUID | None
    amount_ore: int
    whole: bool  # all that was paid for the target


@value
class SaleDocumented:
    """What a card paid was delivered, and has its sales document. No commission is paid on it."""

    invoice_id: UUID
    workspace_id: UUID
    series: str
    invoice_number: int
    target_kind: str
    target_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int
    issue_date: date


@value
class PaymentFailed:
    """A card did not pay, or a Checkout came to its end."""

    target_kind: str
    target_id: UUID
    workspace_id: UUID
    # expired | card_declined | authentication_required | amount_mismatch; of a saved card that was
    # not even tried no_saved_card | not_issuable | auto_charge_off | card_not_configured |
    # workspace_suspended | workspace_unknown
    reason: str


@value
class DisputeOpened:
    """A customer's bank takes a card payment back, or asks about it: `inquiry`."""

    dispute_id: UUID
    payment_id: UUID
    target_kind: str
    target_id: UUID
    workspace_id: UUID
    amount_ore: int
    inquiry: bool


@value
class DisputeClosed:
    dispute_id: UUID
    payment_id: UUID
    target_kind: str
    target_id: UUID
    workspace_id: UUID
    amount_ore: int
    outcome: str  # won | lost | prevented | warning_closed
