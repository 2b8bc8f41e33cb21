"""Whether billing and affiliate know the same of invoices that were paid."""

from datetime import date
from uuid import UUID

from affiliate.projections import paid_invoices
from chassis.asked import Page
from chassis.port import Port
from chassis.unit.handling import App
from clients.billing import Billing
from clients.pages import all_rows
from contracts.affiliate.statements import Difference, PaidNet, Reconciliation
from contracts.billing.statistics import PaidInvoice

PAGE = 200  # invoices asked for at a time
PAGES_MAX = 5_000


def compared(app: App, port: Port, date_from: date, date_to: date) -> Reconciliation:
    """Compare what was first paid on these days, both ends included.

    Billing is asked first: what it had told by then may have been heard when affiliate is asked.
    """
    billing = _of_billing(Billing(port), date_from, date_to)
    found = app.query(lambda db: paid_invoices.first_paid(db, date_from, date_to))
    own = {id: PaidNet(**each) for id, each in found.items()}
    both = sorted(billing.keys() & own.keys())
    different = tuple(
        Difference(invoice_id=id, billing=billing[id], affiliate=own[id])
        for id in both
        if billing[id] != own[id]
    )
    return Reconciliation(
        matched=len(both) - len(different),
        different=different,
        only_in_billing=tuple(sorted(billing.keys() - own.keys())),
        only_in_affiliate=tuple(sorted(own.keys() - billing.keys())),
    )


def _of_billing(billing: Billing, date_from: date, date_to: date) -> dict[UUID, PaidNet]:
    def after(cursor: str | None) -> Page[PaidInvoice]:
        return billing.paid_net(date_from=date_from, date_to=date_to, limit=PAGE, cursor=cursor)

    return {
        each.invoice_id: PaidNet(
            workspace_id=each.workspace_id,
            net_ore=each.net_ore,
            credited_net_ore=each.credited_net_ore,
            settlement=each.settlement,
            settled=each.settled,
            paid_at=each.paid_at,
        )
        for each in all_rows(after, PAGES_MAX)
    }
