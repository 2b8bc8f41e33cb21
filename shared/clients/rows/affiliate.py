"""What affiliate replies: the seed's rows, payouts and sums. Amounts are øre, net of VAT."""

from dataclasses import field
from datetime import date, datetime
from uuid import UUID

from chassis.domain import value
from contracts.affiliate import CreateRelationship

NewAffiliateRelationship = CreateRelationship  # what a create takes


@value
class AffiliateRelationship:
    """Who referred whom, and for how many percent of what they pay."""

    id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    commission_percent: int
    is_active: bool
    notes: str | None
    created_at: datetime
    updated_at: datetime
    version: int


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
class Payee:
    """To whom a payout goes, as it was when the payout was created."""

    legal_name: str | None
    account: str | None = field(repr=False)
    invoice_email: str | None


@value
class Payout:
    """A payout; `vat_ore` comes on top for an affiliate that is registered for VAT."""

    id: UUID
    affiliate_workspace_id: UUID
    state: str  # created | approved | confirmed | failed | cancelled
    cutoff: date  # in Oslo, inclusive
    amount_ore: int
    vat_ore: int
    paid_ore: int | None
    organization_number: str
    vat_registered: bool
    created_by: UUID
    approved_by: UUID | None
    approved_at: datetime | None
    reference: str | None
    paid_on: date | None
    supplier_invoice_number: str | None
    reason: str | None
    created_at: datetime
    updated_at: datetime
    version: int


@value
class PayoutWithEarnings(Payout):
    """A payout, its payee and the earnings in it, the oldest first."""

    payee: Payee
    earnings: tuple[PayoutEntry, ...]


@value
class PayoutCreated:
    """A payout that was created, and the earnings reserved for it."""

    id: UUID
    version: int
    affiliate_workspace_id: UUID
    amount_ore: int
    earning_ids: tuple[UUID, ...]


@value
class SkippedAffiliate:
    """An affiliate that is not paid out now, and why."""

    affiliate_workspace_id: UUID
    reason: str


@value
class PayoutsCreated:
    """The payouts that were created, and who was left out."""

    items: tuple[PayoutCreated, ...]
    skipped: tuple[SkippedAffiliate, ...]


@value
class AffiliateStats:
    """What waits and what was paid out, in all; `pending_payouts_count` counts earnings."""

    pending_ore: int
    paid_out_ore: int
    active_affiliates_count: int
    pending_payouts_count: int
