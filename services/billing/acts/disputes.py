"""Card payments that customers' banks took back, or asked about."""

from sqlalchemy import Connection

from billing.projections import disputes
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.billing.disputes import Dispute, ListDisputes


def listed(db: Connection, door: Door, call: Call, asked: ListDisputes) -> Page[Dispute]:
    """Return a page of disputes, newest first."""
    return disputes.listed(db, {"state": asked.state}, asked).of(Dispute)
