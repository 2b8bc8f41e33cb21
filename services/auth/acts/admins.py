"""What system admins do about people, and their lists."""

import json
from typing import Any

from sqlalchemy import Connection

from auth import directory, kept
from auth.acts import sessions
from auth.domain import user, user_messages
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.admins import (
    EndSessions,
    ListedUser,
    ListedWorkspace,
    ListUsers,
    ListWorkspaces,
    RenameUser,
    SetSystemAdmin,
)
from contracts.auth.workspaces import BillingAddress


def end_sessions(unit: Unit, asked: EndSessions) -> Written:
    """End all sessions of a person, who may sign in again. Raises `NotFound` for nobody's."""
    person = asked.user_id
    unit.hold(user.decider, person)
    stands = unit.may(user.decider, person, user_messages.UpdateTexts(changed=()))
    unit.execute(keep(person, person, {"sessions_ended_reason": asked.reason}))
    sessions.end_all(unit, person)
    return stands.written


def set_flag(unit: Unit, asked: SetSystemAdmin) -> Written:
    """Make a person a system admin, or one no longer; why is kept, of what changes something.

    Their access tokens are refused, as the impersonations end in which they act as somebody, or
    somebody as them. Raises `Rejected("auth.self_demotion")`.
    """
    user_id = asked.user_id
    sessions.hold_with_me(unit, user_id)
    before = unit.state(user.decider, user_id)
    command = user_messages.SetSystemAdmin(
        is_system_admin=asked.is_system_admin, of_oneself=user_id == unit.call.actor.user_id
    )
    decided = unit.decide(user.decider, user_id, command)
    if decided.state != before:
        unit.execute(keep(user_id, user_id, {"system_admin_reason": asked.reason}))
        sessions.end_impersonations(unit, user_id)
    return decided.written


def rename(unit: Unit, asked: RenameUser) -> Written:
    """Give a person another name."""
    user_id = asked.user_id
    before = kept.recall_texts(unit.connection, user_id).get("name")
    unit.execute(keep(user_id, user_id, {"name": asked.name}))
    changed = ("name",) if asked.name != before else ()
    command = user_messages.UpdateTexts(changed=changed)
    return unit.decide(user.decider, user_id, command).written


def workspaces(
    db: Connection, door: Door, call: Call, asked: ListWorkspaces
) -> Page[ListedWorkspace]:
    """Return a page of all workspaces, newest first."""
    return directory.workspaces(db, asked).of(_listed)


def _listed(*, billing_address: str | None, **row: Any) -> ListedWorkspace:
    address = BillingAddress(**json.loads(billing_address)) if billing_address else None
    return ListedWorkspace(**row, billing_address=address)


def users(db: Connection, door: Door, call: Call, asked: ListUsers) -> Page[ListedUser]:
    """Return a page of all people, newest first."""
    return directory.people(db, call.at, asked).of(ListedUser)
