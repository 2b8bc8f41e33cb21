"""Who is shut out."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Command, Written
from chassis.domain import value


@value
class BanUser(Command[Written]):
    """Shut a person out, and end their sessions; for system admins.

    Without an end it lasts until it is lifted.
    """

    user_id: UUID
    reason: str
    expires_at: datetime | None = None


@value
class UnbanUser(Command[Written]):
    """Let a person in again; for system admins."""

    user_id: UUID
