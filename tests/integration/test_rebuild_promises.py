"""What a rebuild promises besides: which tables, what they are like, and what if it fails."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from chassis.database import migrations, postgres
from chassis.errors import Conflict, Invalid
from chassis.unit import projection, rebuilding
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from embedded.keys import SERVICES
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    Database,
    call,
    number_all,
    open_box,
)
from integration.stages.rebuilds import (
    differences,
    many_boxes,
    oid,
    rebuild,
)
from integration.stages.service_database import service_database
from servers.postgres import Server


def test_what_has_no_position_yet_gets_one_and_is_applied(own: Database, app: App) -> None:
    open_box(app)
    report = rebuild(own, app)
    assert (report.events, report.rows) == (1, {"box": 1, "shelf": 0})
    assert own.one("select count(*) from pending") == 0
    assert own.one("select count(*) from box") == 1


class Enough(Exception):
    pass


def give_up(*_: int) -> None:
    raise Enough


def test_a_rebuild_that_fails_or_is_killed_leaves_the_live_tables(own: Database, app: App) -> None:
    many_boxes(app)
    own.change("update box set things = 7")
    before = (oid(own, "box"), own.rows("select * from box order by id"))

    def be_killed(*_: int) -> None:
        with psycopg.connect(own.admin_url, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_locks join pg_database d"
                " on d.oid = database where d.datname = %s and locktype = 'advisory'"
                " and objid = %s",
                [own.name, migrations.ONE_AT_A_TIME],
            )

    for end, error in ((give_up, Enough), (be_killed, DBAPIError)):
        with pytest.raises(error):
            rebuild(own, app, on_progress=end)
        assert (oid(own, "box"), own.rows("select * from box order by id")) == before
        left = own.one("select count(*) from pg_namespace where nspname = 'rebuilt'")
        assert left == (end is be_killed)  # who fails clears away, who is killed cannot
    rebuild(own, app)
    assert own.one("select sum(things) from box") == 0
    assert own.one("select count(*) from pg_namespace where nspname = 'rebuilt'") == 0


def test_one_rebuild_at_a_time(own: Database, app: App) -> None:
    many_boxes(app)
    refused: list[str] = []

    def another(*_: int) -> None:
        with pytest.raises(Conflict) as refusal:
            rebuild(own, app)
        refused.append(refusal.value.code)
        with pytest.raises(Conflict, match="chassis.schema_busy"):
            differences(own, app)

    rebuild(own, app, on_progress=another)
    assert refused == ["chassis.schema_busy"]
    assert rebuild(own, app).events == rebuilding.REST + 1  # it is free again


def test_only_the_tables_named_are_rebuilt(own: Database, app: App) -> None:
    shelf_id, box_id = uuid4(), open_box(app)
    app.handle(boxes.shelf, shelf_id, boxes.Build(workspace_id=MINE), call())
    app.handle(boxes.box, box_id, boxes.Shelve(shelf_id=shelf_id), call())
    own.change("update box set weight_g = 5")
    own.change("update shelf set boxes = 5")
    shelf = oid(own, "shelf")
    assert rebuild(own, app, "box").rows == {"box": 1}
    assert own.rows("select weight_g, boxes from box, shelf") == [(0, 5)]
    assert oid(own, "shelf") == shelf
    with pytest.raises(Invalid, match="chassis.no_such_projection"):
        rebuild(own, app, "box", "boks")


def test_a_table_altered_meanwhile_is_not_replaced(own: Database, app: App) -> None:
    many_boxes(app)
    try:
        with pytest.raises(Conflict, match="chassis.table_changed"):
            rebuild(own, app, on_progress=lambda *_: own.change("alter table box add more text"))
        assert own.rows("select more from box limit 1") == [(None,)]
    finally:
        own.change("alter table box drop column more")


def test_tables_that_vanish_meanwhile_are_not_mistaken_for_the_live_ones(
    own: Database, app: App
) -> None:
    many_boxes(app)
    app.handle(boxes.shelf, shelf_id := uuid4(), boxes.Build(workspace_id=MINE), call())
    box_id = open_box(app)

    def vanish(*_: int) -> None:
        own.change("drop schema rebuilt cascade")
        app.handle(boxes.box, box_id, boxes.Shelve(shelf_id=shelf_id), call())

    with pytest.raises(DBAPIError, match="rebuilt"):
        rebuild(own, app, on_progress=vanish)
    assert own.one("select boxes from shelf") == 1


def test_a_projection_changes_no_other_s_table(own: Database, app: App) -> None:
    def project(recorded: Recorded) -> Iterator[Any]:
        yield insert(boxes.shelf_table).values(id=recorded.subject, boxes=0)

    wrong = projection.Projection(table=boxes.box_table, project=project)
    open_box(app)
    number_all(app)
    with own.owner() as engine, pytest.raises(AssertionError, match="the projection of box"):
        rebuilding.rebuild(engine, replace(app.service, projections=(wrong,)))


MODEL = {
    "columns": "select column_name, data_type, is_nullable, column_default, ordinal_position"
    " from information_schema.columns where table_schema = 'public' and table_name = '{0}'",
    "constraints": "select conname, contype::text, pg_get_constraintdef(oid) from pg_constraint"
    " where conrelid = 'public.\"{0}\"'::regclass",
    "indexes": "select indexname, indexdef from pg_indexes"
    " where schemaname = 'public' and tablename = '{0}'",
    "table": "select pg_get_userbyid(relowner), reloptions from pg_class"
    " where oid = 'public.\"{0}\"'::regclass",
    "grants": "select grantee, privilege_type, is_grantable"
    " from information_schema.table_privileges where table_name = '{0}'",
    "columns' grants": "select grantee, column_name, privilege_type"
    " from information_schema.column_privileges where table_name = '{0}'",
}


@pytest.mark.parametrize("service", SERVICES)
def test_after_a_switch_the_database_is_as_its_migrations_made_it(
    postgres_server: Server, service: str
) -> None:
    parts = import_module(f"{service}.app")
    with service_database(postgres_server, service) as url:
        migrations.upgrade(service, url)
        tables = [each.table.name for each in parts.SERVICE.projections]
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(f'alter table "{tables[0]}" set (fillfactor = 90)'.encode())
            owner.execute(f'grant select (id) on "{tables[0]}" to pg_monitor'.encode())
            before = model(owner, tables)
            engine = postgres.engine(url, name="rebuild", connections=1)
            assert rebuilding.rebuild(engine, parts.SERVICE).rows == dict.fromkeys(tables, 0)
            assert model(owner, tables) == before
        with engine.connect() as connection:
            options = {"include_name": migrations.ours, "compare_server_default": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, parts.SERVICE.projections[0].table.metadata) == []
        engine.dispose()


def model(connection: psycopg.Connection, tables: list[str]) -> dict[tuple[str, str], Any]:
    found = {
        (kind, table): sorted(connection.execute(query.format(table).encode()).fetchall())
        for kind, query in MODEL.items()
        for table in tables
    }
    assert all(found["constraints", table] and found["grants", table] for table in tables)
    return found
