"""What affiliates earn. Amounts are øre, net of VAT."""

from datetime import date, datetime
from uuid import UUID

from chassis.asked import Asked, Command, Listing
from chassis.domain import value


@value
class PayoutEntry:
    """An earning in a payout; `invoice_amount_ore` is what the percentage is taken of.

    That of a correction is what corrects the sum, and may be negative.
    """

    id: UUID
    affiliate_workspace_id: UUID
    affiliate_relationship_id: UUID
    invoice_id: UUID
    invoice_amount_ore: int
    commission_percent: int
    earning_amount_ore: int
    status: str  # pending | paid_out | reversed
    paid_out_at: datetime | None
    paid_out_reference: str | None
    created_at: datetime
    updated_at: datetime
    state: str  # held | available | on_hold | reserved | paid_out | reversed | rejected
    available_on: date  # in Oslo
    payout_id: UUID | None
    referred_workspace_id: UUID
    invoice_series: str
    invoice_number: int
    invoice_net_ore: int
    credited_net_ore: int
    corrects: UUID | None  # the first entry of the invoice, beside which it stands
    held_at: datetime | None


@value
class AffiliateEarning(PayoutEntry):
    """A commission, with the version of its stream; `base_ore` is `invoice_amount_ore`."""

    base_ore: int
    version: int


@value
class ListEarnings(Listing[AffiliateEarning]):
    """Return a page of earnings: one's own, or to a system admin anybody's."""

    affiliate_workspace_id: UUID | None = None
    status: str | None = None  # pending | paid_out | reversed
    state: str | None = None  # held | available | on_hold | reserved | paid_out | reversed | …
    month: str | None = None  # 2026-03: made in it, by the days in Oslo


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


@value
class EarningState:
    """An earning after a command; `state` is what it is from now on.

    held | available | on_hold | reserved | paid_out | reversed | rejected | skipped
    """

    id: UUID
    version: int
    state: str


@value
class HoldEarning(Command[EarningState]):
    """Let an earning be in no payout until it is released; for system admins."""

    earning_id: UUID
    reason: str


@value
class ReleaseEarning(Command[EarningState]):
    """Let an earning be paid out after all, even one that was rejected; for system admins."""

    earning_id: UUID


@value
class RejectEarning(Command[EarningState]):
    """Let an earning that is on hold be worth nothing; for system admins."""

    earning_id: UUID
    reason: str


@value
class Explanation:
    """Why an invoice earns what it earns.

    `outcome`: earned | skipped | no_relationship | unknown
    """

    outcome: str
    reason: str | None = None  # of what was skipped
    relationship_id: UUID | None = None
    percent: int | None = None
    percent_since: datetime | None = None
    base_ore: int | None = None  # what is paid by now, less what is credited
    entries: tuple[PayoutEntry, ...] = ()


@value
class ExplainEarning(Asked[Explanation]):
    """Say what an invoice earns and why; to an owner of one's own alone."""

    invoice_id: UUID


@value
class Simulated:
    """What one affiliate earned on some invoices, and would have at another percentage."""

    affiliate_workspace_id: UUID
    base_ore: int
    real_ore: int
    simulated_ore: int


@value
class Simulation:
    """What all earned on some invoices, and would have at another percentage."""

    items: tuple[Simulated, ...]
    real_ore: int
    simulated_ore: int


@value
class Simulate(Asked[Simulation]):
    """Say what invoices first paid on these days (Oslo) had earned at another percentage.

    For system admins.
    """

    commission_percent: int
    date_from: date
    date_to: date
    affiliate_workspace_id: UUID | None = None
