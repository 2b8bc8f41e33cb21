"""What an earning is told to do, and what happens to it. Amounts are øre, net of VAT."""

from datetime import date, datetime
from uuid import UUID

from chassis.domain import value


@value
class Earn:
    """An invoice of the referred workspace was paid; amounts are øre, net of VAT."""

    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    relationship_started_at: datetime
    percent: int
    invoice_id: UUID
    invoice_series: str
    invoice_number: int
    currency: str
    invoice_net_ore: int
    credited_net_ore: int
    base_ore: int
    issue_date: date
    paid_at: datetime
    recorded_at: datetime  # when billing took note of the payment
    hold_days: int = 0


@value
class Reserve:
    payout_id: UUID
    cutoff: date  # in Oslo, inclusive


@value
class Release:
    """The payout will not happen."""

    payout_id: UUID


@value
class PayOut:
    payout_id: UUID
    reference: str


@value
class Earned:
    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int
    invoice_id: UUID
    invoice_series: str
    invoice_number: int
    invoice_net_ore: int
    credited_net_ore: int
    base_ore: int
    earning_ore: int
    hold_days: int
    available_on: date


@value
class EarningSkipped:
    """An invoice was paid and nothing was earned."""

    relationship_id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    invoice_id: UUID
    reason: (
        str  # currency | paid_before_relationship | issued_before_relationship | zero_commission
    )


@value
class EarningReserved:
    payout_id: UUID


@value
class EarningReleased:
    payout_id: UUID


@value
class EarningPaidOut:
    payout_id: UUID
    reference: str
