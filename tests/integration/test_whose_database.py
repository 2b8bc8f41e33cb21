"""A database of another service or suite is worked on by nobody, in whatever way they come."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from chassis.database import installation, migrations, postgres
from chassis.database.installation import Installation
from chassis.errors import Conflict
from chassis.running import check, process, regroup, tasks
from chassis.settings import Misconfigured
from contracts import SERVICES
from embedded import assembly
from integration.stages.service_database import service_database
from servers.postgres import Server
from servers.rabbit_node import free_ports
from suitectl import databases, environment, init, inventory, keys
from suitectl.__main__ import main

INVENTORY = """
services = ["auth", "billing"]
prefix = "whose_"
secrets = "secrets.json"
[postgres]
admin_url = {admin_url}
[rabbitmq]
host = "127.0.0.1"
port = 1
definitions = "definitions.json"
"""
ENDS_S = 120.0
ANOTHER = "0190c0de-0000-4000-8000-000000000000"
NOT_OURS, NOT_APP = "chassis.not_our_database", "chassis.not_the_app_role"
COMMANDS = (
    ("doctor",),
    ("verify",),
    ("lag",),
    ("parked", "list"),
    ("jobs", "list", "billing"),
    ("events", "tail", "billing"),
    ("fork", "billing", "auth"),
    ("fork", "billing", "auth", "--accept"),
    ("projections", "rebuild", "billing"),
    ("migrate",),
)


class Made:
    """Two services' databases of a suite with a prefix, migrated; its broker is away."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder, self.file = server, folder, folder / "inventory.toml"
        written = INVENTORY.format(admin_url=f'"{server.admin_url}"')
        self.file.write_text(written, "utf-8")
        self.inventory = inventory.load(self.file)
        assert main(["init", str(self.file)]) == 0
        assert main(["migrate", "--inventory", str(self.file)]) == 0

    @property
    def keys(self) -> dict[str, Any]:
        return keys.read(self.folder / "secrets.json")

    def url(self, service: str, kind: str) -> str:
        return environment.database_url(self.inventory, self.keys, service, kind)

    def variables(self, service: str) -> dict[str, str]:
        """Return what a service's processes are told, and its `migrate`."""
        urls = {each: "http://localhost:1" for each in SERVICES}
        own = assembly.environment(service, self.folder, self.keys, urls)
        assembly.make_folders(own)
        return {
            **own,
            **environment.service(self.inventory, self.keys, service),
            "DATABASE_OWNER_URL": self.url(service, "owner"),
            "ENV": "demo",
            "INTERNAL_PORT": str(*free_ports(1)),
        }

    def state(self) -> dict[str, Any]:
        """Return how many rows each table of each database has, and what tables there are."""
        counted = {}
        for service in self.inventory.services:
            with psycopg.connect(self.url(service, "owner")) as owner:
                tables = [row[0] for row in owner.execute(_TABLES.encode())]
                for table in tables:
                    count = f'select count(*) from "{table}"'
                    counted[f"{service}.{table}"] = owner.execute(count.encode()).fetchone()
        return counted

    def become(self, suite: str) -> None:
        """Let billing's database be a suite's."""
        with psycopg.connect(self.url("billing", "owner")) as owner:
            owner.execute("update installation set suite = %s", [suite])

    def forget(self) -> None:
        wanted = init.in_postgres(self.inventory, self.keys)
        with databases.as_admin(self.server.admin_url) as admin:
            databases.forget(admin, wanted)


_TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"


@pytest.fixture(scope="module")
def made(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    made = Made(postgres_server, tmp_path_factory.mktemp("whose"))
    yield made
    made.forget()


@pytest.fixture
def unchanged(made: Made) -> Iterator[None]:
    before = made.state()
    yield
    assert made.state() == before


@pytest.fixture
def told(made: Made, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let this process's environment be billing's, but for what is given."""

    def tell(**other: str | None) -> None:
        for name, written in {**made.variables("billing"), **other}.items():
            if written is not None:
                monkeypatch.setenv(name, written)

    return tell


def swapped(made: Made) -> dict[str, str]:
    """Return what billing is told of databases where its secrets were swapped with auth's."""
    auth = made.variables("auth")
    return {name: auth[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}


STRANGERS: dict[str, Callable[[Made], Mapping[str, str | None]]] = {
    "the secrets of another service": swapped,
    "another suite": lambda made: {"SUITE": ANOTHER},
    "no suite": lambda made: {"SUITE": None},
}
RULERS: dict[str, Callable[[Made], str]] = {
    "the owner": lambda made: made.url("billing", "owner"),
    "a superuser": lambda made: superuser(made),
}


def superuser(made: Made) -> str:
    return make_url(made.server.admin_url).set(database="whose_billing").render_as_string(False)


def test_what_is_its_own_is_let_in(made: Made, told: Callable[..., None]) -> None:
    told()
    with ExitStack() as ending:
        built = process.build("billing", ending)
        assert built.parts.app.query(lambda db: db.exec_driver_sql("select 1").scalar_one()) == 1
        with built.rpc.line() as line:
            assert (line.name, line.patient) == ("whose_billing", True)
    assert tasks.run("billing", argparse.Namespace(task="migrate")) == 0


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_refused_by_every_command(
    made: Made, told: Callable[..., None], who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told(**STRANGERS[who](made))
    must_refuse(NOT_OURS, capsys)
    for task in ("migrate", "push"):
        assert tasks.run("billing", argparse.Namespace(task=task)) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"billing {task}: {NOT_OURS}")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("who", RULERS)
def test_who_may_change_events_is_not_taken_for_the_app(
    made: Made, told: Callable[..., None], who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told(DATABASE_URL=RULERS[who](made))
    must_refuse(NOT_APP, capsys)


def test_nor_is_who_may_become_the_owner(made: Made, told: Callable[..., None]) -> None:
    told()
    with databases.as_admin(made.server.admin_url) as admin:
        admin.execute("grant whose_billing_owner to whose_billing_app")
        with ExitStack() as ending, pytest.raises(Conflict, match=NOT_APP):
            process.build("billing", ending)
        admin.execute("revoke whose_billing_owner from whose_billing_app")


def must_refuse(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Let what `serve`, `work`, `regroup` and `check` do first be refused, in a line each."""
    with ExitStack() as ending, pytest.raises(Conflict) as refused:
        process.build("billing", ending)
    assert (refused.value.code, refused.value.retryable) == (code, False)
    capsys.readouterr()
    assert regroup.run("billing", argparse.Namespace(members=2, who="kari")) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"billing regroup: {code}")
    assert check.run("billing", as_json=False) == 1
    assert f"! {code}: " in capsys.readouterr().out


@pytest.mark.usefixtures("unchanged")
def test_with_swapped_secrets_neither_serve_nor_work_begins(made: Made) -> None:
    given = {**made.variables("billing"), **swapped(made), "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = {
        role: subprocess.Popen(
            [sys.executable, "-m", "billing", role], env=given, stderr=subprocess.PIPE, text=True
        )
        for role in ("serve", "work")
    }
    for role, each in processes.items():
        _, said = each.communicate(timeout=ENDS_S)
        assert each.returncode == 1
        assert "Traceback" not in said
        last = said.splitlines()[-1]
        assert last.startswith(
            f"billing {role}: {NOT_OURS}: the database whose_auth is that of auth"
        )


def test_a_broker_user_of_another_service_is_a_wrong_setting(
    made: Made, told: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    told(AMQP_URI=made.variables("auth")["AMQP_URI"])
    with ExitStack() as ending, pytest.raises(Misconfigured, match="not that of billing"):
        process.build("billing", ending)
    assert check.run("billing", as_json=False) == 1
    assert "! AMQP_URI: its user is not that of billing" in capsys.readouterr().out


def test_a_suite_that_is_none_is_said_once(
    told: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    told(SUITE="mine")
    assert check.run("billing", as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["faults"] == ["SUITE: Not a UUID."]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_suitectl_does_nothing_by_the_secrets_of_another_suite(
    made: Made, tmp_path: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    another = tmp_path / "inventory.toml"
    another.write_text(made.file.read_text("utf-8"), "utf-8")
    (tmp_path / "secrets.json").write_text(json.dumps({**made.keys, "suite": ANOTHER}), "utf-8")
    assert main([*command, "--inventory", str(another)]) == 1
    said = capsys.readouterr()
    assert f"of suite {made.keys['suite']}; this is" in said.out + said.err


def test_each_new_connection_is_asked_whose_database_it_leads_to(made: Made) -> None:
    suite = UUID(made.keys["suite"])
    engine = postgres.engine(made.url("billing", "app"), name="whose", connections=1)
    installation.guard(engine, "billing", suite, as_app=True)
    with engine.connect():  # the others are opened beside it
        made.become(ANOTHER)
        for _ in range(10):  # more than it may have: none is kept
            with pytest.raises(Conflict, match=NOT_OURS), engine.connect():
                pass
        made.become(str(suite))
        with engine.connect():
            pass
    engine.dispose()


def test_a_database_has_no_identity_until_a_migration_knows_it(postgres_server: Server) -> None:
    suite = uuid4()
    with service_database(postgres_server, "billing") as url:
        migrations.upgrade("billing", url)
        assert whose(url) == Installation(service="billing")
        with pytest.raises(Conflict, match=NOT_OURS):
            migrations.upgrade("auth", url)
        migrations.upgrade("billing", url, suite)
        assert whose(url) == Installation(service="billing", suite=suite)
        for stranger in (None, uuid4()):
            with pytest.raises(Conflict, match=NOT_OURS):
                migrations.upgrade("billing", url, stranger)
        assert whose(url) == Installation(service="billing", suite=suite)


def test_what_init_has_marked_is_known_before_the_first_migration(postgres_server: Server) -> None:
    with service_database(postgres_server, "billing") as url:
        with databases.as_admin(postgres_server.admin_url) as admin:
            mark = Installation(service="billing", suite=UUID(ANOTHER)).mark()
            admin.execute(f"comment on database empty_billing is 'old ones {mark}'".encode())
        for service, suite in (("billing", uuid4()), ("auth", UUID(ANOTHER))):
            with pytest.raises(Conflict, match=NOT_OURS):
                migrations.upgrade(service, url, suite)
        with psycopg.connect(url) as owner:
            assert owner.execute(_TABLES.encode()).fetchall() == []


def whose(url: str) -> Installation | None:
    with psycopg.connect(url) as owner:
        return installation.found(owner)
