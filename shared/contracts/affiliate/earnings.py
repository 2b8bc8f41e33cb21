"""What affiliates earn. Amounts are øre, net of VAT."""

from datetime import date, datetime
from uuid import UUID

from chassis.asked import Asked, Listing
from chassis.domain import value


@value
class PayoutEntry:
    """An earning in a payout; `invoice_amount_ore` is what the percentage is taken of."""

    id: UUID
    affiliate_workspace_id: UUID
    affiliate_relationship_id: UUID
    invoice_id: UUID
    invoice_amount_ore: int
    commission_percent: int
    earning_amount_ore: int
    status: str  # pending | paid_out
    paid_out_at: datetime | None
    paid_out_reference: str | None
    created_at: datetime
    updated_at: datetime
    state: str  # available | reserved | paid_out
    available_on: date  # in Oslo
    payout_id: UUID | None
    referred_workspace_id: UUID
    invoice_series: str
    invoice_number: int
    invoice_net_ore: int
    credited_net_ore: int


@value
class AffiliateEarning(PayoutEntry):
    """A commission, with the version of its stream; `base_ore` is `invoice_amount_ore`."""

    base_ore: int
    version: int


@value
class ListEarnings(Listing[AffiliateEarning]):
    """Return a page of earnings: one's own, or to a system admin anybody's."""

    affiliate_workspace_id: UUID | None = None
    status: str | None = None  # pending | paid_out


@value
class Stats:
    """What waits and what was paid out, in all; `pending_payouts_count` counts earnings."""

    pending_ore: int
    paid_out_ore: int
    active_affiliates_count: int
    pending_payouts_count: int


@value
class AffiliateStats(Asked[Stats]):
    """Return what waits and what was paid out, in all; for system admins."""
