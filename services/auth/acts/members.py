"""Who is in a workspace, and as what."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from auth.acts import moving
from auth.acts.workspaces import reached
from auth.domain import user, user_messages, workspace, workspace_messages
from auth.domain.workspace_states import owners
from auth.projections import users, workspaces
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.auth.members import (
    ChangeMemberRole,
    ListMembers,
    Member,
    RemoveMember,
    TransferOwnership,
)


def listed(db: Connection, door: Door, call: Call, asked: ListMembers) -> Page[Member]:
    """Return a page of a workspace's people, who came last first."""
    workspace_id = reached(call, asked.workspace_id)
    workspaces.get(db, workspace_id, call.actor)  # there is one
    return users.members(db, workspace_id, asked).of(Member)


def change_role(unit: Unit, asked: ChangeMemberRole) -> Written:
    """Give a member another role. Raises `NotFound("auth.user_not_found")`, `auth.last_owner`."""
    workspace_id = moving.workspace_of(unit, asked.user_id)
    command = workspace_messages.ChangeRole(user_id=asked.user_id, role=asked.role)
    changed = unit.decide(workspace.decider, workspace_id, command)
    unit.decide(user.decider, asked.user_id, user_messages.TakeRole(role=asked.role))
    return changed.written


def transfer(unit: Unit, asked: TransferOwnership) -> Written:
    """Make a member the owner in the caller's place; a system admin: in that of all owners.

    Raises `NotFound("auth.user_not_found")`, and `Rejected("auth.last_owner")` for oneself.
    """
    actor = unit.call.actor
    by = None if actor.is_system_admin else actor.user_id
    workspace_id = moving.workspace_of(unit, asked.user_id, *([by] if by else []))
    before = unit.state(workspace.decider, workspace_id)
    if by is None:
        unit.hold(user.decider, *owners(before.members) - {asked.user_id})
    command = workspace_messages.Transfer(user_id=asked.user_id, by=by)
    transferred = unit.decide(workspace.decider, workspace_id, command)
    _take_roles(unit, before.members, transferred)
    return transferred.written


def _take_roles(unit: Unit, before: Mapping[UUID, str], decided: Decided) -> None:
    for user_id, role in decided.state.members.items():
        if before[user_id] != role:
            unit.decide(user.decider, user_id, user_messages.TakeRole(role=role))


def remove(unit: Unit, asked: RemoveMember) -> Written:
    """Take a member out, or leave.

    Raises `NotFound("auth.user_not_found")`, `Rejected("auth.last_owner")`, and
    `Forbidden("auth.above_own_role")` where who is removed stands too high for the caller.
    """
    actor = unit.call.actor
    by = None if actor.is_system_admin else actor.user_id
    return moving.leave(unit, asked.user_id, by=by).written
