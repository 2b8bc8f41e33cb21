"""The event store: what it refuses, and the order in which events get their positions."""

import random
import threading
from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from chassis.database.schema import NONE_TOLD
from chassis.unit import feed, store
from chassis.unit.calls import Job
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    NOON,
    Database,
    all_at_once,
    call,
    number_all,
    open_box,
    positions,
    put_in,
)

WRITERS, TRANSACTIONS, STREAMS = 10, 30, 6


def recorded(box_id: UUID, version: int, event: Any) -> Recorded:
    return Recorded(
        event_id=uuid4(),
        stream_id=f"box-{box_id}",
        subject=box_id,
        version=version,
        event=event,
        meta=call().meta(MINE),
        recorded_at=NOON,
    )


def append(app: App, *events: Recorded, told: bool = False) -> None:
    outbox = {"type": "boxes.box_appeared", "data": {}} if told else None
    with app.engine.begin() as connection:
        store.append(connection, [(event, outbox) for event in events], [], None)


def refusal(app: App, *events: Recorded) -> str:
    with pytest.raises(DBAPIError) as caught:
        append(app, *events)
    state: str = getattr(caught.value.orig, "sqlstate", "")
    return state


def test_an_expected_version_that_is_too_high_is_refused(app: App) -> None:
    box_id = open_box(app)
    sealed = boxes.BoxSealed()
    assert refusal(app, recorded(box_id, 3, sealed)) == "ES001"
    assert refusal(app, recorded(uuid4(), 2, sealed)) == "ES001"
    append(app, recorded(box_id, 2, sealed), recorded(box_id, 3, boxes.BoxUnsealed()))


def test_a_version_or_an_event_that_is_there_already_is_refused(app: App) -> None:
    box_id = open_box(app)
    event = recorded(box_id, 2, boxes.BoxSealed())
    append(app, event)
    assert refusal(app, recorded(box_id, 2, boxes.BoxSealed())) == "23505"
    assert refusal(app, recorded(box_id, 1, boxes.BoxSealed())) == "23505"
    same_id = recorded(uuid4(), 1, boxes.BoxSealed())
    again = Recorded(
        event_id=event.event_id,
        stream_id=same_id.stream_id,
        subject=same_id.subject,
        version=1,
        event=event.event,
        meta=event.meta,
        recorded_at=NOON,
    )
    assert refusal(app, again) == "23505"


def test_a_stream_is_read_as_it_was_written(app: App) -> None:
    box_id = open_box(app)
    put_in(app, box_id, "lamp")
    put_in(app, box_id, "vase")
    stream = store.Stream(decider=boxes.box, id=box_id)
    with app.engine.connect() as connection:
        store.read(connection, app.codec, [stream])
    assert (stream.version, stream.state.things) == (3, {"lamp", "vase"})
    assert stream.last_at == NOON
    assert store.split_name(stream.name) == ("box", box_id)


@pytest.mark.parametrize("table", ["events", "positions"])
@pytest.mark.parametrize(
    "statement", ["update {} set seq = default", "delete from {}", "truncate {} cascade"]
)
def test_not_even_the_owner_changes_history(
    own: Database, app: App, table: str, statement: str
) -> None:
    open_box(app)
    number_all(app)
    if table == "positions":
        statement = statement.replace("seq = default", "seq = seq")
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        own.change(statement.format(table))
    assert own.one(f"select count(*) from {table}") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update events set type = 'x'",
        "delete from events",
        "truncate events cascade",
        "update positions set previous = null",
        "delete from positions",
        "truncate positions",
        "truncate jobs",
        "drop table events cascade",
        "alter table events disable trigger events_immutable",
        "create table mine (x int)",
    ],
)
def test_the_app_role_lacks_the_rights(own: Database, app: App, statement: str) -> None:
    open_box(app)
    with (
        psycopg.connect(own.app_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_a_job_queued_twice_under_the_same_id_is_one_job(own: Database, app: App) -> None:
    row = Job(kind="weigh", subject=uuid4()).row_of(uuid4(), call().meta(MINE))
    for _ in range(2):
        with app.engine.begin() as connection:
            store.append(connection, [], [row], None)
    assert own.one("select count(*) from jobs") == 1


def test_a_sequencer_takes_whole_transactions(app: App) -> None:
    first, second = uuid4(), uuid4()
    append(app, *(recorded(first, version, boxes.BoxSealed()) for version in range(1, 6)))
    append(app, recorded(second, 1, boxes.BoxSealed()))
    assert feed.number(app.engine, 1) == 5
    assert feed.number(app.engine, 1) == 1
    assert feed.number(app.engine, 1) == 0
    assert [each.version for each in positions(app)] == [1, 2, 3, 4, 5, 1]


def test_a_second_sequencer_stands_back(app: App) -> None:
    open_box(app)
    with app.engine.connect() as rival, rival.begin():
        assert rival.exec_driver_sql("select number_events(10)").scalar_one() == 1
        open_box(app)
        assert feed.number(app.engine) == 0
    assert feed.number(app.engine) == 1


def test_a_turn_of_the_sequencer_reads_only_what_it_takes(own: Database, app: App) -> None:
    for _ in range(20):
        open_box(app)
    number_all(app)
    own.change("vacuum analyze pending")  # that it is empty is what the planner knows of it
    open_box(app)
    with app.engine.begin() as connection:
        before = connection.exec_driver_sql(SCANS).all()  # what the session has not reported yet
        assert connection.exec_driver_sql("select number_events(200)").scalar_one() == 1
        assert connection.exec_driver_sql(SCANS).all() == before


SCANS = (
    "select relname, seq_scan from pg_stat_xact_user_tables"
    " where relname in ('events', 'pending', 'positions') order by relname"
)


def test_of_two_open_transactions_only_the_committed_one_is_numbered(app: App) -> None:
    with app.engine.connect() as slow, slow.begin():
        store.append(slow, [(recorded(uuid4(), 1, boxes.BoxSealed()), None)], [], None)
        append(app, recorded(uuid4(), 1, boxes.BoxUnsealed()))
        assert feed.number(app.engine) == 1
        assert [each.type for each in positions(app)] == ["BoxUnsealed"]
    assert feed.number(app.engine) == 1
    assert [each.type for each in positions(app)] == ["BoxUnsealed", "BoxSealed"]


@pytest.mark.parametrize("most", [1, 20])
@pytest.mark.parametrize("noted", ["by append", "whole"])
def test_a_transaction_that_writes_before_and_after_a_rival_keeps_the_streams_order(
    own: Database, app: App, noted: str, most: int
) -> None:
    """Its first seq is smaller than its cause's: ordering by the first one would misorder."""
    shared, own_stream = uuid4(), uuid4()
    with app.engine.connect() as late, late.begin():
        store.append(late, [(recorded(own_stream, 1, boxes.BoxSealed()), None)], [], None)
        append(app, recorded(shared, 1, boxes.BoxSealed()))
        store.append(late, [(recorded(shared, 2, boxes.BoxUnsealed()), None)], [], None)
        late.commit()
    if noted == "whole":
        own.change(_NOTE_WHOLE)
    while feed.number(app.engine, most):
        pass
    versions = [each.version for each in positions(app) if each.stream_id == f"box-{shared}"]
    assert versions == [1, 2]


# as one append of all would have noted it, with the rival's seq between its own
_NOTE_WHOLE = """
with whole as (
    delete from pending where seq <> (select seq from pending order by seq offset 1 limit 1)
    returning seq
)
insert into pending (seq, seqs) select max(seq), array_agg(seq order by seq) from whole
"""


def test_positions_are_dense_and_streams_in_order_under_rival_writers_and_sequencers(
    app: App,
) -> None:
    streams = [uuid4() for _ in range(STREAMS)]
    finished = threading.Event()

    def write(number: int) -> int:
        chance = random.Random(number)
        committed = 0
        for turn in range(TRANSACTIONS):
            chosen = chance.sample(streams, chance.randint(1, 3))
            committed += attempt(app, chosen, told=chance.random() < 0.5, fail=turn % 10 == number)
        return committed

    def sequence(most: int) -> int:
        while not finished.is_set():
            feed.number(app.engine, most)
        return 0

    rivals = [threading.Thread(target=sequence, args=[most]) for most in (1, 3, 20)]
    for each in rivals:
        each.start()
    try:
        written = all_at_once([partial(write, number) for number in range(WRITERS)])
    finally:
        finished.set()
        for each in rivals:
            each.join()
    assert all(isinstance(each, int) for each in written), written
    number_all(app)

    stored = positions(app)
    assert len(stored) == sum(each for each in written if isinstance(each, int))
    assert [each.position for each in stored] == list(range(1, len(stored) + 1))
    versions = defaultdict(list)
    for each in stored:
        versions[each.stream_id].append(each.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    previous = NONE_TOLD
    for each in stored:
        assert each.previous is None if each.outbox is None else str(each.previous) == previous
        previous = str(each.event_id) if each.outbox else previous


def attempt(app: App, streams: list[UUID], *, told: bool, fail: bool) -> int:
    """Append once to each stream, one after the other; return how many events were committed.

    Every stream is read just before it is written, so that a transaction builds on ones that
    began after it. A transaction that meets a rival is rolled back and given up.
    """
    outbox = {"type": "boxes.box_appeared", "data": {}} if told else None
    try:
        with app.engine.begin() as connection:
            for box_id in sorted(streams):
                found = connection.exec_driver_sql(
                    "select coalesce(max(version), 0) from events where stream_id = %s",
                    (f"box-{box_id}",),
                ).scalar_one()
                event = recorded(box_id, found + 1, boxes.BoxSealed())
                store.append(connection, [(event, outbox)], [], None)
            if fail:
                raise ZeroDivisionError
    except ZeroDivisionError:
        return 0
    except DBAPIError as rival:
        assert getattr(rival.orig, "sqlstate", "") == "23505"
        return 0
    return len(streams)


def test_time_in_an_event_survives_the_store(own: Database, app: App) -> None:
    at = NOON + timedelta(microseconds=1)
    box_id = uuid4()
    command = boxes.OpenBox(workspace_id=MINE, label="x")
    app.handle(boxes.box, box_id, command, call(at=at))
    with app.engine.connect() as connection:
        stream = store.Stream(decider=boxes.box, id=box_id)
        store.read(connection, app.codec, [stream])
    assert stream.last_at == at
