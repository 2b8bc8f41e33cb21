"""Revocations: which events of auth revoke what, and what every service does about them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, DateTime, MetaData, Table, Text, insert

from chassis.codec import snake
from chassis.door import revocations
from chassis.testing.heard import TOLD_AT, heard
from chassis.testing.tables import Tables
from chassis.unit.service import Service
from contracts.auth import events as auth

HEARER = Service(
    name="boxes",
    version="1",
    deciders=(),
    projections=(),
    outbound=lambda recorded, state: None,
    jobs=lambda recorded, state: (),
)
REVOKED = Table(
    "revoked",
    MetaData(),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("not_before", DateTime(timezone=True), nullable=False),
)
SESSION, USER, WORKSPACE = UUID(int=1), UUID(int=2), UUID(int=3)
ENDED = pytest.mark.parametrize(
    "event,kind,id",
    [
        (auth.SessionRevoked(session_id=SESSION, user_id=USER), "session", SESSION),
        (auth.UserBanned(user_id=USER, expires_at=None), "user", USER),
        (auth.MemberJoined(workspace_id=WORKSPACE, user_id=USER, role="owner"), "user", USER),
        (auth.MemberRoleChanged(workspace_id=WORKSPACE, user_id=USER, role="admin"), "user", USER),
        (auth.MemberRemoved(workspace_id=WORKSPACE, user_id=USER), "user", USER),
    ],
    ids=["session", "banned", "joined", "role", "removed"],
)


@pytest.fixture
def tables() -> Iterator[Tables]:
    with closing(Tables(REVOKED)) as tables:
        yield tables


def hear(tables: Tables, event: Any) -> None:
    heard(HEARER, revocations.reactions(auth.REVOKES), event).beside(tables).then_nothing()


@pytest.mark.parametrize("contract,kind", auth.REVOKES.items())
def test_what_revokes_says_whom(contract: type, kind: str) -> None:
    assert f"{kind}_id" in {field.name for field in fields(contract)}
    assert contract in auth.PUBLISHES


def test_each_of_them_is_heard_of_auth() -> None:
    heard = revocations.reactions(auth.REVOKES)
    assert {each.source for each in heard} == {"auth"}
    assert {snake(each.hears.__name__) for each in heard} == {
        "user_banned",
        "session_revoked",
        "member_joined",
        "member_role_changed",
        "member_removed",
    }


def test_they_are_heard_beside_the_services_ordinary_work() -> None:
    assert revocations.consumer_name("billing") == "billing.revocations"


@ENDED
def test_tokens_from_before_the_end_of_an_access_are_refused(
    tables: Tables, event: Any, kind: str, id: UUID
) -> None:
    hear(tables, event)
    assert tables.rows(REVOKED) == [{"kind": kind, "id": str(id), "not_before": TOLD_AT}]


@ENDED
@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_of_several_ends_the_latest_counts(
    tables: Tables, event: Any, kind: str, id: UUID, hours: int
) -> None:
    before = TOLD_AT + timedelta(hours=hours)
    tables.execute(insert(REVOKED).values(kind=kind, id=str(id), not_before=before))

    hear(tables, event)

    latest = max(before, TOLD_AT)
    assert tables.rows(REVOKED) == [{"kind": kind, "id": str(id), "not_before": latest}]
