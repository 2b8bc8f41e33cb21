"""The table of revocations: which tokens it refuses, and for how long it remembers them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.door import revocations
from chassis.door.tokens import LEEWAY, LIFETIME
from chassis.errors import Unauthenticated
from chassis.identity import Actor, service_actor
from chassis.running import housekeeping
from chassis.unit import standing
from chassis.unit.handling import App
from contracts.auth import events as auth
from integration.stages.box_database import NOON, call, database
from servers.postgres import Server

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
USER, SESSION, WORKSPACE = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture
def app(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app(clock=lambda: NOON) as app:
        yield app


def hear(app: App, event: Any, at: datetime) -> None:
    """Let what auth recorded at that time take effect, as every service hears it."""
    effect = auth.REVOKES[type(event)]
    app.attempt(call(service_actor("boxes")), lambda unit: unit.revocations.add(effect, event, at))


def write(app: App, kind: Literal["session", "user"], id: UUID, at: datetime) -> None:
    if kind == "session":
        hear(app, auth.SessionRevoked(session_id=id, user_id=USER), at)
    else:
        hear(app, auth.MemberRemoved(workspace_id=WORKSPACE, user_id=id), at)


def is_refused(app: App, issued_at: datetime | None, **other: Any) -> bool:
    of = {"id": str(USER), "session_id": SESSION, **other}
    actor = Actor(kind="person", issued_at=issued_at, **of)
    try:
        app.query(lambda connection: standing.check(connection, actor))
    except Unauthenticated as refusal:
        assert refusal.code == "chassis.token_revoked"
        return True
    return False


@pytest.mark.parametrize("microseconds", [0, 1, 999_999])
def test_tokens_as_old_as_the_revocation_are_refused_to_the_microsecond(
    app: App, microseconds: int
) -> None:
    at = NOON + timedelta(microseconds=microseconds)
    write(app, "user", USER, at)
    assert is_refused(app, at - MICROSECOND)
    assert is_refused(app, at)
    assert not is_refused(app, at + MICROSECOND)
    assert is_refused(app, None)  # who knows how old it is


def test_a_sessions_tokens_are_refused_for_good_and_no_other_sessions(app: App) -> None:
    write(app, "session", SESSION, NOON)
    assert is_refused(app, NOON + DAY)
    assert not is_refused(app, NOON, session_id=UUID(int=9))


def test_who_acts_for_somebody_is_refused_with_either(app: App) -> None:
    write(app, "user", USER, NOON)
    assert is_refused(app, NOON, id=str(UUID(int=9)), impersonated_by=USER)
    assert not is_refused(app, NOON, id=str(UUID(int=9)), impersonated_by=UUID(int=8))


def test_an_id_stands_for_its_kind_only(app: App) -> None:
    write(app, "session", USER, NOON)
    write(app, "user", SESSION, NOON)
    assert not is_refused(app, NOON)


def test_the_latest_time_counts_in_whatever_order_they_come(app: App) -> None:
    for seconds in (5, 9, 7):
        write(app, "user", USER, NOON + seconds * SECOND)
    assert is_refused(app, NOON + 9 * SECOND)
    assert not is_refused(app, NOON + 10 * SECOND)


def test_a_row_is_kept_for_longer_than_the_tokens_it_refuses(app: App) -> None:
    assert 100 * (LIFETIME + LEEWAY) < revocations.KEPT
    write(app, "user", USER, NOON - revocations.KEPT - SECOND)
    write(app, "session", SESSION, NOON - revocations.KEPT + SECOND)
    housekeeping.REVOCATIONS.run(app)
    with app.engine.connect() as connection:
        assert list(connection.execute(text("select kind from revoked")).scalars()) == ["session"]


def banned(expires_at: datetime | None = None) -> auth.UserBanned:
    return auth.UserBanned(user_id=USER, expires_at=expires_at)


UNBANNED = auth.UserUnbanned(user_id=USER)


def test_who_is_banned_is_refused_with_every_token_until_the_ban_is_lifted(app: App) -> None:
    hear(app, banned(), NOON)
    assert is_refused(app, NOON + 1_000 * DAY)
    assert is_refused(app, NOON + DAY, id=str(UUID(int=9)), impersonated_by=USER)
    hear(app, UNBANNED, NOON + DAY)
    assert is_refused(app, NOON + DAY - MICROSECOND)
    assert not is_refused(app, NOON + DAY)


def test_a_ban_with_an_end_refuses_what_is_drawn_before_it(app: App) -> None:
    hear(app, banned(NOON + DAY), NOON)
    for _ in range(2):  # its end is noted by and by, and makes no difference
        assert is_refused(app, NOON + DAY - MICROSECOND)
        assert not is_refused(app, NOON + DAY)
        hear(app, UNBANNED, NOON + 2 * DAY)


def test_the_latest_ban_counts_though_it_ends_sooner(app: App) -> None:
    hear(app, banned(), NOON)
    hear(app, banned(NOON + DAY), NOON + SECOND)
    assert not is_refused(app, NOON + DAY)


@pytest.mark.parametrize("lifted", [False, True])
def test_in_whatever_order_and_however_often_they_are_heard_the_last_one_told_counts(
    app: App, lifted: bool
) -> None:
    for order in permutations(range(4)):
        user = uuid4()
        told = (  # a second apart
            auth.UserBanned(user_id=user, expires_at=NOON + DAY),
            auth.UserUnbanned(user_id=user),
            auth.UserUnbanned(user_id=user)
            if lifted
            else auth.UserBanned(user_id=user, expires_at=None),
            auth.MemberRoleChanged(workspace_id=WORKSPACE, user_id=user, role="admin"),
        )
        for each in (*order, order[0], order[-1]):
            hear(app, told[each], NOON + each * SECOND)
        assert is_refused(app, NOON + 3 * SECOND, id=str(user)), order
        assert is_refused(app, NOON + 4 * SECOND, id=str(user)) != lifted, order


def test_a_ban_is_remembered_for_as_long_as_it_stands(app: App) -> None:
    hear(app, banned(), NOON - 100 * DAY)
    housekeeping.REVOCATIONS.run(app)
    assert is_refused(app, NOON)
    hear(app, UNBANNED, NOON - 2 * DAY)
    assert not is_refused(app, NOON)
    housekeeping.REVOCATIONS.run(app)
    with app.engine.connect() as connection:
        assert list(connection.execute(text("select kind from revoked"))) == []
