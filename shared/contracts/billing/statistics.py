"""What billing's figures come to today. Amounts are øre; days are days in Oslo."""

from datetime import date, datetime
from uuid import UUID

from chassis.asked import Asked, Listing
from chassis.domain import value


@value
class BillingFigures:
    """What waits to be invoiced, and to be paid. Net where nothing else is said."""

    uninvoiced_count: int
    uninvoiced_ore: int
    late_line_items_count: int  # delivered 20 days ago or earlier, and on no invoice
    oldest_delivered_on: date | None  # of what is on no invoice
    pending_payment_ore: int  # what remains of what was issued, VAT included; so in overdue_ore
    overdue_count: int
    overdue_ore: int
    this_month_ore: int  # issued since the 1st, less what was credited of it
    total_ore: int
    advances_ore: int  # paid by card for what is not delivered yet, VAT included
    customer_credit_ore: int
    unallocated_ore: int  # came by bank, and nobody knows what for


@value
class BillingStats(Asked[BillingFigures]):
    """Return what waits to be invoiced and to be paid; for system admins."""


@value
class RevenueFigures:
    """What was sold, net, by the day of issue, less what was credited of it."""

    total_ore: int
    this_month_ore: int
    last_30_days_ore: int
    this_year_ore: int
    paid_ore: int  # of what is paid whole
    credited_ore: int  # is not in the others
    card_ore: int  # on documents of card sales
    invoice_count: int  # documents, card sales among them


@value
class RevenueStats(Asked[RevenueFigures]):
    """Return what was sold; for system admins."""


@value
class PaidInvoice:
    """An invoice that was paid once; `settled`: and still is."""

    invoice_id: UUID
    workspace_id: UUID
    net_ore: int
    credited_net_ore: int
    settlement: int  # how often it was paid: again after a reversal
    settled: bool
    paid_at: datetime  # the first time


@value
class PaidNet(Listing[PaidInvoice]):
    """Return a page of the invoices that were first paid on these days; for affiliate."""

    date_from: date
    date_to: date
