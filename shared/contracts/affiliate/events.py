"""What affiliate tells others; amounts are øre, net of VAT."""

from datetime import date
from uuid import UUID

from chassis.domain import value


@value
class RelationshipStarted:
    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int


@value
class CommissionEarned:
    earning_id: UUID
    relationship_id: UUID
    affiliate_workspace_id: UUID
    invoice_id: UUID
    base_ore: int
    percent: int
    earning_ore: int


@value
class CommissionSkipped:
    """An invoice was paid and nothing was earned on it; `reason` says why."""

    invoice_id: UUID
    referred_workspace_id: UUID
    reason: str  # zero_commission


@value
class PayoutSent:
    payout_id: UUID
    affiliate_workspace_id: UUID
    amount_ore: int
    earning_ids: tuple[UUID, ...]
    reference: str
    paid_on: date


PUBLISHES = (RelationshipStarted, CommissionEarned, CommissionSkipped, PayoutSent)
