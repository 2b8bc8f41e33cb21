"""Leases: one holder at a time, whatever is killed, cut or stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Engine, event, make_url

from chassis.database import postgres
from chassis.database.lease import Lease
from chassis.errors import Unavailable
from chassis.unit.handling import App
from integration.stages.box_database import Database, all_at_once
from integration.stages.nameko_process import line
from waiting import until

WAITING = "select count(*) from pg_locks where not granted"

HOLDER = """
import sys
from chassis.database import postgres
from chassis.database.lease import Lease

lease = Lease(postgres.engine(sys.argv[1], name="holder"), "relay", "stopped one", 4.0)
for _ in sys.stdin:
    print(lease.held(), flush=True)
"""


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Yield what the engine is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_of_two_rivals_one_holds_it_and_the_other_follows_a_release(
    app: App, own: Database
) -> None:
    mine, theirs = (Lease(app.engine, "relay", name, 6.0) for name in ("mine", "theirs"))
    assert mine.held()
    assert not theirs.held()
    mine.release()
    assert own.rows("select holder from leases") == []  # at once, not when it has run out
    until(theirs.held)
    assert not mine.held()


def test_another_name_is_another_lease(app: App) -> None:
    assert Lease(app.engine, "relay", "mine").held()
    assert Lease(app.engine, "numbering", "theirs").held()


def test_of_eight_that_ask_at_once_one_gets_it(app: App) -> None:
    for round in range(20):
        rivals = [Lease(app.engine, f"round {round}", str(number)) for number in range(8)]
        answers = all_at_once([each.held for each in rivals])
        assert (answers.count(True), answers.count(False)) == (1, 7)


def test_asking_in_a_busy_loop_asks_the_database_once(app: App) -> None:
    mine, theirs = Lease(app.engine, "relay", "mine"), Lease(app.engine, "relay", "theirs")
    with statements(app.engine) as seen:
        assert all(mine.held() for _ in range(1_000))
        assert not any(theirs.held() for _ in range(1_000))
    assert len(seen) == 2


def test_it_is_renewed_as_long_as_it_is_asked_for(app: App, own: Database) -> None:
    mine, theirs = (Lease(app.engine, "relay", name, 6.0) for name in ("mine", "theirs"))
    assert mine.held()
    first = own.one("select until from leases")
    renewed_twice = "select until > %(first)s + interval '3 s' from leases"
    answers: list[tuple[bool, bool]] = []
    while not own.one(renewed_twice, first=first):
        answers.append((mine.held(), theirs.held()))
    assert set(answers) == {(True, False)}


def test_a_dead_holder_is_followed_when_its_lease_has_run_out(app: App, own: Database) -> None:
    until(Lease(app.engine, "relay", "dead", 1.0).held)
    ends = own.one("select until from leases")
    until(Lease(app.engine, "relay", "heir", 1.0).held)
    taken = "select name, holder, until - interval '1 s' > %(ends)s from leases"
    assert own.rows(taken, ends=ends) == [("relay", "heir", True)]


def test_a_cut_connection_does_not_cost_the_lease(app: App, own: Database) -> None:
    mine, theirs = (Lease(app.engine, "relay", name, 6.0) for name in ("mine", "theirs"))
    assert mine.held()
    first = own.one("select until from leases")
    own.cut_connections()
    until(lambda: mine.held() and own.one("select until from leases") > first)
    assert not theirs.held()


def test_without_a_database_it_is_unavailable(own: Database) -> None:
    nowhere = make_url(own.app_url).set(host="127.0.0.1", port=1, query={})
    with pytest.raises(Unavailable):
        Lease(postgres.engine(nowhere, name="boxes"), "relay", "mine").held()


def test_an_answer_that_comes_after_the_lease_ran_out_is_not_believed(
    app: App, own: Database
) -> None:
    mine = Lease(app.engine, "relay", "mine", 0.3)
    until(mine.held)
    with psycopg.connect(own.owner_url) as busy, ThreadPoolExecutor(1) as threads:
        busy.execute("select from leases for update")

        def let_go_too_late() -> None:
            until(lambda: bool(own.one(WAITING)))
            busy.execute("select pg_sleep(0.5)")
            busy.commit()

        letting_go = threads.submit(let_go_too_late)
        believed = []
        while not letting_go.done():
            believed.append(mine.held())
        letting_go.result()
    assert False in believed  # the one that waited
    until(mine.held)  # what is asked after it holds again


def test_a_process_stopped_beyond_its_lease_does_not_claim_to_hold_it(
    app: App, own: Database
) -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", HOLDER, own.app_url]
    heir = Lease(app.engine, "relay", "heir", 5.0)
    with subprocess.Popen(command, env=env, stdin=-1, stdout=-1, bufsize=0) as process:
        try:
            assert _asked(process) == "True"
            assert not heir.held()
            process.send_signal(signal.SIGSTOP)
            until(heir.held)
            process.send_signal(signal.SIGCONT)
            assert _asked(process) == "False"
        finally:
            process.kill()
    assert own.one("select holder from leases") == "heir"


def _asked(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdin is not None
    process.stdin.write(b"held?\n")
    return line(process)
