"""Every night affiliate compares with billing what was paid within the last 400 days."""

import logging
from datetime import timedelta
from functools import partial

from affiliate import kept, reconciling
from affiliate.domain import oslo
from chassis import ids
from chassis.identity import service_actor
from chassis.jobs.schedules import Schedule
from chassis.running.parts import Peers
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App

DAYS = 400  # a credit note may come a year after the payment
SHOWN = 20  # of the invoices that differ, in the log

log = logging.getLogger(__name__)


def schedule(peers: Peers) -> Schedule:
    """Return what compares every night."""
    return Schedule(
        name="reconcile_with_billing",
        every_s=24 * 3_600,
        at_s=3 * 3_600,
        run=partial(compare, peers),
    )


def compare(peers: Peers, app: App) -> None:
    """Compare what was first paid until yesterday, and keep what it comes to, for the figure."""
    date_to = oslo.day(app.clock()) - timedelta(days=1)
    date_from = date_to - timedelta(days=DAYS)
    found = reconciling.compared(app, peers("billing"), date_from, date_to)
    differing = (
        *(each.invoice_id for each in found.different),
        *found.only_in_billing,
        *found.only_in_affiliate,
    )
    if differing:
        named = ", ".join(map(str, differing[:SHOWN]))
        log.warning("billing and affiliate differ on %d invoices: %s", len(differing), named)
    call = Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor(app.service.name),
        correlation_id=str(ids.fresh()),
    )

    def keep(unit: Unit) -> None:
        statement = kept.compared(date_from, date_to, found.matched, len(differing), unit.call.at)
        unit.execute(statement)

    app.attempt(call, keep)
