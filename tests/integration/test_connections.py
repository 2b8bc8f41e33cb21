"""Connections: one that died is replaced; statements past SQLAlchemy, and statements alone."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from chassis.database import postgres
from chassis.database.lease import Lease
from chassis.errors import Unavailable
from chassis.jobs import pruning, schedules
from chassis.jobs.jobs import Worker
from chassis.unit import feed
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import MINE, Database, call, open_box


@pytest.fixture
def app(own: Database) -> Iterator[App]:
    with own.app(connections=1) as app:
        yield app


def backend(app: App) -> int:
    """Return which session of the server answers."""
    query = text("select pg_backend_pid()")
    return app.query(lambda connection: int(connection.execute(query).scalar_one()))


def test_a_connection_that_died_while_it_was_idle_is_replaced(
    own: Database, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "TRUSTED_S", 0)  # as if it had lain there for long
    before = backend(app)
    assert backend(app) == before
    own.cut_connections()
    assert backend(app) != before


def test_a_connection_that_answered_lately_is_not_asked_first(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ask = [], app.engine.dialect.do_ping

    def noted(connection: object) -> bool:
        asked.append(connection)
        return ask(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(app.engine.dialect, "do_ping", noted)
    for _ in range(3):
        backend(app)
    assert asked == []
    monkeypatch.setattr(postgres, "TRUSTED_S", 0)
    backend(app)
    assert len(asked) == 1


def test_a_database_that_takes_no_writes_is_unavailable_and_a_repeat_may_help(app: App) -> None:
    # what a standby answers, and a server that is to be spared
    read_only = text("set transaction read only")
    with pytest.raises(Unavailable) as caught:
        app.attempt(call(), lambda unit: (unit.execute(read_only), open_in(unit)))
    assert (caught.value.code, caught.value.retryable) == ("chassis.database_unavailable", True)
    assert app.attempt(call(), open_in) == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda connection: connection.execute(text(RENAME)),
        lambda connection: postgres.run(connection, RENAME, {}),
    ],
    ids=["by SQLAlchemy", "in the driver's words"],
)
def test_connections_of_the_time_without_writes_are_all_given_up_with_the_first_refusal(
    own: Database, write: Callable[[Connection], object]
) -> None:
    with own.app(connections=3) as app, ExitStack() as held:
        own.take_no_writes(True)
        for _ in range(3):  # they read, and know of nothing
            held.enter_context(app.engine.connect()).execute(text("select 1"))
        held.close()
        own.take_no_writes(False)
        with pytest.raises(Unavailable):
            app.query(write)
        for _ in range(3):
            held.enter_context(postgres.autocommit(app.engine))
            app.query(write)


RENAME = "update leases set holder = 'next'"


def test_whatever_writes_is_told_that_the_database_is_away_and_goes_on_afterwards(
    own: Database, app: App
) -> None:
    sweep = pruning.schedule("sweep", timedelta(), pruning.rows("commands", since="recorded_at"))
    writes: Mapping[str, Callable[[], object]] = {
        "a command": lambda: open_box(app),
        "numbering": lambda: feed.number(app.engine),
        "a lease": Lease(app.engine, "relay", "mine").held,
        "a claim": Worker(app, schedules.kinds(app, [sweep])).work,
        "a schedule": lambda: schedules.queue(app, [sweep]),
        "pruning": lambda: sweep.run(app),
    }
    open_box(app)
    own.take_no_writes(True)
    for name, write in writes.items():
        with pytest.raises(Unavailable) as caught:
            write()
        assert (caught.value.code, caught.value.retryable) == (postgres.UNAVAILABLE, True), name
    own.take_no_writes(False)
    for write in writes.values():
        write()


def test_of_several_hosts_that_one_is_found_which_takes_writes(own: Database) -> None:
    here = make_url(own.app_url)
    dead_first = {
        "host": f"127.0.0.1,{here.query['host']}",
        "hostaddr": f"127.0.0.1,{here.query.get('hostaddr', '')}",
        "port": f"1,{here.query['port']}",
        "target_session_attrs": "read-write",
    }
    url = here.update_query_dict(dead_first).render_as_string(hide_password=False)
    with replace(own, app_url=url).app() as app:
        open_box(app)
        own.take_no_writes(True)
        with pytest.raises(Unavailable) as caught:
            open_box(app)
        assert caught.value.retryable
        own.take_no_writes(False)
        open_box(app)


def open_in(unit: Unit) -> int:
    opened = boxes.OpenBox(workspace_id=MINE, label="a")
    return unit.decide(boxes.box, uuid4(), opened).written.version


def test_a_transaction_that_its_process_does_not_go_on_with_lets_others_go_on(
    own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STOPPED_S", 1)
    own.change("insert into leases values ('relay', 'nobody', now())")
    with own.app() as stopped, stopped.engine.connect() as connection:
        connection.execute(text("update leases set holder = 'stopped'"))
        own.change("update leases set holder = 'next'")  # waits for the other to be ended
        with pytest.raises(DBAPIError) as ended:
            connection.execute(text("select 1"))
        assert ended.value.connection_invalidated  # an outage, and no bug
    assert own.one("select holder from leases") == "next"


LEASE = "insert into leases values (%(name)s, 'somebody', now())"
LEASES = "select name from leases order by name"


def test_a_statement_in_the_drivers_words_is_part_of_its_transaction(
    own: Database, app: App
) -> None:
    with app.engine.connect() as connection:
        postgres.run(connection, LEASE, {"name": "taken back"})
        connection.rollback()
        postgres.run(connection, LEASE, {"name": "kept"})
        assert own.rows(LEASES) == []
        connection.commit()
        postgres.run(connection, LEASE, {"name": "left behind"})
    assert own.rows(LEASES) == [("kept",)]


def test_what_the_driver_refuses_is_raised_as_by_sqlalchemy_and_tells_no_parameter(
    app: App,
) -> None:
    with app.engine.connect() as connection:
        postgres.run(connection, LEASE, {"name": "a-secret"})
        with pytest.raises(IntegrityError) as twice:
            postgres.run(connection, LEASE, {"name": "a-secret"})
    assert isinstance(twice.value.orig, UniqueViolation)
    assert not twice.value.connection_invalidated
    assert "%(name)s" in str(twice.value)
    assert "parameters hidden" in str(twice.value)


def test_a_connection_that_is_lost_under_a_statement_is_replaced(own: Database, app: App) -> None:
    with app.engine.connect() as connection:
        postgres.run(connection, LEASE, {"name": "lost"})
        own.cut_connections()
        with pytest.raises(OperationalError) as lost:
            postgres.run(connection, LEASE, {"name": "lost too"})
        assert lost.value.connection_invalidated
        assert connection.invalidated
        connection.rollback()
        postgres.run(connection, LEASE, {"name": "kept"})  # by another one
        connection.commit()
    assert own.rows(LEASES) == [("kept",)]


def test_each_statement_alone_is_kept_whatever_becomes_of_the_next(own: Database, app: App) -> None:
    with (
        pytest.raises(IntegrityError),
        postgres.autocommit(app.engine) as connection,
    ):
        for _ in range(2):
            postgres.run(connection, LEASE, {"name": "kept"})
    assert own.rows(LEASES) == [("kept",)]
    with app.engine.connect() as connection:  # the pool has it back as it was
        postgres.run(connection, LEASE, {"name": "taken back"})
    assert own.rows(LEASES) == [("kept",)]


def test_a_database_that_goes_away_between_two_statements_alone_is_out_of_reach(
    own: Database, app: App
) -> None:
    with pytest.raises(Unavailable), postgres.autocommit(app.engine) as connection:
        connection.execute(text("select 1"))
        own.cut_connections()
        connection.execute(text("select 1"))
