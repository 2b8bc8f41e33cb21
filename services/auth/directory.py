"""What system admins look up: people and workspaces, the newest first."""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    ScalarSelect,
    Table,
    Text,
    case,
    exists,
    func,
    or_,
    select,
)

from auth.devices import seen_device
from auth.projections.users import table as user
from auth.projections.workspaces import table as workspace
from chassis.asked import Page
from chassis.unit.pages import page
from chassis.unit.store import version_of
from contracts.auth.admins import ListUsers, ListWorkspaces

UNUSED_AFTER = timedelta(days=30)  # without a sign-in
BECAME = ("SignedUp", "JoinedWorkspace", "RoleTaken")  # by which somebody is what they are
events = Table(
    "events",  # the frame's; its columns as they are asked for here
    MetaData(),
    Column("stream_id", Text),
    Column("version", Integer),
    Column("type", Text),
    Column("seq", Integer),
)
_LITERAL = {each: f"/{each}" for each in "%_/"}
PEOPLE = [
    user.c[name]
    for name in (
        *("id", "name", "email", "email_verified", "image", "created_at", "updated_at"),
        *("workspace_id", "role", "is_system_admin", "banned", "ban_reason", "ban_expires"),
    )
]
WORKSPACES = [
    workspace.c[name]
    for name in (
        *("id", "name", "slug", "organization_number", "contact_email", "contact_person", "logo"),
        *("primary_color", "secondary_color", "onboarding_completed", "status", "plan"),
        *("suspended_at", "suspended_reason", "invoice_eligible", "invoice_eligible_at"),
        *("invited_by_admin", "created_at", "updated_at", "legal_name", "billing_address"),
        *("invoice_email", "invoice_reference", "closed_at"),
    )
]


def people(connection: Connection, at: datetime, asked: ListUsers) -> Page[dict[str, Any]]:
    """Return a page of all people, as they stand at `at`."""
    version = version_of("user", user.c.id).label("version")
    query = select(*PEOPLE, version, _standing(at).label("status"))
    if asked.search is not None:
        query = query.where(_is_in(asked.search, user.c.name, user.c.email))
    wanted = {"role": asked.role, "status": asked.status, "workspace_id": asked.workspace_id}
    return page(connection, user, query, wanted, asked, search=asked.search)


def workspaces(connection: Connection, asked: ListWorkspaces) -> Page[dict[str, Any]]:
    """Return a page of all workspaces, closed ones too."""
    members = _members(func.count()).label("member_count")
    query = select(*WORKSPACES, members, _first_owner().label("owner_email"))
    if asked.search is not None:
        theirs = _is_in(asked.search, user.c.name, user.c.email)
        owned = select(user.c.workspace_id).where(user.c.role == "owner", theirs)
        named = _is_in(asked.search, workspace.c.name, workspace.c.slug)
        query = query.where(named | workspace.c.id.in_(owned))
    wanted = {"status": asked.status, "plan": asked.plan}
    return page(connection, workspace, query, wanted, asked, search=asked.search)


def _is_in(search: str, *columns: Column[Any]) -> ColumnElement[bool]:
    """Say whether one of them has that in it, in large letters or small.

    Which letters PostgreSQL knows to be the same depends on its locale, but for those of ASCII: any
    other may be any letter first, which takes little time, and then has to be the same.
    """
    parts = (_LITERAL.get(each, each.lower() if each.isascii() else "_") for each in search)
    like = f"%{''.join(parts)}%"
    exactly = "".join(_either(each) for each in search)
    found = [func.lower(each).like(like, escape="/") for each in columns]
    if search.isascii():
        return or_(*found)
    return or_(*(of & each.regexp_match(exactly) for of, each in zip(found, columns, strict=True)))


def _either(letter: str) -> str:
    """Return a regular expression for a letter, large or small; of some the other is two."""
    either = {letter, *(each for each in (letter.lower(), letter.upper()) if len(each) == 1)}
    return f"[{''.join(sorted(either))}]" if letter.isalpha() else re.escape(letter)


def _standing(at: datetime) -> ColumnElement[str]:
    """Say what a person is: who made their account lately has not been away for long either."""
    since = at - UNUSED_AFTER
    signed_in = exists().where(seen_device.c.user_id == user.c.id, seen_device.c.last_at > since)
    return case(
        (~user.c.email_verified, "pending"),
        ((user.c.created_at > since) | signed_in, "active"),
        else_="inactive",
    )


def _members(what: ColumnElement[Any]) -> ScalarSelect[Any]:
    return select(what).where(user.c.workspace_id == workspace.c.id).scalar_subquery()


def _first_owner() -> ScalarSelect[str]:
    """Return the address of whoever has owned the workspace for the longest time."""
    since = select(func.max(events.c.seq)).where(
        events.c.stream_id == "user-" + user.c.id, events.c.type.in_(BECAME)
    )
    of_it = (user.c.workspace_id == workspace.c.id) & (user.c.role == "owner")
    query = select(user.c.email).where(of_it).order_by(since.scalar_subquery()).limit(1)
    return query.scalar_subquery()
