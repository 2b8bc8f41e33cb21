"""What invitations show to whoever is invited: of the workspace, and whether they still count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, case, select

from auth.projections import invitations, users, workspaces
from chassis.identity import ROLES

INVITER, _MYSELF = users.table.alias("inviter"), users.table.alias("myself")
_INVITED, _WORKSPACE = invitations.table.c, workspaces.table.c


def shown(connection: Connection, invitation_id: UUID, at: datetime) -> dict[str, Any] | None:
    """Return what an invitation's page shows of it; None for one that nobody may accept.

    The logo is a reference to a blob.
    """
    columns = (
        _WORKSPACE.name.label("workspace_name"),
        _WORKSPACE.logo,
        _WORKSPACE.primary_color,
        _INVITED.email,
        _INVITED.role,
        _INVITED.expires_at,
    )
    query = standing(select(*columns), at).where(_INVITED.id == str(invitation_id))
    found = connection.execute(query).mappings().one_or_none()
    return dict(found) if found else None


def of_person(connection: Connection, user_id: UUID, at: datetime) -> Sequence[dict[str, Any]]:
    """Return the invitations to somebody's verified address, the latest first."""
    columns = (
        _INVITED.id.label("invitation_id"),
        _WORKSPACE.name.label("workspace_name"),
        _INVITED.role,
        _INVITED.expires_at,
    )
    query = standing(select(*columns), at).join(
        _MYSELF, _MYSELF.c.email_folded == _INVITED.email_folded
    )
    query = query.where(_MYSELF.c.id == str(user_id), _MYSELF.c.email_verified)
    latest_first = query.order_by(_INVITED.created_at.desc(), _INVITED.id.desc())
    return [dict(each) for each in connection.execute(latest_first).mappings()]


def standing(query: Select[Any], at: datetime) -> Select[Any]:
    """Leave those that stand at `at`, in a workspace that lives on, by whom they may still be.

    With each its workspace is joined, and its `INVITER`.
    """
    offered = query.join_from(
        invitations.table, workspaces.table, _WORKSPACE.id == _INVITED.workspace_id
    ).join(INVITER, INVITER.c.id == _INVITED.invited_by)
    stands = invitations.PENDING & (_INVITED.expires_at > at) & _WORKSPACE.closed_at.is_(None)
    of_it = INVITER.c.workspace_id == _INVITED.workspace_id
    may = INVITER.c.is_system_admin | (of_it & (_rank(INVITER.c.role) >= _rank(_INVITED.role)))
    return offered.where(stands, may)


def _rank(role: ColumnElement[str]) -> ColumnElement[int]:
    return case({each: rank for rank, each in enumerate(ROLES)}, value=role)
