"""What affiliates earn, as they and system admins see it."""

from sqlalchemy import Connection

from affiliate.projections import earnings, relationships
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.affiliate.earnings import AffiliateEarning, AffiliateStats, ListEarnings, Stats


def listed(db: Connection, door: Door, call: Call, asked: ListEarnings) -> Page[AffiliateEarning]:
    """Return a page of earnings, newest first: of one affiliate, or to a system admin of all."""
    page = earnings.listed(db, call.actor, asked.affiliate_workspace_id, asked.status, asked)
    return page.of(AffiliateEarning)


def stats(db: Connection, door: Door, call: Call, asked: AffiliateStats) -> Stats:
    """Return what waits and what was paid out, in all."""
    active = relationships.active_count(db)
    return Stats(**earnings.totals(db), active_affiliates_count=active)
