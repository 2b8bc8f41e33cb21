"""What others hear of affiliate: relationships, commissions and payouts that were sent."""

from typing import Any

from affiliate.domain.earning_messages import (
    CorrectionMade,
    Earned,
    EarningAdjusted,
    EarningSkipped,
)
from affiliate.domain.payout_messages import PayoutConfirmed
from affiliate.domain.relationship import RelationshipEnded, RelationshipStarted
from chassis.hearing.forgetting import SubjectForgotten
from chassis.unit.store import Recorded
from contracts.affiliate import events as told
from contracts.auth.erasure import KeptOf
from contracts.forgetting import SubjectForgotten as Forgotten


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None."""
    match recorded.event:
        case RelationshipStarted() as event:
            return told.RelationshipStarted(
                relationship_id=recorded.subject,
                affiliate_workspace_id=event.affiliate_workspace_id,
                referred_workspace_id=event.referred_workspace_id,
                percent=event.percent,
            )
        case RelationshipEnded():
            return told.RelationshipEnded(
                relationship_id=recorded.subject,
                affiliate_workspace_id=state.workspace_id,
                referred_workspace_id=state.referred_workspace_id,
            )
        case Earned() as event:
            return told.CommissionEarned(
                earning_id=recorded.subject,
                relationship_id=event.relationship_id,
                affiliate_workspace_id=event.affiliate_workspace_id,
                invoice_id=event.invoice_id,
                base_ore=event.base_ore,
                percent=event.percent,
                earning_ore=event.earning_ore,
            )
        case EarningSkipped() as event:
            return told.CommissionSkipped(
                invoice_id=event.invoice_id,
                referred_workspace_id=event.referred_workspace_id,
                reason=event.reason,
            )
        case EarningAdjusted() as event:
            return told.CommissionReduced(
                earning_id=recorded.subject,
                affiliate_workspace_id=state.workspace_id,
                invoice_id=state.terms.invoice_id,
                change_ore=event.change_ore,
                earning_ore=event.amount_ore,
                cause=event.cause,
            )
        case CorrectionMade() as event:
            return told.CommissionClawedBack(
                earning_id=recorded.subject,
                corrects=event.corrects,
                affiliate_workspace_id=event.affiliate_workspace_id,
                invoice_id=event.invoice_id,
                amount_ore=event.amount_ore,
                cause=event.cause,
            )
        case PayoutConfirmed() as event:
            return told.PayoutSent(
                payout_id=recorded.subject,
                affiliate_workspace_id=state.workspace_id,
                amount_ore=event.amount_ore,
                earning_ids=state.contents.earning_ids,
                reference=event.reference,
                paid_on=event.paid_on,
            )
    return _forgotten(recorded)


def _forgotten(recorded: Recorded) -> Any:
    match recorded.event:
        case SubjectForgotten(user_id=user_id, kept=kept):
            stays = tuple(KeptOf(what=each.what, until=each.until) for each in kept)
            return Forgotten(erasure_id=recorded.subject, user_id=user_id, kept=stays)
    return None
