"""Whether a database is the one in which the last number was confirmed, however it came about."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import make_url

from billing import kept
from billing.names import SERIES
from chassis.database import migrations, postgres
from integration.stages.box_database import PASSWORD
from integration.stages.service_database import service_database
from servers.postgres import Server
from servers.postgres_place import find_place

NUMBER_TAKEN = """
insert into events (event_id, stream_id, version, type, schema_version, data, meta, recorded_at)
values (gen_random_uuid(), 'number_series-1', 1, 'NumberTaken', 1, '{}', '{}', now())"""
CONFIRM = kept.CONFIRM.text.replace(":series", "'sales'").replace(":at", "now()")


@pytest.fixture
def owner_url(postgres_server: Server) -> Iterator[str]:
    with service_database(postgres_server, "billing") as url:
        yield url


def confirmed(owner_url: str) -> bool:
    """Return what billing's own role is told."""
    url = owner_url.replace("billing_owner:", "billing_app:")
    engine = postgres.engine(url, name="billing", connections=1)
    try:
        with engine.connect() as connection:
            return kept.is_confirmed(connection, SERIES)
    finally:
        engine.dispose()


def test_a_database_that_was_restored_is_another_however_it_was_restored(
    owner_url: str, postgres_server: Server, tmp_path: Path
) -> None:
    migrations.upgrade("billing", owner_url)
    assert confirmed(owner_url)
    name = str(make_url(owner_url).database)
    with psycopg.connect(postgres_server.admin_url, autocommit=True) as admin:
        admin.execute(f"create database a_copy template {name}".encode())
        assert not confirmed(owner_url.replace(f"/{name}?", "/a_copy?"))
        admin.execute("drop database a_copy with (force)")
    tools, dump = find_place(postgres_server.data_dir).binaries, str(tmp_path / "dump")
    # into the very database
    for tool in (
        ["pg_dump", "-Fc", "-f", dump, owner_url],
        ["pg_restore", "--clean", "--if-exists", "-d", owner_url, dump],
    ):
        subprocess.run([str(tools / tool[0]), *tool[1:]], check=True, capture_output=True)
    assert not confirmed(owner_url)


def test_numbers_that_were_taken_before_are_a_persons_to_confirm(owner_url: str) -> None:
    upgraded(owner_url, to="0003")
    with psycopg.connect(owner_url) as owner:
        owner.execute(NUMBER_TAKEN.encode())
    migrations.upgrade("billing", owner_url)
    assert not confirmed(owner_url)


def upgraded(owner_url: str, to: str) -> None:
    """Bring the database to an older schema of billing's."""
    configured = migrations.config("billing", owner_url)
    configured.attributes["upgrading"] = True
    command.upgrade(configured, to)


@pytest.mark.long
def test_a_standby_that_was_promoted_is_another(run_folder: Path) -> None:
    server = Server(run_folder / "promoted", durable=False)
    with server:
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            for role in ("billing_owner", "billing_app"):
                admin.execute(f"create role {role} login password '{PASSWORD}'".encode())
            admin.execute("create database billing owner billing_owner")
        owner_url = server.url("billing_owner", PASSWORD, "billing")
        migrations.upgrade("billing", owner_url)
        cluster = find_place(server.data_dir).cluster
        server.stop()
        # it goes on from its own files as a standby does, which has what its primary had
        (cluster / "standby.signal").touch()
        server.start()
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            assert not confirmed(owner_url)
            admin.execute("select pg_promote()")
        assert not confirmed(owner_url)
        with psycopg.connect(owner_url) as owner:
            owner.execute(CONFIRM.encode())
        assert confirmed(owner_url)
        server.stop()
        server.start()
        assert confirmed(owner_url)  # the same one, started again
    server.forget()
