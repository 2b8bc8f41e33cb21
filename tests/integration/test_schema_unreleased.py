"""A database of before the frame had versions is refused in one line, and left as it is."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from chassis.database import migrations, postgres, schema_rule
from chassis.errors import Unavailable
from demo import __main__ as demo
from embedded.keys import SERVICES, keys
from integration.stages.operated_site import Operated
from integration.stages.service_database import service_database
from servers.postgres import Server, make_folder
from suitectl import databases
from suitectl.change import made

DEADLINE_S = 180.0
OLDER = """
create table alembic_version (version_num varchar(32) primary key);
insert into alembic_version values ('{revision}');
create table events (seq bigint generated always as identity primary key, type text not null);
create table pending (seq bigint primary key, seqs bigint[]);
insert into events (type) values ('InvoiceIssued'), ('InvoicePaid');
insert into pending values (2, null);
grant select on alembic_version, events, pending to {service}_app;
"""
# every row with its place and the transaction that wrote it, of the tables and of what describes
# them; what vacuum counts, it writes in place
ROWS = "select ctid::text, xmin::text, t::text from {} t order by 1"
PLACES = "select ctid::text, xmin::text from {} order by 1"
CATALOGUE = (
    *("pg_class", "pg_attribute", "pg_constraint", "pg_index", "pg_proc", "pg_trigger"),
    *("pg_namespace", "pg_default_acl", "pg_sequence", "pg_type"),
)


def make_older(owner_url: str, service: str, revision: str = "0005") -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute(OLDER.format(service=service, revision=revision).encode())


def everything(owner_url: str) -> dict[str, list[Any]]:
    """Return all that stands in a database, in the words of its own files."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        tables = owner.execute("select tablename from pg_tables where schemaname = 'public'")
        own = [name for (name,) in tables]
        assert "events" in own
        queries = dict.fromkeys(own, ROWS) | dict.fromkeys(CATALOGUE, PLACES)
        return {
            name: owner.execute(query.format(name).encode()).fetchall()
            for name, query in queries.items()
        }


def must_say_so(line: str, service: str, command: str) -> None:
    assert f"the database of {service} is of an older, unreleased version, to be cleaned" in line
    assert command in line


@pytest.fixture
def owner_url(postgres_server: Server) -> Iterator[str]:
    with service_database(postgres_server, "billing") as url:
        yield url


@pytest.mark.parametrize("revision", ["0001", "0005"])
def test_migrate_says_so_in_one_line_and_changes_nothing(owner_url: str, revision: str) -> None:
    make_older(owner_url, "billing", revision)
    before = everything(owner_url)
    ended = subprocess.run(
        [sys.executable, "-m", "billing", "migrate"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "DATABASE_OWNER_URL": owner_url},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    must_say_so(line, "billing", "drop the suite's databases, then suitectl init and migrate")
    assert everything(owner_url) == before


def test_a_process_does_not_start_on_it(owner_url: str) -> None:
    make_older(owner_url, "billing")
    app_url = owner_url.replace("billing_owner:", "billing_app:")
    engine = postgres.engine(app_url, name="billing", connections=1)
    with pytest.raises(Unavailable, match=r"chassis\.schema_unreleased") as refused:
        schema_rule.require(engine, "billing")
    engine.dispose()
    assert not refused.value.retryable


def test_no_migration_is_written_by_it(owner_url: str) -> None:
    make_older(owner_url, "billing")
    with pytest.raises(Unavailable, match=r"chassis\.schema_unreleased"):
        migrations.write("billing", owner_url, "a column")


def test_suitectl_migrate_says_so_and_changes_nothing(site: Operated) -> None:
    site.admin("drop database auth with (force)")
    site.admin("create database auth owner auth_owner")
    url = site.site.url("auth", "owner")
    make_older(url, "auth")
    before = everything(url)
    must_say_so(site.refused("migrate", "auth"), "auth", "suitectl init and migrate")
    assert everything(url) == before


def test_the_demo_says_so_in_one_line_and_changes_nothing(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, before = run_folder / "older", dict[str, Any]()
    make_folder(data)
    known = keys(data)
    passwords = known["roles"]

    def visit(look: Callable[[str, str], None]) -> None:
        wanted = databases.Wanted(
            services=SERVICES, passwords=passwords, suite=UUID(known["suite"])
        )
        with Server(data / "postgres") as server:
            with databases.as_admin(server.admin_url) as admin:
                list(made(databases.changes(admin, wanted), rehearsal=False))
            for service in SERVICES:
                owner = f"{service}_owner"
                look(server.url(owner, passwords[owner], service), service)

    visit(make_older)
    visit(lambda url, service: before.update({service: everything(url)}))
    arguments = [f"--data={data}", f"--out={tmp_path / 'out'}"]
    assert demo.main(arguments) == 1
    started, line = capsys.readouterr().out.splitlines()
    assert started == "› PostgreSQL and five services start"
    must_say_so(line, "auth", "make demo-clean")
    after = dict[str, Any]()
    visit(lambda url, service: after.update({service: everything(url)}))
    assert after == before
    assert demo.main([*arguments, "--forget"]) == 0
    assert not data.exists()
