"""Revocations: which events of auth end access or give it back, and that every service hears so."""

from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest

from chassis.codec import snake
from chassis.door import revocations
from chassis.testing.heard import TOLD_AT, heard
from chassis.unit.service import Service
from contracts.auth import events as auth

HEARER = Service(
    name="boxes",
    version="1",
    deciders=(),
    projections=(),
    outbound=lambda recorded, state: None,
)
SESSION, USER, WORKSPACE = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize("contract,effect", auth.REVOKES.items())
def test_what_revokes_says_whom(contract: type, effect: str) -> None:
    named = {field.name for field in fields(contract)}
    assert {"user_id", *(["session_id"] if effect == "session" else ())} <= named
    assert contract in auth.PUBLISHES


def test_each_of_them_is_heard_of_auth() -> None:
    heard = revocations.reactions(auth.REVOKES)
    assert {each.source for each in heard} == {"auth"}
    assert {snake(each.hears.__name__) for each in heard} == {
        "user_banned",
        "user_unbanned",
        "session_revoked",
        "member_joined",
        "member_role_changed",
        "member_removed",
        "system_admin_changed",
        "impersonation_stopped",
        "subject_erased",
    }


def test_they_are_heard_beside_the_services_ordinary_work() -> None:
    assert revocations.consumer_name("billing") == "billing.revocations"


@pytest.mark.parametrize(
    "event,kind,id,banned_until",
    [
        (auth.SessionRevoked(session_id=SESSION, user_id=USER), "session", SESSION, None),
        (auth.UserBanned(user_id=USER, expires_at=None), "user", USER, "infinity"),
        (auth.UserBanned(user_id=USER, expires_at=TOLD_AT), "user", USER, TOLD_AT.isoformat()),
        (auth.UserUnbanned(user_id=USER), "user", USER, "-infinity"),
        (auth.MemberJoined(workspace_id=WORKSPACE, user_id=USER, role="owner"), "user", USER, None),
        (
            auth.MemberRoleChanged(workspace_id=WORKSPACE, user_id=USER, role="x"),
            "user",
            USER,
            None,
        ),
        (auth.MemberRemoved(workspace_id=WORKSPACE, user_id=USER), "user", USER, None),
        (auth.SystemAdminChanged(user_id=USER, is_system_admin=False), "user", USER, None),
        (
            auth.ImpersonationStopped(session_id=SESSION, admin_id=WORKSPACE, user_id=USER),
            "session",
            SESSION,
            None,
        ),
        (
            auth.SubjectErased(erasure_id=SESSION, user_id=USER, workspace_id=None),
            "user",
            USER,
            None,
        ),
    ],
    ids=[
        *("session", "banned", "banned for a time", "unbanned", "joined", "role", "removed"),
        *("system admin", "impersonation", "erased"),
    ],
)
def test_what_is_heard_ends_access_or_gives_it_back(
    event: Any, kind: str, id: UUID, banned_until: str
) -> None:
    heard(HEARER, revocations.reactions(auth.REVOKES), event).then_revoked(
        {
            "kind": kind,
            "id": str(id),
            "person": str(USER),
            "at": TOLD_AT.isoformat(),
            "banned_until": banned_until,
        }
    )
