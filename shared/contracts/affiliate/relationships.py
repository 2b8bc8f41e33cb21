"""Who refers whom."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Command, Listing, Written
from chassis.domain import value


@value
class Percent:
    """A percentage, from a moment on until the next one's."""

    percent: int
    valid_from: datetime


@value
class AffiliateRelationship:
    """Who referred whom, and for how many percent of what they pay; `percents` by time."""

    id: UUID
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    commission_percent: int
    is_active: bool
    notes: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    ended_at: datetime | None
    percents: tuple[Percent, ...]


@value
class CreateRelationship(Command[Written]):
    """Bind a workspace to the affiliate that referred it; for system admins."""

    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    commission_percent: int = 20
    notes: str | None = None  # the reason, for a workspace that is not new any more


@value
class CommissionSet:
    """A relationship after `change_commission`, and since when the percentage holds."""

    id: UUID
    version: int
    valid_from: datetime


@value
class ChangeCommission(Command[CommissionSet]):
    """Set another percentage for what is paid from now on; for system admins."""

    relationship_id: UUID
    commission_percent: int


@value
class EndRelationship(Command[Written]):
    """Let nothing more be earned by it; what was earned stays. For system admins."""

    relationship_id: UUID
    reason: str


@value
class ListRelationships(Listing[AffiliateRelationship]):
    """Return a page of relationships; for system admins."""

    affiliate_workspace_id: UUID | None = None
