"""A service refuses an older schema and tolerates a newer one; migrating disturbs nobody."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, Engine, make_url, text

from billing.app import SERVICE
from billing.domain import number_series
from chassis.database import (
    migrations,
    postgres,
    schema_claims,
    schema_deaths,
    schema_rule,
    schema_steps,
)
from chassis.errors import Conflict, Unavailable
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.handling import App
from integration.stages.box_database import NOON
from integration.stages.service_database import service_database
from servers.postgres import Server

DEADLINE_S = 60.0
OLDER_CLAIM = """
create function claim_job(kinds text[], seconds int) returns setof jobs language plpgsql as
'begin return query update jobs set state = ''claimed'' where kind = any(kinds) returning *; end'
"""
CLAIMED = {"kinds": ["weigh"], "seconds": 30}
WAITING = """
insert into jobs (id, kind, subject, args, meta, run_at)
values (gen_random_uuid(), 'weigh', 'a box', '{}', '{}', now())
"""
PREPARED = 10  # times after which psycopg has prepared a statement


@pytest.fixture
def owner_url(postgres_server: Server) -> Iterator[str]:
    with service_database(postgres_server, "billing") as url:
        yield url


@contextmanager
def engine(url: str, connections: int = 4) -> Iterator[Engine]:
    """Yield an engine as billing's processes have it, in the app role."""
    app_url = url.replace("billing_owner:", "billing_app:")
    with closed(postgres.engine(app_url, name="billing", connections=connections)) as made:
        yield made


@contextmanager
def closed(made: Engine) -> Iterator[Engine]:
    """Yield an engine that has no connections afterwards."""
    try:
        yield made
    finally:
        made.dispose()


def change(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(statement.encode())


def refusal(url: str) -> Unavailable | None:
    with engine(url) as app:
        try:
            schema_rule.require(app, "billing")
        except Unavailable as error:
            return error
    return None


def test_an_older_schema_or_none_is_refused_and_a_newer_one_is_not(owner_url: str) -> None:
    newest = migrations.newest("billing").service
    must_be_too_old(refusal(owner_url), found=0, needed=newest)
    migrations.upgrade("billing", owner_url)
    assert refusal(owner_url) is None
    # as numbers: '0010' follows '0009', and '10' would not
    for newer in (f"{newest + 1:04}", "0010", "10000"):
        change(owner_url, f"update alembic_version set version_num = '{newer}'")
        assert refusal(owner_url) is None
    change(owner_url, f"update alembic_version set version_num = '{newest - 1:04}'")
    must_be_too_old(refusal(owner_url), found=newest - 1, needed=newest)


def test_the_frame_s_own_tables_have_a_version_beside_it(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations.upgrade("billing", owner_url)
    steps = schema_steps.STEPS
    for more in range(3):  # releases, each with a step more, which is done once
        monkeypatch.setattr(schema_steps, "STEPS", (*steps, *[note] * more))
        if more:
            needed = len(steps) + more
            must_be_too_old(refusal(owner_url), found=needed - 1, needed=needed)
        migrations.upgrade("billing", owner_url)
        assert refusal(owner_url) is None
        with psycopg.connect(owner_url) as owner:
            assert owner.execute("select count(*) from audit").fetchone() == (more,)
    monkeypatch.setattr(schema_steps, "STEPS", steps)  # an older one again
    migrations.upgrade("billing", owner_url)
    assert refusal(owner_url) is None
    with psycopg.connect(owner_url) as owner:
        found = owner.execute("select version from frame_schema").fetchall()
    assert found == [(len(steps) + 2,)]


def test_a_database_that_was_made_by_other_words_of_a_step_has_the_functions_of_a_new_one(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim of jobs was worded anew while there were installations of its step."""
    migrations.upgrade("billing", owner_url)
    new, steps = functions(owner_url), schema_steps.STEPS
    assert schema_claims.renew in steps
    change(
        owner_url,
        "create or replace function take_job(kinds text[], seconds int) returns setof jobs"
        " language sql as 'select * from jobs'",
    )
    assert functions(owner_url) != new
    monkeypatch.setattr(schema_steps, "STEPS", (*steps, schema_claims.renew))  # as if it came now
    migrations.upgrade("billing", owner_url)
    assert functions(owner_url) == new


def test_an_older_process_claims_jobs_on_after_the_step_that_counts_deaths(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = schema_steps.STEPS
    monkeypatch.setattr(schema_steps, "STEPS", steps[: steps.index(schema_deaths.make)])
    with closed(postgres.engine(owner_url, name="owner")) as owner, owner.begin() as connection:
        schema_steps.upgrade(connection, "billing")
        connection.execute(text(OLDER_CLAIM))
        connection.execute(text(WAITING))
    monkeypatch.setattr(schema_steps, "STEPS", steps)
    claim = text("select * from claim_job(:kinds, :seconds)")
    with engine(owner_url) as app, postgres.autocommit(app) as connection:
        before = [connection.execute(claim, CLAIMED).one() for _ in range(PREPARED)][-1]
        migrations.upgrade("billing", owner_url)
        again = connection.execute(claim, CLAIMED).one()
    assert again._fields == before._fields
    assert (again.id, again.kind, again.claims) == (before.id, "weigh", 1)


def functions(url: str) -> list[Any]:
    query = "select p.oid::regprocedure::text, pg_get_functiondef(p.oid) from pg_proc p"
    query += " where pronamespace = 'public'::regnamespace order by 1"
    with psycopg.connect(url) as owner:
        return owner.execute(query.encode()).fetchall()


def note(connection: Connection, service: str) -> None:
    connection.execute(
        text("insert into audit (who, did, details) values (:service, 'step', '{}')"),
        {"service": service},
    )


def must_be_too_old(refused: Unavailable | None, *, found: int, needed: int) -> None:
    assert refused is not None
    assert refused.code == "chassis.schema_too_old"
    assert refused.details == {"found": found, "needed": needed}
    assert "python -m billing migrate" in refused.message


def test_without_a_database_it_is_unavailable(owner_url: str) -> None:
    gone = refusal(owner_url.replace("/empty_billing?", "/nowhere?"))
    assert gone is not None
    assert gone.code == "chassis.database_unavailable"


def migrate(url: str) -> "subprocess.Popen[bytes]":
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "DATABASE_OWNER_URL": url}
    command = [sys.executable, "-m", "billing", "migrate"]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE)


def test_an_older_release_leaves_a_newer_schema_as_it_is(owner_url: str) -> None:
    migrations.upgrade("billing", owner_url)
    change(owner_url, "update alembic_version set version_num = '0099'")
    process = migrate(owner_url)
    assert (process.communicate(timeout=DEADLINE_S)[1], process.returncode) == (b"", 0)
    with psycopg.connect(owner_url) as owner:
        assert owner.execute("select version_num from alembic_version").fetchall() == [("0099",)]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://billing_owner@127.0.0.1:1/billing", "chassis.database_unavailable"),
        ("billing", "chassis.invalid_database_url"),
    ],
)
def test_a_database_that_is_not_there_is_one_line(url: str, code: str) -> None:
    process = migrate(url)
    told = process.communicate(timeout=DEADLINE_S)[1].decode()
    assert process.returncode == 1
    assert "Traceback" not in told
    assert told.splitlines()[-1].startswith(f"billing migrate: {code}")


def test_a_database_that_takes_no_writes_is_not_migrated_and_said_to_be_away(
    owner_url: str,
) -> None:
    name = make_url(owner_url).database
    change(owner_url, f"alter database {name} set default_transaction_read_only = on")
    with pytest.raises(Unavailable) as refused:
        migrations.upgrade("billing", owner_url)
    assert refused.value.code == "chassis.database_unavailable"


def test_two_migrations_at_once_of_an_empty_database_end_well(owner_url: str) -> None:
    both = [migrate(owner_url), migrate(owner_url)]
    ended = [process.communicate(timeout=DEADLINE_S)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert refusal(owner_url) is None


def test_a_migration_that_is_not_given_its_turn_says_so(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "TURN_WAIT_S", 0.1)
    with psycopg.connect(owner_url) as rebuild:
        rebuild.execute(f"select pg_advisory_lock({migrations.ONE_AT_A_TIME})".encode())
        with pytest.raises(Conflict, match="chassis.schema_busy"):
            migrations.upgrade("billing", owner_url)
    migrations.upgrade("billing", owner_url)
    assert refusal(owner_url) is None


def until(query: str, url: str) -> None:
    deadline, pause = time.monotonic() + DEADLINE_S, threading.Event()
    with psycopg.connect(url, autocommit=True) as owner:
        while not owner.execute(query.encode()).fetchall():
            assert time.monotonic() < deadline, query
            pause.wait(0.005)


def read_cursors(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("select position from cursors"))


def append(app: App) -> None:
    app.handle(number_series.decider, uuid4(), number_series.TakeNumber(series="sales"), call())


def call() -> Call:
    return Call(
        id=uuid4(), at=NOON, actor=service_actor("billing"), correlation_id="the-correlation"
    )


WAITS = "select 1 from pg_locks where relation = 'cursors'::regclass and not granted"


def test_a_migration_during_traffic_waits_without_making_the_traffic_wait_for_it(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It alters `cursors`, which a long transaction here holds: all others go on meanwhile."""
    migrations.upgrade("billing", owner_url)
    monkeypatch.setattr(schema_steps, "STEPS", (*schema_steps.STEPS, alter_cursors))
    assert refusal(owner_url) is not None
    ended, done, errors = threading.Event(), [0, 0], list[Exception]()

    def repeat(number: int, work: Any) -> None:
        try:
            while not ended.is_set():
                work()
                done[number] += 1
        except Exception as error:
            errors.append(error)

    with engine(owner_url) as app_engine, ThreadPoolExecutor(3) as threads:
        app = App(service=SERVICE, engine=app_engine)
        try:
            threads.submit(repeat, 0, lambda: append(app))
            threads.submit(repeat, 1, lambda: read_cursors(app_engine))
            with app_engine.begin() as long:
                long.execute(text("select position from cursors"))
                migrating = threads.submit(migrations.upgrade, "billing", owner_url)
                for _ in range(2):  # tries of the migration, and what could be done after each
                    until(WAITS, owner_url)
                    until(f"select 1 where not exists ({WAITS})", owner_url)
                    before = list(done)
                    until_all_worked(done, before, errors)
                assert not migrating.done()
            migrating.result(DEADLINE_S)
            before = list(done)
            until_all_worked(done, before, errors)
        finally:
            ended.set()
    assert errors == []
    assert refusal(owner_url) is None
    with psycopg.connect(owner_url) as owner:
        counted = owner.execute("select count(*) from events").fetchone()
    assert counted == (done[0],)


def alter_cursors(connection: Connection, _service: str) -> None:
    connection.execute(text("alter table cursors add column looked_at timestamptz"))


def until_all_worked(done: list[int], before: list[int], errors: list[Exception]) -> None:
    deadline, pause = time.monotonic() + DEADLINE_S, threading.Event()
    while not errors and not all(map(int.__lt__, before, done)):
        assert time.monotonic() < deadline, "the traffic stands"
        pause.wait(0.005)
