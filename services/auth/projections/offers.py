"""What the mail of an invitation says, of three tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from auth.projections import invitations, invitees, workspaces
from chassis.domain import value


@value
class Offer:
    """An invitation that nobody has answered, as its reader sees it."""

    email: str
    email_folded: str
    inviter: str
    workspace: str
    role: str
    expires_at: datetime
    primary_color: str | None
    logo: str | None  # a reference


def pending(connection: Connection, invitation_id: UUID, at: datetime) -> Offer | None:
    """Return an invitation; None for one that nobody may accept at `at`, or not any more."""
    offered, workspace = invitations.table.c, workspaces.table.c
    columns = (
        offered.email,
        offered.email_folded,
        invitees.INVITER.c.name.label("inviter"),
        workspace.name.label("workspace"),
        offered.role,
        offered.expires_at,
        workspace.primary_color,
        workspace.logo,
    )
    query = invitees.standing(select(*columns), at).where(offered.id == str(invitation_id))
    found: Any = connection.execute(query).one_or_none()
    return Offer(**found._mapping) if found else None
