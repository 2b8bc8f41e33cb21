"""A unit is written only if its caller's access stands at that moment; who ends it waits for it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chassis.errors import Unauthenticated
from chassis.identity import Actor, service_actor
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from contracts.auth import events as auth
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    NOON,
    Database,
    call,
    open_box,
)
from waiting import until

PATIENCE_S = 60.0
USER, ADMIN, SESSION = uuid4(), uuid4(), uuid4()
CALLER = Actor(
    kind="person",
    id=str(USER),
    workspace_id=MINE,
    role="member",
    session_id=SESSION,
    impersonated_by=ADMIN,
    issued_at=NOON,
)
ENDS = {
    "session": auth.SessionRevoked(session_id=SESSION, user_id=USER),
    "ban": auth.UserBanned(user_id=USER, expires_at=None),
    "ban of who acts as somebody": auth.UserBanned(user_id=ADMIN, expires_at=None),
    "removal": auth.MemberRemoved(workspace_id=MINE, user_id=USER),
    "role": auth.MemberRoleChanged(workspace_id=MINE, user_id=USER, role="member"),
}
WAITING = (
    "select count(distinct pid) from pg_locks join pg_stat_activity using (pid)"
    " where not granted and datname = current_database()"
)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def end(app: App, event: Any, also: Callable[[Unit], object] = lambda unit: None) -> None:
    """End an access in one unit, as every service does that hears of it."""

    def work(unit: Unit) -> None:
        unit.revocations.add(auth.REVOKES[type(event)], event, NOON)
        also(unit)

    app.attempt(call(service_actor("boxes")), work)


def put_in(box: UUID, unit: Unit) -> Any:
    return unit.decide(boxes.box, box, boxes.PutIn(thing="t", weight_g=1)).written


def put(app: App, box: UUID) -> None:
    app.answer(call(CALLER, keyed=True), partial(put_in, box))


def written(own: Database) -> tuple[int, int, int]:
    """Return how many events, jobs and replies there are."""
    events, jobs, replies = (
        own.one(f"select count(*) from {table}") for table in ("events", "jobs", "commands")
    )
    return events, jobs, replies


@pytest.mark.parametrize("event", ENDS.values(), ids=ENDS)
def test_whose_access_ends_while_they_are_served_writes_nothing(
    own: Database, app: App, event: Any
) -> None:
    box = open_box(app)
    before = written(own)

    def work(unit: Unit) -> Any:
        done = put_in(box, unit)
        end(app, event)
        return done

    with pytest.raises(Unauthenticated) as caught:
        app.answer(call(CALLER, keyed=True), work)
    assert caught.value.code == "chassis.token_revoked"
    assert written(own) == before
    put_by_another = app.answer(call(keyed=True), partial(put_in, box))
    assert put_by_another["version"] == 2


@contextmanager
def kept_from_its_commit(own: Database, box: UUID) -> Iterator[None]:
    """Let whoever writes of that box have appended, and wait for its row."""
    with psycopg.connect(own.owner_url) as holder:
        holder.execute("select from box where id = %s for update", [str(box)])
        yield
        holder.rollback()


@pytest.mark.parametrize("end_of", ["session", "ban of who acts as somebody"])
def test_who_ends_an_access_waits_for_what_is_being_written(
    own: Database, app: App, threads: ThreadPoolExecutor, end_of: str
) -> None:
    box = open_box(app)
    with kept_from_its_commit(own, box):
        putting = threads.submit(partial(put, app, box))
        until(lambda: own.one(WAITING) == 1, what="the command's wait")
        ending = threads.submit(partial(end, app, ENDS[end_of]))
        until(lambda: own.one(WAITING) == 2 or ending.done(), what="the wait of who ends it")
        assert not ending.done()
    putting.result(PATIENCE_S)
    ending.result(PATIENCE_S)
    assert own.one("select things from box where id = %(id)s", id=str(box)) == 1


@pytest.mark.parametrize("end_of", ["session", "ban of who acts as somebody"])
def test_what_comes_while_an_access_is_ended_waits_for_it_and_writes_nothing(
    own: Database, app: App, threads: ThreadPoolExecutor, end_of: str
) -> None:
    box, other = open_box(app), open_box(app)
    before = written(own)
    with kept_from_its_commit(own, box):
        ending = threads.submit(partial(end, app, ENDS[end_of], also=partial(put_in, box)))
        until(lambda: own.one(WAITING) == 1, what="the wait of who ends it")
        putting = threads.submit(partial(put, app, other))
        until(lambda: own.one(WAITING) == 2 or putting.done(), what="the command's wait")
        assert not putting.done()
    ending.result(PATIENCE_S)
    assert isinstance(putting.exception(PATIENCE_S), Unauthenticated)
    assert written(own) == (before[0] + 1, *before[1:])


def test_those_whose_access_stands_do_not_wait_for_each_other(
    own: Database, app: App, threads: ThreadPoolExecutor
) -> None:
    box, other = open_box(app), open_box(app)
    with kept_from_its_commit(own, box):
        putting = threads.submit(partial(put, app, box))
        until(lambda: own.one(WAITING) == 1, what="the command's wait")
        threads.submit(partial(put, app, other)).result(PATIENCE_S)
    putting.result(PATIENCE_S)


def test_those_who_end_each_other_s_access_have_an_order_and_no_deadlock(
    own: Database, app: App, threads: ThreadPoolExecutor
) -> None:
    people = [
        Actor(kind="person", id=str(uuid4()), workspace_id=MINE, issued_at=NOON) for _ in range(2)
    ]
    decided = threading.Barrier(2)

    def ban(by: Actor, whom: Actor) -> None:
        def work(unit: Unit) -> None:
            banned = auth.UserBanned(user_id=whom.user_id, expires_at=None)
            unit.revocations.add("ban", banned, NOON)
            decided.wait(PATIENCE_S)

        app.attempt(call(by), work)

    bans = [threads.submit(ban, *pair) for pair in (people, people[::-1])]
    refused = [each.exception(PATIENCE_S) for each in bans]
    assert sorted(type(each).__name__ for each in refused) == ["NoneType", "Unauthenticated"]
