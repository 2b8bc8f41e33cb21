"""What others hear of money by card: what failed, what went back, what is disputed."""

from typing import Any
from uuid import UUID

from billing.domain.dispute import Dispute
from billing.domain.dispute_messages import DisputeClosed, DisputeOpened
from billing.domain.payment_events import CardPaymentFailed, CheckoutExpired
from billing.domain.payment_states import Asked
from billing.domain.refund import Sent
from billing.domain.refund_messages import RefundSent
from chassis.unit.store import Recorded
from contracts.billing import card_events as told


def told_of(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event of a card's money is told as, or None."""
    id = recorded.subject
    match recorded.event:
        case CheckoutExpired(reason=reason):
            return _failed(state, reason)
        case CardPaymentFailed(code=code):
            return _failed(state, code)
        case RefundSent():
            return _refunded(id, state)
        case DisputeOpened(inquiry=inquiry):
            return told.DisputeOpened(**_dispute(id, state), inquiry=inquiry)
        case DisputeClosed(outcome=outcome):
            return told.DisputeClosed(**_dispute(id, state), outcome=outcome)
    return None


def _failed(payment: Asked, reason: str) -> told.PaymentFailed:
    target = payment.order.target
    return told.PaymentFailed(
        target_kind=target.kind,
        target_id=target.id,
        workspace_id=payment.workspace_id,
        reason=reason,
    )


def _refunded(refund_id: UUID, refund: Sent) -> told.PaymentRefunded:
    terms = refund.terms
    return told.PaymentRefunded(
        refund_id=refund_id,
        workspace_id=refund.workspace_id,
        target_kind=terms.target.kind if terms.target else None,
        target_id=terms.target.id if terms.target else None,
        amount_ore=terms.amount_ore,
        whole=terms.whole,
    )


def _dispute(dispute_id: UUID, dispute: Dispute) -> dict[str, Any]:
    opened = dispute.opened
    return {
        "dispute_id": dispute_id,
        "payment_id": opened.payment_id,
        "target_kind": opened.target.kind,
        "target_id": opened.target.id,
        "workspace_id": dispute.workspace_id,
        "amount_ore": opened.amount_ore,
    }
