"""The table of revocations: which tokens it refuses, and for how long it remembers them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.door import revocations
from chassis.door.tokens import LEEWAY, LIFETIME
from chassis.errors import Unauthenticated
from chassis.identity import Actor
from chassis.running import housekeeping
from chassis.unit.handling import App
from integration.stages.box_database import NOON, call, database
from servers.postgres import Server

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
USER, SESSION = UUID(int=1), UUID(int=2)


@pytest.fixture
def app(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app(clock=lambda: NOON) as app:
        yield app


def write(app: App, kind: revocations.Kind, id: UUID, at: datetime) -> None:
    app.attempt(call(at=at), lambda unit: revocations.write(unit, kind, id, at))


def is_refused(app: App, issued_at: datetime | None, **other: Any) -> bool:
    of = {"id": str(USER), "session_id": SESSION, **other}
    actor = Actor(kind="person", issued_at=issued_at, **of)
    try:
        app.query(lambda connection: revocations.check(connection, actor))
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
    housekeeping.PRUNE_REVOKED.run(app)
    with app.engine.connect() as connection:
        assert list(connection.execute(text("select kind from revoked")).scalars()) == ["session"]
