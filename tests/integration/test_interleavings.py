"""What two or three connections do in turns, statement by statement: appending and numbering.

Each test is one order of begin, append, commit and number, as no race would find it for sure.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from chassis.database.schema import NONE_TOLD
from chassis.unit import feed, store
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    NOON,
    Database,
    call,
    number_all,
    positions,
)
from waiting import until

A, B, C = UUID(int=10), UUID(int=11), UUID(int=12)  # streams
TOLD = {"type": "boxes.box_appeared", "data": {}}


def append(connection: Connection, *places: tuple[UUID, int]) -> None:
    """Append told events at these places in one statement."""
    recorded = [
        Recorded(
            event_id=uuid4(),
            stream_id=store.stream_name("box", stream),
            subject=stream,
            version=version,
            event=boxes.BoxSealed(),
            meta=call().meta(MINE),
            recorded_at=NOON,
        )
        for stream, version in places
    ]
    store.append(connection, [(each, TOLD) for each in recorded], [], None)


def commit(app: App, *places: tuple[UUID, int]) -> None:
    with app.engine.begin() as connection:
        append(connection, *places)


def log(app: App) -> list[tuple[UUID, int]]:
    """Return the places in the order of their positions, which are dense, and told in a chain."""
    numbered, previous = positions(app), NONE_TOLD
    assert [each.position for each in numbered] == list(range(1, len(numbered) + 1))
    for each in numbered:
        assert str(each.previous) == previous
        previous = str(each.event_id)
    return [(store.split_name(each.stream_id)[1], each.version) for each in numbered]


@contextmanager
def begun(app: App) -> Iterator[Connection]:
    """Yield a connection in a transaction; what is not committed is rolled back."""
    with app.engine.connect() as connection, connection.begin():
        yield connection


def number_one(connection: Connection) -> int:
    """Number one append; -1 while another does."""
    return int(connection.exec_driver_sql("select number_events(1)").scalar_one())


def waits(own: Database, for_a: str = "transactionid") -> Callable[[], object]:
    """Return whether a connection of the app waits for another to end."""
    query = "select count(*) from pg_locks where not granted and locktype = %(for_a)s"
    return lambda: own.one(query, for_a=for_a)


def test_a_transaction_that_begins_first_and_commits_last_is_numbered_last(app: App) -> None:
    with begun(app) as early:
        early.exec_driver_sql("select pg_current_xact_id()")
        commit(app, (A, 1))
        number_all(app)
        commit(app, (A, 2), (B, 1))
        append(early, (C, 1))
        number_all(app)
        assert log(app) == [(A, 1), (A, 2), (B, 1)]
        early.commit()
    number_all(app)
    assert log(app) == [(A, 1), (A, 2), (B, 1), (C, 1)]


@pytest.mark.parametrize("most", [1, 2, 20])
def test_one_that_began_first_and_builds_on_a_later_one_comes_after_it(app: App, most: int) -> None:
    """It appends before and after its cause, which waits in the same batch or in the next."""
    with begun(app) as early:
        append(early, (B, 1))
        commit(app, (A, 1))
        append(early, (A, 2), (B, 2))
        early.commit()
    commit(app, (A, 3))
    while feed.number(app.engine, most):
        pass
    found = log(app)
    assert [place for place in found if place[0] == A] == [(A, 1), (A, 2), (A, 3)]
    assert [place for place in found if place[0] == B] == [(B, 1), (B, 2)]


def test_what_is_rolled_back_leaves_no_gap(app: App) -> None:
    commit(app, (A, 1))
    with begun(app) as regretted:
        append(regretted, (B, 1), (C, 1))
        commit(app, (A, 2))
        regretted.rollback()
    commit(app, (B, 1))
    number_all(app)
    assert log(app) == [(A, 1), (A, 2), (B, 1)]


@pytest.mark.parametrize("rival_commits", [True, False])
def test_who_appends_what_a_rival_has_not_committed_waits_for_it(
    own: Database, app: App, rival_commits: bool
) -> None:
    with ThreadPoolExecutor(1) as threads, begun(app) as rival:
        append(rival, (A, 1))
        late = threads.submit(commit, app, (A, 1), (B, 1))
        until(waits(own))
        rival.commit() if rival_commits else rival.rollback()
        refused = late.exception()
    number_all(app)
    if rival_commits:
        assert isinstance(refused, DBAPIError)
        assert getattr(refused.orig, "sqlstate", "") == "23505"
        assert log(app) == [(A, 1)]
    else:
        assert refused is None
        assert log(app) == [(A, 1), (B, 1)]


def test_an_uncommitted_version_is_nothing_to_build_on(app: App) -> None:
    with begun(app) as slow:
        append(slow, (A, 1))
        with pytest.raises(DBAPIError) as caught:
            commit(app, (A, 2))
        assert getattr(caught.value.orig, "sqlstate", "") == "ES001"


@pytest.mark.parametrize("most", [1, 20])
def test_an_append_that_waited_in_its_middle_stays_whole(
    own: Database, app: App, most: int
) -> None:
    """Another append draws its seq from between those of the one that waits."""
    with ThreadPoolExecutor(1) as threads, begun(app) as rival:
        append(rival, (B, 1))
        waiting = threads.submit(commit, app, (A, 1), (B, 1), (A, 2))
        until(waits(own))
        commit(app, (C, 1))
        rival.rollback()
        waiting.result()
    drawn = own.rows("select stream_id from events order by seq")
    assert [stream for (stream,) in drawn] == [f"box-{stream}" for stream in (A, B, C, A)]
    while feed.number(app.engine, most):
        pass
    assert log(app) == [(C, 1), (A, 1), (B, 1), (A, 2)]


def test_what_a_process_committed_before_it_died_is_numbered_later_and_once(
    own: Database, app: App
) -> None:
    commit(app, (A, 1))
    own.cut_connections()  # after the commit, before anything was numbered
    with own.app() as next_process:
        commit(next_process, (A, 2))
        assert feed.number(next_process.engine) == 2
        assert feed.number(next_process.engine) == 0
        assert log(next_process) == [(A, 1), (A, 2)]


def test_a_sequencer_that_dies_in_its_work_has_numbered_nothing(own: Database, app: App) -> None:
    commit(app, (A, 1), (B, 1))
    with psycopg.connect(own.app_url) as dying:
        assert dying.execute("select number_events(10)").fetchone() == (2,)
        commit(app, (A, 2))
        own.cut_connections()
        with pytest.raises(psycopg.OperationalError):
            dying.commit()
    with own.app() as next_process:
        assert own.one("select count(*) from positions") == 0
        number_all(next_process)
        assert log(next_process) == [(A, 1), (B, 1), (A, 2)]


def test_a_sequencer_stands_back_until_the_other_has_committed_or_died(app: App) -> None:
    commit(app, (A, 1))
    with app.engine.connect() as first, app.engine.connect() as second:
        second.execution_options(isolation_level="AUTOCOMMIT")
        assert number_one(first) == 1
        commit(app, (B, 1))
        assert number_one(second) == -1
        first.rollback()
        assert number_one(second) == 1
        assert number_one(first) == 1
        assert number_one(second) == -1
        first.commit()
        assert number_one(second) == 0
    assert log(app) == [(A, 1), (B, 1)]


def test_a_full_batch_leaves_the_rest_for_the_next_in_order(app: App) -> None:
    commit(app, (A, 1), (A, 2))
    commit(app, (B, 1))
    commit(app, (A, 3))
    with begun(app) as open_still:
        append(open_still, (C, 1))
        commit(app, (B, 2), (A, 4))
        assert [feed.number(app.engine, 2) for _ in range(3)] == [3, 3, 0]
        assert log(app) == [(A, 1), (A, 2), (B, 1), (A, 3), (B, 2), (A, 4)]
