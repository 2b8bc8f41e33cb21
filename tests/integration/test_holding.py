"""Streams that a unit holds: who waits for whom, and what time it is afterwards."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import (
    NOON,
    Database,
    all_at_once,
    call,
    open_box,
)
from waiting import until

PATIENCE_S = 60.0
MINUTE = timedelta(minutes=1)
WAITING = (
    "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    " and database = (select oid from pg_database where datname = current_database())"
)


@dataclass
class Clock:
    """The time, as a test sets it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(own: Database, clock: Clock) -> Iterator[App]:
    with own.app(clock=clock) as app:
        yield app


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def held(app: App, *ids: UUID, shared: bool, at: datetime = NOON) -> datetime:
    """Hold boxes for a moment; return the unit's time."""

    def work(unit: Unit) -> datetime:
        unit.hold(boxes.box, *ids, shared=shared)
        return unit.call.at

    return app.attempt(call(at=at), work)


@dataclass
class Open:
    """A unit that holds a box until it is let go."""

    app: App
    id: UUID
    shared: bool
    holds: threading.Event = field(default_factory=threading.Event)
    let: threading.Event = field(default_factory=threading.Event)

    def work(self, unit: Unit) -> None:
        unit.hold(boxes.box, self.id, shared=self.shared)
        self.holds.set()
        assert self.let.wait(PATIENCE_S)


@contextmanager
def open_unit(app: App, threads: ThreadPoolExecutor, id: UUID, shared: bool) -> Iterator[None]:
    unit = Open(app, id, shared)
    running = threads.submit(app.attempt, call(), unit.work)
    assert unit.holds.wait(PATIENCE_S)
    try:
        yield
    finally:
        unit.let.set()
        running.result(PATIENCE_S)


def test_those_who_hold_shared_do_not_wait_for_each_other(
    app: App, threads: ThreadPoolExecutor
) -> None:
    id = uuid4()
    with open_unit(app, threads, id, shared=True):
        assert threads.submit(partial(held, app, id, shared=True)).result(PATIENCE_S) == NOON


@pytest.mark.parametrize("first,second", [(True, False), (False, True), (False, False)])
def test_who_wants_it_alone_and_who_shares_it_wait_for_each_other_and_then_read_the_clock(
    own: Database,
    app: App,
    clock: Clock,
    threads: ThreadPoolExecutor,
    first: bool,
    second: bool,
) -> None:
    id = uuid4()
    with open_unit(app, threads, id, first):
        waiting: Future[datetime] = threads.submit(partial(held, app, id, shared=second))
        until(lambda: own.one(WAITING) == 1, what="the wait")
        clock.now += MINUTE
        assert not waiting.done()
    assert waiting.result(PATIENCE_S) == NOON + MINUTE


def test_what_is_decided_then_has_that_time_and_none_before_the_call_s(
    own: Database, app: App, clock: Clock
) -> None:
    def work(id: UUID, unit: Unit) -> None:
        unit.hold(boxes.box, id)
        unit.decide(boxes.box, id, boxes.OpenBox(workspace_id=UUID(int=1), label=str(id)))

    for clock.now in (NOON + MINUTE, NOON - MINUTE):
        app.attempt(call(), partial(work, uuid4()))
    times = own.rows("select recorded_at from events order by recorded_at")
    assert times == [(NOON,), (NOON + MINUTE,)]


def test_what_was_read_is_not_held_any_more(app: App) -> None:
    id = open_box(app)

    def work(unit: Unit) -> None:
        unit.state(boxes.box, id)
        unit.hold(boxes.box, id)

    with pytest.raises(AssertionError):
        app.attempt(call(), work)


def deadlocks(own: Database, app: App) -> int:
    """Return how many the database has had, told by connections that have ended."""
    app.engine.dispose()
    mine = f"select count(*) from pg_stat_activity where datname = '{own.name}'"
    until(lambda: own.one(mine) == 1, what="the end of all connections but this one")
    found: int = own.one(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    return found


def test_who_was_overtaken_holds_all_that_it_held_and_read_in_one_order(
    own: Database, app: App
) -> None:
    one, other, beside = sorted(open_box(app) for _ in range(3))
    tries: list[int] = []
    before = deadlocks(own, app)

    def work(number: int, unit: Unit) -> dict[str, Any]:
        tries.append(number)
        unit.state(boxes.box, beside)  # not held: where a rival is faster, all begins anew
        unit.hold(boxes.box, *((one, other) if number % 2 else (other, one)), shared=number % 3 > 0)
        for id in (beside, other):
            unit.decide(boxes.box, id, boxes.PutIn(thing=str(number), weight_g=1))
        return {}

    units = [partial(app.answer, call(), partial(work, number)) for number in range(24)]
    assert all_at_once(units) == [{}] * 24
    assert len(tries) > 24
    assert deadlocks(own, app) == before
    things = "select things from box where id = any(%(ids)s)"
    assert own.rows(things, ids=[str(beside), str(other)]) == [(24,)] * 2
