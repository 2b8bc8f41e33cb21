"""A system admin acts as somebody, for an hour at most."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Command, Written
from chassis.domain import sensitive, value


@value
class Impersonation:
    """A session as that person; the token is null in the answer to a repeat."""

    session_id: UUID
    session_token: str | None = sensitive()
    expires_at: datetime


@value
class StartImpersonation(Command[Impersonation]):
    """Act as a person for 60 minutes; never as an admin, and never as one acting already."""

    user_id: UUID
    reason: str  # at least 10 characters


@value
class StopImpersonation(Command[Written]):
    """Stop acting as a person."""

    session_id: UUID
