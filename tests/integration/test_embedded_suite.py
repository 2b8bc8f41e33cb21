"""The suite as its caller holds it: entered once, left clean, and closed to other accounts."""

import logging
import os
import stat
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chassis import ids
from chassis.errors import Conflict, Invalid
from chassis.unit.envelope import Heard
from demo import __main__ as demo
from demo.people import Person
from embedded.suite import Suite

KARI = {"name": "Kari", "email": "kari@buyer.example", "password": "a long enough password"}


@pytest.fixture(scope="module")
def suite(run_folder: Path) -> Iterator[Suite]:
    with Suite(run_folder / "held", durable=False) as running:
        yield running


def test_entering_it_again_is_refused_and_harms_nobody(suite: Suite) -> None:
    with pytest.raises(Conflict, match="in_use"), suite:
        pass
    with pytest.raises(Conflict, match="in_use"), Suite(suite.data_dir):
        pass
    assert suite.sql("auth", "select 1 as one") == [{"one": 1}]
    suite.settle()


@pytest.mark.parametrize(
    "ask",
    [
        lambda suite: suite.call("medai", "list_projects", None),
        lambda suite: suite.sql("medai", "select 1"),
        lambda suite: suite.url("medai"),
        lambda suite: suite.run_schedule("medai", "prune"),
    ],
)
def test_a_service_that_there_is_not_is_named_with_those_that_there_are(
    suite: Suite, ask: Callable[[Suite], object]
) -> None:
    with pytest.raises(Invalid, match="suite.no_such_service.*'medai'; there are auth, media"):
        ask(suite)


def test_a_demo_over_a_folder_in_use_says_so(
    suite: Suite, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [f"--data={suite.data_dir}", f"--out={tmp_path / 'out'}"]
    for more in ([], ["--forget"]):
        assert demo.main([*arguments, *more]) == 1
        assert "another process uses" in capsys.readouterr().out
    assert (suite.data_dir / "keys.json").exists()


def test_the_data_folder_is_for_its_owner_alone(suite: Suite) -> None:
    open_to_others = 0o011 if os.geteuid() == 0 else 0  # root's PostgreSQL passes through
    assert stat.S_IMODE(suite.data_dir.stat().st_mode) & 0o077 == open_to_others
    files = [each for each in suite.data_dir.iterdir() if each.is_file()]
    assert {each.name for each in files} == {"keys.json", "ports.json", "suite.log"}
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


@pytest.mark.parametrize("given", [uuid4(), date(2026, 3, 1), b"bytes", {1, 2}])
def test_an_argument_that_is_no_json_is_a_type_error(suite: Suite, given: Any) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        suite.call("auth", "sign_up", None, name=given, email="a@b.example", password="x" * 20)


@pytest.mark.parametrize("arguments", [{"self": 1}, {"name": float("nan")}, {"name": "\ud800"}])
def test_json_that_does_not_fit_is_invalid(suite: Suite, arguments: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        suite.call("auth", "sign_up", None, **arguments)


def test_a_query_that_fails_leaves_nothing_open(suite: Suite) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        suite.sql("auth", "select 1 / 0")
    mine = "select count(*)::int as mine from pg_stat_activity where usename = 'auth_owner'"
    assert suite.sql("auth", mine) == [{"mine": 1}]


def test_a_start_that_is_cut_off_leaves_no_thread_and_no_log_behind(run_folder: Path) -> None:
    before, handlers = set(threading.enumerate()), list(logging.getLogger().handlers)
    asked: list[datetime] = []

    def clock() -> datetime:
        if threading.current_thread() is threading.main_thread():
            asked.append(ids.now())
        if len(asked) == 3:  # two services are at work already
            raise KeyboardInterrupt
        return ids.now()

    with pytest.raises(KeyboardInterrupt), Suite(run_folder / "cut", clock=clock, durable=False):
        pass
    assert {each for each in threading.enumerate() if each.is_alive()} <= before
    assert logging.getLogger().handlers == handlers


@pytest.mark.long
def test_three_suites_may_start_at_once_in_one_process(run_folder: Path) -> None:
    found: list[int] = []

    def run(number: int) -> None:
        with Suite(run_folder / f"at-once-{number}", durable=False) as suite:
            suite.call("auth", "sign_up", None, **KARI)
            suite.settle()
            found.append(len(suite.mail()))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1]


def test_what_is_delivered_twice_comes_again_after_its_effects_are_committed(
    run_folder: Path,
) -> None:
    with Suite(run_folder / "again", deliver_twice=True, durable=False) as suite:
        consumer = {each.source: each for each in suite.working["media"].consumers}["auth"]
        accept, heard = consumer.accept, list[tuple[UUID, bool]]()

        def listening(deliveries: Sequence[Heard]) -> bool:
            stands = consumer.cursor()["position"]
            heard.extend((each.event_id, each.position <= stands) for each in deliveries)
            return accept(deliveries)

        consumer.accept = listening  # type: ignore[method-assign]
        Person(suite, KARI["email"], KARI["password"]).sign_up(KARI["name"], "sign up")
        suite.settle()
        told = suite.sql("auth", "select event_id from events where outbox is not null")
        both = {(row["event_id"], again) for row in told for again in (False, True)}
        deadline = time.monotonic() + 10
        while set(heard) != both and time.monotonic() < deadline:
            suite.settle()
        assert Counter(heard) == Counter(both)


@pytest.mark.long
def test_a_suite_that_is_started_by_other_code_says_so(tmp_path: Path) -> None:
    with Suite(tmp_path / "upgraded", durable=False) as suite:
        suite.create_admin("admin@example.com", KARI["password"])
        with psycopg.connect(suite.owner_url("auth"), autocommit=True) as owner:
            owner.execute("update projection_builds set digest = 'of other code'")
    with Suite(tmp_path / "upgraded", durable=False) as suite:
        noted = suite.sql("auth", "select distinct digest from projection_builds")
        assert noted == [{"digest": None}]
