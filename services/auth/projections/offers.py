"""What the mail of an invitation says, of three tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from auth.projections import invitations, users, workspaces
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


def pending(connection: Connection, invitation_id: UUID) -> Offer | None:
    """Return an invitation; None once it was answered or taken back."""
    offered, inviter, workspace = invitations.table.c, users.table.c, workspaces.table.c
    query = (
        select(
            offered.email,
            offered.email_folded,
            inviter.name.label("inviter"),
            workspace.name.label("workspace"),
            offered.role,
            offered.expires_at,
            workspace.primary_color,
            workspace.logo,
        )
        .join_from(invitations.table, workspaces.table, workspace.id == offered.workspace_id)
        .join(users.table, inviter.id == offered.invited_by)
        .where(offered.id == str(invitation_id), offered.state == "pending")
    )
    found: Any = connection.execute(query).one_or_none()
    return Offer(**found._mapping) if found else None
