"""Who refers whom."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Command, Listing, Written
from chassis.domain import value


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
class CreateRelationship(Command[Written]):
    """Bind a workspace to the affiliate that referred it; for system admins."""

    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    commission_percent: int = 20
    notes: str | None = None  # the reason, for a workspace that is not new any more


@value
class ListRelationships(Listing[AffiliateRelationship]):
    """Return a page of relationships; for system admins."""

    affiliate_workspace_id: UUID | None = None
