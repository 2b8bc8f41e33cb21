"""What billing's figures come to today: what waits, what was sold, what was paid."""

from typing import Any

from sqlalchemy import Connection

from billing.domain import oslo
from billing.projections import advances, bank_payments, credit, pending_lines, revenue
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.billing.statistics import (
    BillingFigures,
    BillingStats,
    PaidInvoice,
    PaidNet,
    RevenueFigures,
    RevenueStats,
)


def waiting(db: Connection, door: Door, call: Call, asked: BillingStats) -> BillingFigures:
    """Return what waits to be invoiced and to be paid."""
    today = oslo.day(call.at)
    return BillingFigures(
        **pending_lines.figures(db, today),
        **revenue.waiting(db, today),
        advances_ore=advances.total_ore(db),
        customer_credit_ore=credit.total_ore(db),
        unallocated_ore=bank_payments.left_ore(db),
    )


def sold(db: Connection, door: Door, call: Call, asked: RevenueStats) -> RevenueFigures:
    """Return what was sold."""
    return RevenueFigures(**revenue.sold(db, oslo.day(call.at)))


def paid(db: Connection, door: Door, call: Call, asked: PaidNet) -> Page[PaidInvoice]:
    """Return a page of the invoices that were first paid on these days in Oslo."""
    return revenue.first_paid(db, asked.date_from, asked.date_to, asked).of(_paid)


def _paid(**row: Any) -> PaidInvoice:
    return PaidInvoice(
        invoice_id=row["id"],
        workspace_id=row["workspace_id"],
        net_ore=row["net_ore"],
        credited_net_ore=row["credited_net_ore"],
        settlement=row["settlements"],
        settled=row["state"] == "Paid",
        paid_at=row["created_at"],
    )
