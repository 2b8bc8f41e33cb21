"""Connections: one that died while nobody used it is replaced before anybody notices."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis import postgres
from chassis.handling import App
from embedded.postgres import Server
from integration.box_database import Database, database


@pytest.fixture
def own(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


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
