"""affiliate: what it tells others and what it is asked."""

from datetime import date
from uuid import UUID

from chassis.domain import value

# Events; amounts are øre, net of VAT


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

# Requests


@value
class CreateRelationship:
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    commission_percent: int = 20
    notes: str | None = None  # the reason, for a workspace that is not new any more


@value
class SetPayoutDetails:
    """Without an organisation number nothing is paid out."""

    legal_name: str
    organization_number: str | None
    vat_registered: bool
    account: str
    invoice_email: str


@value
class ListEarnings:
    affiliate_workspace_id: UUID | None = None
    status: str | None = None  # pending | paid_out
    limit: int = 50
    cursor: str | None = None


@value
class ListRelationships:
    affiliate_workspace_id: UUID | None = None
    limit: int = 50
    cursor: str | None = None


@value
class CreatePayout:
    cutoff: date  # in Oslo, inclusive
    affiliate_workspace_id: UUID | None = None


@value
class ApprovePayout:
    payout_id: UUID


@value
class ConfirmPayout:
    payout_id: UUID
    reference: str
    paid_on: date
    supplier_invoice_number: str | None = None  # of an affiliate that is registered for VAT


@value
class FailPayout:
    payout_id: UUID
    reason: str | None = None


@value
class CancelPayout:
    payout_id: UUID
    reason: str | None = None


@value
class ListPayouts:
    affiliate_workspace_id: UUID | None = None
    state: str | None = None  # created | approved | confirmed | failed | cancelled
    limit: int = 50
    cursor: str | None = None


@value
class GetPayout:
    payout_id: UUID


@value
class AffiliateStats:
    pass
