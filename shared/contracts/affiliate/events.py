"""What affiliate tells others; amounts are øre, net of VAT."""

from datetime import date
from uuid import UUID

from chassis.domain import value
from contracts.forgetting import SubjectForgotten as SubjectForgotten


@value
class RelationshipStarted:
    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int


@value
class RelationshipEnded:
    """Nothing more is earned by it; what was earned stays."""

    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID


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
    """An invoice was paid and nothing was earned on it; `reason` says why.

    currency | paid_before_relationship | issued_before_relationship | self_referral |
    zero_commission
    """

    invoice_id: UUID
    referred_workspace_id: UUID
    reason: str


@value
class CommissionReduced:
    """An earning that is in no payout is another amount by now; more, if it was paid again."""

    earning_id: UUID
    affiliate_workspace_id: UUID
    invoice_id: UUID
    change_ore: int
    earning_ore: int  # by now
    cause: str  # credited | reversed | settled_again


@value
class CommissionClawedBack:
    """A correction stands beside an earning that is in a payout; positive, if paid again."""

    earning_id: UUID
    corrects: UUID
    affiliate_workspace_id: UUID
    invoice_id: UUID
    amount_ore: int
    cause: str  # credited | reversed | settled_again


@value
class PayoutSent:
    payout_id: UUID
    affiliate_workspace_id: UUID
    amount_ore: int
    earning_ids: tuple[UUID, ...]
    reference: str
    paid_on: date


PUBLISHES = (
    RelationshipStarted,
    RelationshipEnded,
    CommissionEarned,
    CommissionSkipped,
    CommissionReduced,
    CommissionClawedBack,
    PayoutSent,
    SubjectForgotten,
)
