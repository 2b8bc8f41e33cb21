"""Databases for tests of the frame, each a copy of one template; and calls to fill them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Engine, create_engine, make_url, text

from chassis import ids
from chassis.database import postgres, schema_steps
from chassis.identity import Actor
from chassis.unit import feed
from chassis.unit.calls import Call
from chassis.unit.handling import App
from chassis.unit.service import Service
from integration.stages import boxes, scales
from servers.postgres import Server

T = TypeVar("T")
OWNER, APP, PASSWORD, TEMPLATE = "boxes_owner", "boxes_app", "only-for-tests", "boxes_template"
MINE, THEIRS = UUID(int=1), UUID(int=2)  # workspaces
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

_numbers = count(1)
_free: list["Database"] = []  # of this run's server, empty


@dataclass(frozen=True, kw_only=True)
class Database:
    """One test's own database, as its owner and as the app role reach it."""

    name: str
    owner_url: str
    app_url: str
    admin_url: str

    def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return what the owner sees."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def change(self, statement: str, **parameters: Any) -> None:
        """Do as an operator with the owner's rights does."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            connection.execute(statement.encode(), parameters)

    def one(self, query: str, **parameters: Any) -> Any:
        """Return the one value that the owner sees."""
        ((found,),) = self.rows(query, **parameters)
        return found

    def cut_connections(self) -> None:
        """End every connection of a service to this database, as a failing network does."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and usename = %s",
                [self.name, APP],
            )

    def take_no_writes(self, none: bool) -> None:
        """Let the database take no writes, as a standby does, or take them again.

        Sessions begin anew: one stays as it was when it began.
        """
        setting = f"set default_transaction_read_only = {none}"
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(f"alter database {self.name} {setting}".encode())
        if none:
            self.cut_connections()

    @contextmanager
    def app(
        self,
        service: Service = boxes.SERVICE,
        clock: Callable[[], datetime] = ids.now,
        connections: int = 12,
    ) -> Iterator[App]:
        """Yield a service at work in this database, in its app role."""
        engine = postgres.engine(self.app_url, name=service.name, connections=connections)
        try:
            yield App(service=service, engine=engine, clock=clock)
        finally:
            engine.dispose()

    @contextmanager
    def owner(self) -> Iterator[Engine]:
        """Yield an engine with the owner's rights."""
        engine = create_engine(make_url(self.owner_url).set(drivername="postgresql+psycopg"))
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def database(server: Server) -> Iterator[Database]:
    """Yield an empty database with the tables of boxes and scales; the next test has it emptied."""
    own = _free.pop() if _free else make_database(server)
    try:
        yield own
    finally:
        own.cut_connections()
        with psycopg.connect(server.admin_url, dbname=own.name, autocommit=True) as admin:
            # no trigger fires, so that history can be forgotten
            admin.execute("set session_replication_role = replica")
            admin.execute(_EMPTY)
        _free.append(own)


_EMPTY = """
do $$
declare it record;
begin
    for it in select tablename from pg_tables where schemaname = 'public' loop
        execute format('delete from %I', it.tablename);
    end loop;
    drop schema if exists rebuilt cascade;
end $$
"""


def make_database(server: Server) -> Database:
    """Return a new database with the tables of boxes and scales."""
    name = f"boxes_{next(_numbers)}"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchall():
            _make_template(server, admin)
        admin.execute(f"create database {name} template {TEMPLATE} owner {OWNER}".encode())
    return Database(
        name=name,
        owner_url=server.url(OWNER, PASSWORD, name),
        app_url=server.url(APP, PASSWORD, name),
        admin_url=server.admin_url,
    )


def _make_template(server: Server, admin: psycopg.Connection) -> None:
    for role in (OWNER, APP):
        admin.execute(f"create role {role} login password '{PASSWORD}'".encode())
    admin.execute(f"create database {TEMPLATE} owner {OWNER}".encode())
    url = make_url(server.url(OWNER, PASSWORD, TEMPLATE)).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        schema_steps.upgrade(connection, "boxes")
        boxes.metadata.create_all(connection)
        scales.metadata.create_all(connection)
    engine.dispose()


def person(workspace_id: UUID = MINE) -> Actor:
    """Return a member of a workspace."""
    return Actor(kind="person", id=str(UUID(int=99)), workspace_id=workspace_id, role="member")


def call(
    actor: Actor | None = None,
    *,
    id: UUID | None = None,
    at: datetime = NOON,
    body: str = "",
    expected_version: int | None = None,
    keyed: bool = False,
) -> Call:
    """Return a call; with `keyed` its reply is stored for a repeat."""
    return Call(
        id=id or uuid4(),
        at=at,
        actor=actor or person(),
        correlation_id="the-correlation",
        method="some_method" if keyed else None,
        body_sha256=body,
        expected_version=expected_version,
    )


def open_box(app: App, label: str = "", workspace_id: UUID = MINE) -> UUID:
    """Open a box and return its id."""
    box_id = uuid4()
    command = boxes.OpenBox(workspace_id=workspace_id, label=label or str(box_id))
    app.handle(boxes.box, box_id, command, call(person(workspace_id)))
    return box_id


def put_in(app: App, box_id: UUID, thing: str, weight_g: int = 1) -> None:
    """Put a thing into a box of ours."""
    app.handle(boxes.box, box_id, boxes.PutIn(thing=thing, weight_g=weight_g), call())


def number_all(app: App) -> None:
    """Give every committed event its position."""
    while feed.number(app.engine):
        pass


def told(app: App) -> list[dict[str, Any]]:
    """Return everything that this service has told, as `events_read` gives it."""
    with app.engine.connect() as connection:
        return feed.read(connection, app.service.name).items


def positions(app: App) -> list[Any]:
    """Return all numbered events in order."""
    query = text("select p.*, e.* from positions p join events e using (seq) order by position")
    with app.engine.connect() as connection:
        return list(connection.execute(query).all())


def all_at_once(works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Start all works at the same moment, each in a thread; return results or errors."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T | Exception:
        start.wait()
        try:
            return work()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))
