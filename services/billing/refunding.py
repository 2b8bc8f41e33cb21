"""A refund by card, moved on by what Stripe says of it; what fails is the workspace's credit."""

import logging
from uuid import UUID

from billing.domain import oslo, refund, refund_messages, wallet, wallet_messages
from billing.domain.refund_messages import RefundSent
from billing.gateways.card_values import RefundStatus
from chassis.unit.deciding import Unit

log = logging.getLogger(__name__)


def moved(
    unit: Unit, refund_id: UUID, status: RefundStatus, provider_id: str
) -> refund.Refund | None:
    """Move a refund to what Stripe says of it, and return where it stands; None: no such refund.

    What is told late changes nothing: one that failed is credit, whatever was told before. Nor
    does what Stripe says of another: `provider_id` is its name of what it speaks of.
    """
    before: refund.Refund | None = unit.state(refund.decider, refund_id)
    match before:
        case None | refund.Failed() | refund.Returned():
            return before
        case refund.Submitted(provider_id=known) | refund.Sent(sent=RefundSent(reference=known)):
            if known != provider_id:
                return _another(refund_id, before, provider_id)
    match status:
        case "pending":
            command: refund_messages.Command = refund_messages.SubmitRefund(provider_id=provider_id)
        case "succeeded":
            today = oslo.day(unit.call.at)
            command = refund_messages.SendRefund(reference=provider_id, paid_on=today)
        case _:
            return _fail(unit, refund_id, before)
    stands: refund.Refund = unit.decide(refund.decider, refund_id, command).state
    return stands


def _another(refund_id: UUID, stands: refund.Refund, provider_id: str) -> refund.Refund:
    """Return it as it stands: it went back under one name, and this is another's."""
    about = {"refund": refund_id, "provider_id": provider_id}
    log.error("Stripe has two refunds for what was promised once", extra=about)
    return stands


def _fail(unit: Unit, refund_id: UUID, before: refund.Refund) -> refund.Refund:
    stands: refund.Refund = unit.decide(
        refund.decider, refund_id, refund_messages.FailRefund()
    ).state
    grant = wallet_messages.Grant(
        workspace_id=stands.workspace_id,
        amount_ore=stands.terms.amount_ore,
        origin="card_refund_returned" if isinstance(before, refund.Sent) else "refund_failed",
        reference=str(refund_id),
    )
    unit.decide(wallet.decider, stands.workspace_id, grant)
    return stands
