"""What waits in a database, as Prometheus reads it: lag, parked events, jobs, gaps."""

from uuid import UUID, uuid4

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from chassis.database import backlog, postgres
from chassis.database.address import CONNECT_S
from chassis.database.backlog import Backlog
from chassis.door.internal_door import database_answers, relay_keeps_up
from chassis.errors import Unavailable
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import Database, call, number_all, open_box, told

BOXES = {"service": "boxes"}


@pytest.fixture
def read(app: App) -> "Read":
    return Read(app)


class Read:
    """Prometheus: `read(name, **labels)` scrapes and returns one value; None if it is absent."""

    def __init__(self, app: App) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(Backlog(app.engine, "boxes"))

    def __call__(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels or BOXES)

    def all(self) -> dict[str, float]:
        return {
            sample.name: sample.value
            for family in self.registry.collect()
            for sample in family.samples
        }


def opened_an_hour_ago(app: App, own: Database) -> UUID:
    """Open a box, and let its event be recorded an hour before this moment."""
    box_id = open_box(app)
    own.change("alter table events disable trigger events_immutable")
    own.change(
        "update events set recorded_at = now() - interval '1 hour' where stream_id = %(id)s",
        id=f"box-{box_id}",
    )
    own.change("alter table events enable trigger events_immutable")
    return box_id


def relayed(own: Database, position: int) -> None:
    own.change(
        "insert into relay values ('rabbitmq', %(position)s)"
        " on conflict (name) do update set position = excluded.position",
        position=position,
    )


def test_an_empty_database_has_no_backlog(read: Read) -> None:
    figures = read.all()
    assert figures.pop("service_database_up") == 1
    assert figures.pop("service_snapshot_oldest_seconds") < 60
    assert figures == {
        "service_events_unnumbered": 0,
        "service_events_unnumbered_oldest_seconds": 0,
        "service_events_unrelayed": 0,
        "service_events_unrelayed_oldest_seconds": 0,
        "service_head_position": 0,
        "service_position_gaps": 0,
    }


def test_events_wait_for_a_position_then_for_the_broker(
    app: App, own: Database, read: Read
) -> None:
    opened_an_hour_ago(app, own)
    open_box(app)
    assert read("service_events_unnumbered") == 2
    assert 3_600 <= (read("service_events_unnumbered_oldest_seconds") or 0) < 3_700
    assert read("service_events_unrelayed") == 0
    number_all(app)
    assert read("service_events_unnumbered") == 0
    assert read("service_events_unnumbered_oldest_seconds") == 0
    assert read("service_events_unrelayed") == 2
    assert 3_600 <= (read("service_events_unrelayed_oldest_seconds") or 0) < 3_700
    head = told(app)[-1]["position"]
    assert read("service_head_position") == head
    relayed(own, head)
    assert read("service_events_unrelayed") == 0
    assert read("service_events_unrelayed_oldest_seconds") == 0


def test_the_check_of_the_relay_fails_for_an_old_event_only(app: App, own: Database) -> None:
    check = relay_keeps_up(app, most_s=1_800)
    assert check() is None
    opened_an_hour_ago(app, own)
    assert check() is None  # numbering is another matter
    number_all(app)
    assert (check() or "").startswith("the oldest unrelayed event is 36")
    assert relay_keeps_up(app, most_s=7_200)() is None
    relayed(own, told(app)[-1]["position"])
    assert check() is None


def test_each_source_shows_how_far_it_is_heard_and_what_is_parked(
    own: Database, read: Read
) -> None:
    own.change(
        "insert into cursors (consumer, source, position, event_id, checked_at, stopped) values"
        " ('boxes', 'shop', 7, %(id)s, now() - interval '90 s', null),"
        " ('boxes.revocations', 'auth', 3, %(id)s, null, '{\"code\": \"chassis.forked\"}')",
        id=uuid4(),
    )
    own.change(
        "insert into parked (consumer, source, position, stream_id, event, dead) values"
        " ('boxes', 'shop', 1, 'parcel-1', '{}', true), ('boxes', 'shop', 2, 'parcel-1', '{}',"
        " false), ('boxes', 'shop', 3, 'parcel-2', '{}', false)"
    )
    shop = {"consumer": "boxes", "source": "shop"}
    auth = {"consumer": "boxes.revocations", "source": "auth"}
    assert read("service_cursor_position", **shop) == 7
    assert read("service_cursor_position", **auth) == 3
    assert 90 <= (read("service_source_checked_seconds", **shop) or 0) < 150
    assert read("service_source_checked_seconds", **auth) == float("inf")
    assert [read("service_source_stopped", **each) for each in (shop, auth)] == [0, 1]
    assert [read("service_parked_streams", **each) for each in (shop, auth)] == [2, 0]
    assert [read("service_parked_streams_dead", **each) for each in (shop, auth)] == [1, 0]


def test_jobs_are_due_claimed_or_dead_by_kind(app: App, own: Database, read: Read) -> None:
    def queue(unit: Unit) -> dict[str, object]:
        for _ in range(3):
            unit.queue(Job(kind="weigh", subject=uuid4(), args={}))
        unit.queue(Job(kind="weigh", subject=uuid4(), args={}, delay_s=600))
        for _ in range(2):
            unit.queue(Job(kind="mail", subject=uuid4(), args={}))
        return {}

    app.answer(call(), queue)
    own.change("update jobs set state = 'dead' where kind = 'mail'")
    own.change(
        "update jobs set state = 'claimed' where id = (select min(id::text)::uuid from jobs"
        " where kind = 'weigh' and run_at <= now())"
    )
    names = ("service_jobs_due", "service_jobs_claimed", "service_jobs_dead")
    assert [read(name, service="boxes", kind="weigh") for name in names] == [2, 1, 0]
    assert [read(name, service="boxes", kind="mail") for name in names] == [0, 0, 2]


@pytest.mark.parametrize("at_a_time", [1, 2, 1_000])
def test_a_missing_position_is_a_gap_wherever_it_is(
    app: App, own: Database, read: Read, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(backlog, "SLICE", at_a_time)
    for _ in range(4):
        open_box(app)
    number_all(app)
    assert read("service_position_gaps") == 0
    own.change("alter table positions disable trigger positions_immutable")
    own.change("insert into positions select 9, nextval('events_seq_seq'), null")
    own.change("alter table positions enable trigger positions_immutable")
    assert read("service_position_gaps") == 4
    assert read("service_position_gaps") == 4  # counted once


def test_a_restored_database_is_counted_anew(app: App, own: Database, read: Read) -> None:
    for _ in range(4):
        open_box(app)
    number_all(app)
    assert read("service_position_gaps") == 0
    own.change("alter table positions disable trigger positions_immutable")
    own.change("delete from positions where position in (2, 4)")
    own.change("alter table positions enable trigger positions_immutable")
    assert read("service_position_gaps") == 1


def test_a_transaction_left_open_shows_its_age(app: App, own: Database, read: Read) -> None:
    with app.engine.connect() as idle:
        begun = idle.exec_driver_sql("select extract(epoch from now())::float").scalar_one()
        own.one("select pg_sleep(0.3)")
        age = read("service_snapshot_oldest_seconds") or 0
        now = own.one("select extract(epoch from clock_timestamp())::float")
    assert 0.3 <= age <= now - begun


def test_a_database_that_is_away_leaves_one_gauge_and_comes_back(own: Database) -> None:
    nowhere = make_url(own.app_url).set(host="127.0.0.1", port=1, query={})
    registry = CollectorRegistry()
    registry.register(Backlog(postgres.engine(nowhere, name="boxes"), "boxes"))
    samples = [each for family in registry.collect() for each in family.samples]
    assert [(each.name, each.labels, each.value) for each in samples] == [
        ("service_database_up", BOXES, 0)
    ]


def test_cut_connections_do_not_hide_the_next_scrape(
    own: Database, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "TRUSTED_S", 0)  # as scrapes lie farther apart
    assert read("service_database_up") == 1
    own.cut_connections()
    assert read("service_database_up") == 1


def test_a_lock_that_is_held_too_long_is_a_database_that_does_not_answer(
    app: App, own: Database, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "_BUDGET", text("set local statement_timeout = 100"))
    with own.owner() as owner, owner.begin() as holding:
        holding.exec_driver_sql("lock table parked")
        assert read("service_database_up") == 0
        assert read("service_events_unrelayed") is None
    assert read("service_database_up") == 1


def test_a_query_that_is_wrong_is_a_bug_and_no_outage(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "_JOBS", text("select * from no_such_table"))
    with pytest.raises(ProgrammingError, match="no_such_table"):
        read("service_database_up")


def test_the_checks_find_a_connection_while_the_workers_hold_all_of_theirs(own: Database) -> None:
    busy = App(
        service=boxes.SERVICE, engine=postgres.engine(own.app_url, name="boxes", connections=1)
    )
    with busy.engine.connect():
        assert database_answers(busy)() is None
    busy.engine.dispose()


def test_a_connection_gives_up_a_server_that_falls_silent(app: App) -> None:
    with app.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        limits = driver.info.get_parameters()
    assert int(limits["connect_timeout"]) == CONNECT_S
    assert int(limits["tcp_user_timeout"]) == 1_000 * postgres.LOST_S
    awaited_s = int(limits["keepalives_idle"]) + 2 * int(limits["keepalives_interval"])
    assert awaited_s <= postgres.LOST_S


def test_the_check_of_the_database(app: App, own: Database) -> None:
    assert database_answers(app)() is None
    nowhere = make_url(own.app_url).set(host="127.0.0.1", port=1, query={})
    away = App(service=app.service, engine=postgres.engine(nowhere, name="boxes"))
    with pytest.raises(Unavailable):
        database_answers(away)()
