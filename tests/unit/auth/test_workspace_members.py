"""Who is in a workspace: who may invite, join, leave or be removed, and who owns it."""

from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from auth.domain.workspace import decider
from auth.domain.workspace_events import (
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    WorkspaceClosed,
    WorkspaceOpened,
    WorkspaceSuspended,
    WorkspaceUsed,
)
from auth.domain.workspace_messages import ChangeRole, Join, OfferRole, Remove, Transfer
from auth.domain.workspace_states import Workspace, owners
from chassis.domain import fold
from chassis.errors import ServiceError
from chassis.testing.spec import scenario

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID, OWNER, SECOND, ADMIN, OTHER_ADMIN, MEMBER, OTHER, STRANGER = (UUID(int=n) for n in range(1, 9))
SYSTEM_ADMIN = None
ROLES = ("member", "admin", "owner")

opened = WorkspaceOpened(workspace_id=ID, owner_user_id=OWNER, at=AT)
made = WorkspaceOpened(workspace_id=ID, owner_user_id=None, invited_by_admin=True, at=AT)
closed = WorkspaceClosed(purge_after=AT)


def joined(user_id: UUID, role: str) -> MemberJoined:
    return MemberJoined(user_id=user_id, role=role)


def became(user_id: UUID, role: str) -> MemberRoleChanged:
    return MemberRoleChanged(user_id=user_id, role=role)


second = joined(SECOND, "owner")
staff = (
    joined(ADMIN, "admin"),
    joined(OTHER_ADMIN, "admin"),
    joined(MEMBER, "member"),
    joined(OTHER, "member"),
)
alone = scenario(decider).given(opened)
workspace = alone.given(*staff)
both_own = workspace.given(second)


@pytest.mark.parametrize(
    "by, offered",
    [
        (OWNER, ("member", "admin", "owner")),
        (SYSTEM_ADMIN, ("member", "admin", "owner")),
        (ADMIN, ("member", "admin")),
        (MEMBER, ("member",)),
        (STRANGER, ()),
    ],
)
def test_nobody_grants_more_than_they_are(by: UUID | None, offered: tuple[str, ...]) -> None:
    for role in ROLES:
        offer = workspace.when(OfferRole(role=role, by=by))
        join = workspace.when(Join(user_id=STRANGER, role=role, by=by))
        if role in offered:
            offer.then_nothing()
            join.then(joined(STRANGER, role))
        else:
            offer.then_refused("auth.above_own_role")
            join.then_refused("auth.invitation_invalid")


def test_an_invitation_dies_with_the_role_of_who_sent_it() -> None:
    join = Join(user_id=STRANGER, role="admin", by=ADMIN)
    workspace.given(became(ADMIN, "member")).when(join).then_refused("auth.invitation_invalid")
    workspace.given(MemberLeft(user_id=ADMIN)).when(join).then_refused("auth.invitation_invalid")


def test_nobody_is_invited_to_a_suspended_workspace_or_joins_it() -> None:
    suspended = workspace.given(WorkspaceSuspended())
    for by in (OWNER, SYSTEM_ADMIN):
        suspended.when(OfferRole(role="member", by=by)).then_refused("auth.workspace_suspended")
        join = Join(user_id=STRANGER, role="member", by=by)
        suspended.when(join).then_refused("auth.workspace_suspended")
    dead = Join(user_id=STRANGER, role="owner", by=ADMIN)
    suspended.when(dead).then_refused("auth.invitation_invalid")


def test_who_is_a_member_does_not_join_again() -> None:
    workspace.when(Join(user_id=MEMBER, role="admin", by=OWNER)).then_nothing()


def test_who_was_made_owner_by_an_admin_is_the_first_member() -> None:
    ownerless = scenario(decider).given(made)
    first = joined(STRANGER, "owner")
    ownerless.when(Join(user_id=STRANGER, role="owner", by=SYSTEM_ADMIN)).then(first)
    assert ownerless.given(first).state().is_last_owner(STRANGER)


@pytest.mark.parametrize("role", ROLES)
def test_a_members_role_is_changed_once(role: str) -> None:
    for user_id, before in ((SECOND, "owner"), (ADMIN, "admin"), (MEMBER, "member")):
        change = both_own.when(ChangeRole(user_id=user_id, role=role))
        if role == before:
            change.then_nothing()
        else:
            change.then(became(user_id, role))


@pytest.mark.parametrize(
    "command",
    [
        ChangeRole(user_id=STRANGER, role="admin"),
        Remove(user_id=STRANGER, by=OWNER),
        Remove(user_id=STRANGER, by=STRANGER),
        Transfer(user_id=STRANGER, by=OWNER),
    ],
)
def test_who_is_not_in_it_is_nobody(command: Any) -> None:
    workspace.when(command).then_refused("auth.user_not_found")


@pytest.mark.parametrize(
    "by, removes",
    [
        (OWNER, {SECOND, ADMIN, MEMBER, OWNER}),
        (SYSTEM_ADMIN, {OWNER, SECOND, ADMIN, MEMBER}),
        (ADMIN, {MEMBER, ADMIN}),
        (MEMBER, {MEMBER}),
        (STRANGER, set()),
    ],
)
@pytest.mark.parametrize("events", [(), (closed,)])
def test_admins_remove_members_owners_anybody_and_everybody_leaves(
    events: tuple[Any, ...], by: UUID | None, removes: set[UUID]
) -> None:
    for user_id in (OWNER, SECOND, ADMIN, OTHER_ADMIN, MEMBER, OTHER):
        removed = both_own.given(*events).when(Remove(user_id=user_id, by=by))
        alike = {OTHER_ADMIN: {OWNER, SYSTEM_ADMIN}, OTHER: {OWNER, SYSTEM_ADMIN, ADMIN}}
        if user_id in removes or by in alike.get(user_id, ()):
            removed.then(MemberLeft(user_id=user_id))
        else:
            removed.then_refused("auth.above_own_role")


@pytest.mark.parametrize(
    "command",
    [
        Remove(user_id=OWNER, by=OWNER),
        Remove(user_id=OWNER, by=SYSTEM_ADMIN),
        ChangeRole(user_id=OWNER, role="admin"),
        ChangeRole(user_id=OWNER, role="member"),
        Transfer(user_id=OWNER, by=OWNER),
    ],
)
def test_a_workspace_never_loses_its_last_owner(command: Any) -> None:
    alone.when(command).then_refused("auth.last_owner")
    workspace.when(command).then_refused("auth.last_owner")


def test_where_nobody_owns_it_yet_members_come_and_go() -> None:
    ownerless = scenario(decider).given(made, joined(MEMBER, "member"), joined(OTHER, "member"))
    ownerless.when(Remove(user_id=MEMBER, by=MEMBER)).then(MemberLeft(user_id=MEMBER))
    ownerless.when(ChangeRole(user_id=MEMBER, role="admin")).then(became(MEMBER, "admin"))
    ownerless.when(Transfer(user_id=MEMBER, by=SYSTEM_ADMIN)).then(became(MEMBER, "owner"))


@pytest.mark.parametrize("user_id", [ADMIN, MEMBER])
def test_who_gives_ownership_away_is_an_admin_then(user_id: UUID) -> None:
    given = became(user_id, "owner"), became(OWNER, "admin")
    workspace.when(Transfer(user_id=user_id, by=OWNER)).then(*given)
    state = workspace.given(*given).state()
    assert (state.members[user_id], state.members[OWNER]) == ("owner", "admin")


def test_among_several_owners_each_gives_away_their_own() -> None:
    given = became(MEMBER, "owner"), became(OWNER, "admin")
    both_own.when(Transfer(user_id=MEMBER, by=OWNER)).then(*given)
    both_own.when(Transfer(user_id=SECOND, by=OWNER)).then(became(OWNER, "admin"))
    both_own.when(Transfer(user_id=OWNER, by=OWNER)).then_refused("auth.last_owner")


def test_a_system_admin_puts_one_owner_in_the_place_of_all() -> None:
    all_of_them = became(MEMBER, "owner"), became(OWNER, "admin"), became(SECOND, "admin")
    both_own.when(Transfer(user_id=MEMBER, by=SYSTEM_ADMIN)).then(*all_of_them)
    workspace.when(Transfer(user_id=OWNER, by=SYSTEM_ADMIN)).then_nothing()


@pytest.mark.parametrize("by", [ADMIN, MEMBER, STRANGER])
def test_who_does_not_own_it_gives_it_to_nobody(by: UUID) -> None:
    workspace.when(Transfer(user_id=OTHER, by=by)).then_refused("auth.above_own_role")


def test_from_a_closed_workspace_its_last_owner_leaves_too() -> None:
    left = alone.given(closed).when(Remove(user_id=OWNER, by=OWNER))
    left.then(MemberLeft(user_id=OWNER))
    assert alone.given(closed, MemberLeft(user_id=OWNER)).state().members == {}
    gone = alone.given(closed).when(Remove(user_id=STRANGER, by=SYSTEM_ADMIN))
    gone.then_refused("auth.user_not_found")


def test_an_unused_workspace_of_ones_own_does_not_bind() -> None:
    assert not alone.state().binds(OWNER)
    assert alone.given(WorkspaceUsed()).state().binds(OWNER)
    assert workspace.state().binds(OWNER)
    assert not alone.state().has_others(OWNER)
    assert workspace.state().has_others(OWNER)


def test_of_two_owners_none_is_the_last() -> None:
    assert workspace.state().is_last_owner(OWNER)
    assert not workspace.state().is_last_owner(ADMIN)
    assert not both_own.state().is_last_owner(OWNER)


def test_whatever_is_asked_a_workspace_that_has_an_owner_keeps_one() -> None:
    people = (OWNER, ADMIN, MEMBER)
    asked = [
        *(ChangeRole(user_id=each, role=role) for each, role in product(people, ROLES)),
        *(
            kind(user_id=each, by=by)
            for each in people
            for by in people
            for kind in (Remove, Transfer)
        ),
        *(kind(user_id=each, by=SYSTEM_ADMIN) for each in people for kind in (Remove, Transfer)),
    ]
    for roles, command in product(product((None, *ROLES), repeat=3), asked):
        members = {each: role for each, role in zip(people, roles, strict=True) if role}
        before = Workspace(workspace_id=ID, members=members)
        try:
            after = fold(decider, decider.decide(before, command), before)
        except ServiceError:
            continue
        assert isinstance(after, Workspace)
        assert owners(after.members) or not owners(members), f"{command} on {members}"
