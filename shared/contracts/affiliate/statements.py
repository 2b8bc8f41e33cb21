"""What affiliates are owed, and what changed it. Amounts are øre, net of VAT; days in Oslo."""

from datetime import date, datetime
from uuid import UUID

from chassis.asked import Asked
from chassis.domain import value
from contracts.affiliate.payouts import FileLink


@value
class AffiliateBalance:
    """What an affiliate is owed today, by what may be done with it.

    `balance_ore` is held, available, on hold and reserved; negative where more was paid out than
    is earned by now, and `negative_since` says from which day on.
    """

    held_ore: int
    available_ore: int
    on_hold_ore: int  # all that is held or available, while its workspace is suspended or closed
    reserved_ore: int
    balance_ore: int
    paid_out_ore: int
    negative_since: date | None


@value
class GetBalance(Asked[AffiliateBalance]):
    """Return what one's own workspace is owed; to a system admin, what the one named is."""

    affiliate_workspace_id: UUID | None = None


@value
class StatementEntry:
    """What changed what is owed: an entry that was made, changed, or paid out."""

    booked_on: date
    kind: str  # earned | reduced | clawed_back | paid_out
    change_ore: int
    invoice_number: int | None
    earning_id: UUID | None
    payout_id: UUID | None


@value
class Statement:
    """A month: what was owed before, what changed it, what is owed after.

    Opening and earned, less reduced, clawed back and paid out, is closing. `frozen`: it was issued,
    and never changes; its CSV has all of its entries.
    """

    affiliate_workspace_id: UUID
    month: str  # 2026-03
    opening_ore: int
    earned_ore: int
    reduced_ore: int
    clawed_back_ore: int
    paid_out_ore: int
    closing_ore: int
    frozen: bool
    entries: tuple[StatementEntry, ...]  # the first 10 000
    csv: FileLink | None


@value
class GetStatement(Asked[Statement]):
    """Return one's own workspace's statement of a month; to a system admin, that of the one named.

    It is as of now until the month's statement is frozen, on the 5th of the next one.
    """

    month: str
    affiliate_workspace_id: UUID | None = None


@value
class PaidNet:
    """What a service knows of an invoice that was paid; `settled`: it still is."""

    workspace_id: UUID
    net_ore: int
    credited_net_ore: int
    settlement: int  # how often it was paid
    settled: bool
    paid_at: datetime  # the first time


@value
class Difference:
    """An invoice of which billing and affiliate do not know the same."""

    invoice_id: UUID
    billing: PaidNet
    affiliate: PaidNet


@value
class Reconciliation:
    """What both know of invoices; `matched` counts those of which they know the same."""

    matched: int
    different: tuple[Difference, ...]
    only_in_billing: tuple[UUID, ...]
    only_in_affiliate: tuple[UUID, ...]


@value
class Reconcile(Asked[Reconciliation]):
    """Compare with billing what was first paid on these days (Oslo); for system admins.

    What was told a moment ago may not have been heard yet.
    """

    date_from: date
    date_to: date
