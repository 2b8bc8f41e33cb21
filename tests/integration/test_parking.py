"""An event that cannot be taken: it waits with its stream, is tried again in order, ends dead."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text

from chassis.errors import (
    Conflict,
    DeadlineExceeded,
    NotFound,
    RateLimited,
    Rejected,
    Unavailable,
)
from chassis.hearing import parking
from chassis.hearing.inbox import Consumer
from chassis.jobs.jobs import Worker
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard, heard, item
from chassis.unit.handling import App
from embedded.rest import SourceStopped, raise_stopped, unsettled
from integration.stages import scales
from integration.stages.box_database import Database, database, number_all, put_in, told
from integration.stages.box_hearers import (
    all_told,
    at,
    make_due,
    pack,
    packed,
    pages,
    parked,
    redrive,
    tally,
    weighed,
)
from servers.postgres import Server

BAD = 13
KEY = ("scales", "boxes")

DYING = """
import json, os, sys
from dataclasses import replace
from chassis.database import postgres
from chassis.unit.envelope import heard
from chassis.unit.handling import App
from chassis.hearing.inbox import Consumer
from integration.stages import scales

def die(unit, event):
    if event.event.weight_g == int(sys.argv[2]):
        os._exit(7)
    return scales.weigh(unit, event)

app = App(service=scales.SERVICE, engine=postgres.engine(sys.argv[1], name="scales"))
consumer = Consumer(app, "boxes", [replace(scales.WEIGHT_ADDED, react=die)])
consumer.accept([heard(each) for each in json.load(sys.stdin)])
"""


@pytest.fixture
def app(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app() as app:
        yield app


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


class Moods:
    """The scales' reaction, which raises for some weights as long as they are in `failing`."""

    def __init__(self) -> None:
        self.failing: dict[int, Callable[[], Exception]] = {}
        self.tried: list[int] = []

    def weigh(self, unit: Unit, event: Heard) -> object:
        self.tried.append(event.event.weight_g)
        if event.event.weight_g in self.failing:
            raise self.failing[event.event.weight_g]()
        return scales.weigh(unit, event)


@pytest.fixture
def moods() -> Moods:
    return Moods()


@pytest.fixture
def consumer(hearer: Database, moods: Moods) -> Iterator[Consumer]:
    with hearer.app(scales.SERVICE) as app:
        yield Consumer(app, "boxes", [replace(scales.WEIGHT_ADDED, react=moods.weigh)])


class Death(BaseException):
    """What ends a process ends its worker."""


def bug() -> Exception:
    return ValueError("the scales show nothing")


def waiting(hearer: Database) -> list[int]:
    """Return in how many seconds each redrive is due."""
    query = (
        "select round(extract(epoch from run_at - now()))::int from jobs"
        " where kind = 'redrive' and state = 'waiting'"
    )
    return [seconds for (seconds,) in hearer.rows(query)]


def test_a_failing_event_parks_with_all_of_its_stream_and_other_streams_flow(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[BAD] = bug
    first, second = pack(app, [1, BAD, 3]), pack(app, [5])
    put_in(app, first, "later", 7)
    put_in(app, second, "later", 9)
    number_all(app)
    events = all_told(app)  # opened, 1, BAD, 3; opened, 5; 7; 9
    assert consumer.accept(events)
    assert consumer.cursor() == at(events[-1])
    assert weighed(hearer) == [events[1].position, events[5].position, events[7].position]
    behind = [(events[number].position, 0, False) for number in (3, 6)]
    assert parked(hearer) == [(events[2].position, 1, False), *behind]
    ((event, error, stream_id),) = hearer.rows(
        "select event, error, stream_id from parked where attempts = 1"
    )
    assert heard(event) == events[2]
    assert stream_id == f"box-{first}"
    assert {**error, "trace": ""} == {
        "kind": "ValueError",
        "code": "chassis.bug",
        "message": "the scales show nothing",
        "retryable": False,
        "details": {},
        "trace": "",
    }
    assert "in weigh" in error["trace"]
    assert waiting(hearer) in ([0], [1])
    assert consumer.accept(events)  # heard again, it changes nothing
    assert len(parked(hearer)) == 3


def test_a_stream_is_redriven_in_order_once_its_event_can_be_taken(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[2] = bug
    events = packed(app, [1, 2, 3, 4])
    consumer.accept(events)
    assert weighed(hearer) == [events[1].position]
    del moods.failing[2]
    assert redrive(hearer, consumer) == 1
    assert weighed(hearer) == [each.position for each in events[1:]]
    assert tally(hearer) == (4, 10)
    assert parked(hearer) == []
    ((meta,),) = hearer.rows("select meta from events where version = 2")
    assert meta["heard"]["event_id"] == str(events[2].event_id)
    assert meta["correlation"] == "the-correlation"
    assert redrive(hearer, consumer) == 0


def test_a_bug_is_tried_again_after_longer_and_longer_waits_and_then_dead(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[2] = bug
    box_id = pack(app, [1, 2, 3])
    consumer.accept(all_told(app))
    waits = []
    for failures in range(1, 6):
        assert parked(hearer)[0][1:] == (failures, False)
        waits += waiting(hearer)
        assert redrive(hearer, consumer) == 1
    for wait, expected in zip(waits, parking.BACKOFF_S, strict=True):
        assert 0.75 * expected - 1 <= wait <= 1.25 * expected
    assert [each[1:] for each in parked(hearer)] == [(6, True), (0, False)]
    assert waiting(hearer) == []
    put_in(app, box_id, "later", 4)
    pack(app, [9])
    consumer.pull(pages(app))
    assert [each[1:] for each in parked(hearer)] == [(6, True), (0, False), (0, False)]
    assert tally(hearer) == (2, 10)  # the other box is weighed all the same
    moods.failing.clear()
    assert not consumer.redrive(f"box-{box_id}")  # a redrive that comes too late
    assert tally(hearer) == (2, 10)


def test_each_stream_waits_a_little_shorter_or_longer() -> None:
    delays = {parking.delay_s(f"box-{number}", 4) for number in range(200)}
    assert (min(delays), max(delays)) == (96, 144)


@pytest.mark.parametrize(
    "error,dead",
    [
        (Rejected("scales.too_heavy"), True),
        (NotFound("scales.tally_not_found"), True),
        (Rejected("scales.workspace_unknown", retryable=True), False),
        (Conflict("scales.taken", retryable=False), False),
        (AssertionError("cannot follow"), False),
    ],
)
def test_what_a_rule_refuses_is_dead_at_once_and_what_may_mend_waits(
    app: App, hearer: Database, consumer: Consumer, moods: Moods, error: Exception, dead: bool
) -> None:
    moods.failing[2] = lambda: error
    events = packed(app, [1, 2, 3])
    consumer.accept(events)
    assert [each[1:] for each in parked(hearer)] == [(1, dead), (0, False)]
    assert len(waiting(hearer)) == (0 if dead else 1)
    assert tally(hearer) == (1, 1)


def test_an_event_whose_data_do_not_load_is_dead_at_once(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [1])
    assert consumer.accept([events[0], replace(events[1], data={"weight_g": "heavy"})])
    assert [each[1:] for each in parked(hearer)] == [(1, True)]
    assert hearer.one("select error->>'code' from parked") == "chassis.invalid_argument"


class Unknown:
    """What no column can hold."""


@pytest.mark.parametrize("wrong", [Unknown(), "\0"])
def test_what_the_driver_refuses_to_send_is_a_bug_and_no_outage(
    app: App, hearer: Database, consumer: Consumer, wrong: object
) -> None:
    def react(unit: Unit, event: Heard) -> None:
        unit.execute(text("select cast(:wrong as text)").bindparams(wrong=wrong))

    buggy = Consumer(consumer.app, "boxes", [replace(scales.WEIGHT_ADDED, react=react)])
    assert buggy.accept(packed(app, [1]))
    assert [each[1:] for each in parked(hearer)] == [(1, False)]


@pytest.mark.parametrize(
    "outage",
    [
        Unavailable("prices.away"),
        RateLimited("prices.too_fast"),
        DeadlineExceeded("prices.too_slow"),
        Conflict("chassis.busy"),
        Conflict("chassis.in_progress"),
    ],
)
def test_an_outage_pauses_the_source_and_parks_nothing(
    app: App, hearer: Database, consumer: Consumer, moods: Moods, outage: Exception
) -> None:
    events = packed(app, [1, 2, 3])
    moods.failing[2] = lambda: outage
    for _ in range(10):  # longer than a crash would be looked at
        with pytest.raises(type(outage)):
            consumer.accept(events)
    assert (tally(hearer), parked(hearer)) == ((0, 0), [])
    moods.failing.clear()
    assert consumer.accept(events)
    assert tally(hearer) == (3, 6)


def test_a_redrive_holds_the_cursor_so_that_nothing_is_parked_behind_what_it_takes(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    held: list[bool] = []

    def react(unit: Unit, event: Heard) -> object:
        with suppress(psycopg.errors.LockNotAvailable):
            hearer.rows("select 1 from cursors for update nowait")
            held.append(False)
        return scales.weigh(unit, event)

    moods.failing[5] = bug
    consumer.accept(packed(app, [5]))
    watched = Consumer(consumer.app, "boxes", [replace(scales.WEIGHT_ADDED, react=react)])
    assert redrive(hearer, watched) == 1
    assert (tally(hearer), held) == ((1, 5), [])


def test_a_hearer_whose_database_takes_no_writes_parks_nothing_and_goes_on_afterwards(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    batch = packed(app, [1, 2])
    hearer.take_no_writes(True)
    with pytest.raises(Unavailable):
        consumer.accept(batch)
    hearer.take_no_writes(False)
    consumer.accept(batch)
    assert (parked(hearer), len(weighed(hearer))) == ([], 2)


def test_an_outage_in_a_redrive_is_no_attempt_of_the_event(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[2] = bug
    consumer.accept(packed(app, [1, 2, 3]))
    moods.failing[2] = lambda: Unavailable("prices.away")
    for _ in range(12):  # the job is given up meanwhile, and queued anew
        assert redrive(hearer, consumer) == 1
    assert [each[1:] for each in parked(hearer)] == [(1, False), (0, False)]
    moods.failing.clear()
    assert redrive(hearer, consumer) == 1
    assert tally(hearer) == (3, 6)


def test_an_operator_retries_what_is_dead_and_it_goes_on_in_order(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[2] = lambda: Rejected("scales.too_heavy")
    events = packed(app, [1, 2, 3])
    consumer.accept(events)
    stream_id = events[0].stream_id
    parking.retry(consumer.app, *KEY, stream_id, "kari")
    assert [each[1:] for each in parked(hearer)] == [(0, False), (0, False)]
    assert waiting(hearer) == [0]
    assert redrive(hearer, consumer) == 1  # still refused
    assert [each[1:] for each in parked(hearer)] == [(1, True), (0, False)]
    moods.failing.clear()
    for _ in range(2):  # impatiently
        parking.retry(consumer.app, *KEY, stream_id, "kari")
    assert redrive(hearer, consumer) == 1
    assert weighed(hearer) == [each.position for each in events[1:]]
    with pytest.raises(NotFound, match="nothing_parked"):
        parking.retry(consumer.app, *KEY, stream_id, "kari")
    audited = hearer.rows("select who, did, details->>'stream_id' from audit")
    assert audited == [("kari", "parked retry", stream_id)] * 3


def test_an_operator_skips_the_first_event_of_a_stream_and_the_rest_goes_on(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[2] = lambda: Rejected("scales.too_heavy")
    events = packed(app, [1, 2, 3])
    consumer.accept(events)
    with pytest.raises(Rejected, match="not_first"):
        parking.skip(consumer.app, *KEY, events[3].position, "kari")
    with pytest.raises(NotFound, match="nothing_parked"):
        parking.skip(consumer.app, *KEY, events[1].position, "kari")
    with pytest.raises(NotFound, match="consumer_not_found"):
        parking.skip(consumer.app, "scales", "nobody", events[2].position, "kari")
    parking.skip(consumer.app, *KEY, events[2].position, "kari")
    assert redrive(hearer, consumer) == 1
    assert weighed(hearer) == [events[1].position, events[3].position]
    assert parked(hearer) == []
    ((who, did, details),) = hearer.rows("select who, did, details from audit")
    assert (who, did) == ("kari", "parked skip")
    assert details == {
        "consumer": "scales",
        "source": "boxes",
        "position": events[2].position,
        "stream_id": events[2].stream_id,
        "event_id": str(events[2].event_id),
    }


def test_what_is_parked_can_be_listed_whole_or_by_stream(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[2] = bug
    consumer.accept(packed(app, [2, 3]))
    consumer.pull(pages(app))
    pack(app, [2])
    consumer.pull(pages(app))
    with consumer.app.engine.connect() as connection:
        found = parking.listed(connection)
        assert len(found) == 3
        stream_id = found[0]["stream_id"]
        listed = parking.listed(connection, stream_id)
    assert listed == [each for each in found if each["stream_id"] == stream_id]
    assert {each["error"]["kind"] if each["error"] else None for each in found} == {
        "ValueError",
        None,
    }


def test_twenty_parked_streams_pause_their_source_while_redrives_go_on(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[BAD] = bug
    for _ in range(20):
        pack(app, [BAD])
    pack(app, [1])
    with pytest.raises(Unavailable, match="too_many_parked"):
        consumer.pull(pages(app))
    assert len(parked(hearer)) == 20
    stands = consumer.cursor()
    with pytest.raises(Unavailable, match="too_many_parked"):
        consumer.pull(pages(app))
    assert consumer.cursor() == stands
    moods.failing.clear()
    assert redrive(hearer, consumer) == 20
    consumer.pull(pages(app))
    assert tally(hearer) == (21, 20 * BAD + 1)


def test_an_event_that_kills_its_process_is_parked_after_the_third_try(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    events = packed(app, [1, 2, BAD, 4])
    pack(app, [8])

    def start() -> int:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", DYING, hearer.app_url, str(BAD)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            input=json.dumps(told(app)).encode(),
            timeout=180,
        ).returncode

    ended = [start()]
    assert weighed(hearer) == []  # the whole batch went down with it
    ended.append(start())  # one by one now
    assert weighed(hearer) == [events[1].position, events[2].position]
    while ended[-1] != 0:
        assert parked(hearer) == []
        ended.append(start())
    assert ended == [7, 7, 7, 7, 0]  # in a batch, and three times alone
    assert [each[1:] for each in parked(hearer)] == [(1, False), (0, False)]
    assert hearer.one("select error->>'code' from parked where attempts = 1") == (
        "chassis.crash_loop"
    )
    assert weighed(hearer)[2:] == [all_told(app)[-1].position]
    assert hearer.one("select tries from cursors") == 0
    assert redrive(hearer, consumer) == 1  # by a process that can
    assert tally(hearer) == (5, 15 + BAD)


def test_a_redrive_that_kills_its_process_leaves_the_event_dead_after_three(
    app: App, hearer: Database, consumer: Consumer, moods: Moods
) -> None:
    moods.failing[2] = bug
    consumer.accept(packed(app, [1, 2]))
    worker = Worker(consumer.app, [parking.kind([consumer])])
    moods.failing[2] = Death  # type: ignore[assignment]
    for _ in range(3):
        make_due(hearer)
        with pytest.raises(Death):
            worker.work()
        worker.release()
    tried = len(moods.tried)
    make_due(hearer)
    assert worker.work()
    assert len(moods.tried) == tried
    assert [each[1:] for each in parked(hearer)] == [(2, True)]
    assert hearer.one("select error->>'code' from parked") == "chassis.out_of_memory"
    assert waiting(hearer) == []


@pytest.mark.parametrize(
    "error,raises",
    [
        (ValueError("the scales show nothing"), True),
        (Rejected("scales.too_heavy"), True),
        (Rejected("scales.workspace_unknown", retryable=True), False),
    ],
)
def test_a_suite_does_not_settle_over_what_may_mend_and_raises_what_does_not(
    app: App,
    hearer: Database,
    consumer: Consumer,
    moods: Moods,
    error: Exception,
    raises: bool,
) -> None:
    moods.failing[2] = lambda: error
    events = packed(app, [1, 2, 3])
    engines = {"boxes": app.engine, "scales": consumer.app.engine}
    assert unsettled(engines) == [f"scales is {events[-1].position} positions behind boxes"]
    consumer.pull(pages(app))
    if raises:
        where = rf"parked boxes.weight_added at boxes:{events[2].position} .*{events[2].event_id}"
        with pytest.raises(SourceStopped, match=where) as caught:
            raise_stopped(engines)
        assert type(error).__name__ in str(caught.value)
    else:
        raise_stopped(engines)
        assert "scales has parked boxes.weight_added of boxes" in unsettled(engines)
    moods.failing.clear()
    parking.retry(consumer.app, *KEY, events[0].stream_id)
    redrive(hearer, consumer)
    number_all(consumer.app)
    raise_stopped(engines)
    assert unsettled(engines) == []


def test_an_event_heard_becomes_the_item_that_its_source_told(app: App) -> None:
    events = packed(app, [1, 2])
    for told_item, event in zip(told(app), events, strict=True):
        written = item(event)
        assert {**told_item, **written, "time": told_item["time"]} == told_item
        assert heard(json.loads(json.dumps(written))) == event
