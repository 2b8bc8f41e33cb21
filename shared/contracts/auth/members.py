"""Who is in a workspace, and as what."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Command, Listing, Written
from chassis.domain import value


@value
class Member:
    """A person of a workspace."""

    id: UUID
    name: str
    email: str
    email_verified: bool
    image: str | None
    created_at: datetime
    updated_at: datetime
    workspace_id: UUID | None
    role: str  # owner | admin | member
    is_system_admin: bool


@value
class ListMembers(Listing[Member]):
    """Return a page of a workspace's people, one's own by default."""

    workspace_id: UUID | None = None


@value
class ChangeMemberRole(Command[Written]):
    """Give a member of one's own workspace another role; for owners."""

    user_id: UUID
    role: str  # owner | admin | member


@value
class TransferOwnership(Command[Written]):
    """Make a member the owner, and oneself an admin."""

    user_id: UUID


@value
class RemoveMember(Command[Written]):
    """Take a member out of the workspace; by one's own id one leaves it."""

    user_id: UUID
