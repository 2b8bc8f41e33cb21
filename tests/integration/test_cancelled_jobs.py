"""A running job notices by itself, within 2 s, that it was cancelled: none has a heartbeat."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event

from chassis.jobs.control import ASK_EVERY_S, Cancelled, Control
from chassis.jobs.jobs import Task, Worker
from chassis.unit import store
from chassis.unit.handling import App
from integration.stages import weighing
from integration.stages.box_database import APP, MINE, Database
from integration.stages.weighing import NAME, queue
from waiting import until

AT_ONCE = 20  # jobs in threads, in the trials


@pytest.fixture
def app(own: Database) -> Iterator[App]:
    with own.app(connections=AT_ONCE + 1) as app:
        yield app


def state(own: Database) -> Any:
    return own.one("select state from jobs")


def cancel(app: App, subject: UUID) -> None:
    with app.engine.begin() as connection:
        store.cancel(connection, NAME, subject)


def test_what_is_told_of_a_cancelled_job_is_answered_at_once(own: Database, app: App) -> None:
    answered: list[UUID] = []

    def run(task: Task, control: Control) -> None:
        control.progress(10, "read")
        cancel(app, task.subject)
        with pytest.raises(Cancelled):
            control.progress(20, "write")
        with pytest.raises(Cancelled):
            control.check()
        answered.append(task.subject)
        control.progress(30, "tell")

    (subject,) = queue(app, MINE)
    assert Worker(app, [weighing.kind(run)]).work()
    assert answered == [subject]
    assert state(own) == "cancelled"
    assert own.one("select progress ->> 'step' from jobs") == "read"


def test_what_is_told_of_a_job_that_another_has_claimed_is_answered_at_once(
    own: Database, app: App
) -> None:
    rival = Worker(app, [weighing.kind()])

    def run(task: Task, control: Control) -> None:
        own.change("update jobs set run_at = now()")
        assert rival._claim() is not None
        control.progress(10, "read")

    queue(app, MINE)
    assert Worker(app, [weighing.kind(run)]).work()
    assert own.rows("select state, claims, progress from jobs") == [("claimed", 2, None)]


def test_a_check_asks_seldom_and_may_be_called_as_often_as_one_likes(app: App) -> None:
    asked: list[Any] = []

    def run(task: Task, control: Control) -> None:
        event.listen(app.engine, "checkout", lambda *it: asked.append(it))
        started = time.monotonic()
        for _ in range(10_000):
            control.check()
        assert len(asked) <= (time.monotonic() - started) / ASK_EVERY_S

    queue(app, MINE)
    assert Worker(app, [weighing.kind(run)]).work()


def test_a_database_that_is_away_for_a_moment_ends_no_job(own: Database, app: App) -> None:
    refused: list[Any] = []
    event.listen(app.engine, "handle_error", refused.append)

    def asks(control: Control) -> bool:
        control.check()
        return bool(refused)

    def run(task: Task, control: Control) -> None:
        limit_connections(own, 0)
        own.cut_connections()
        try:
            until(lambda: asks(control))
        finally:
            limit_connections(own, -1)
        control.check()

    queue(app, MINE)
    assert Worker(app, [weighing.kind(run)]).work()
    assert own.rows("select state, failures from jobs") == [("done", 0)]


def limit_connections(own: Database, most: int) -> None:
    with psycopg.connect(own.admin_url, autocommit=True) as admin:
        admin.execute(f"alter role {APP} connection limit {most}".encode())


def test_a_cancelled_job_that_only_checks_stops_by_itself(own: Database, app: App) -> None:
    print(f"the longest of 5: {max(stopped_after_s(app, 5)):.3f} s")
    assert own.rows("select distinct state, claims from jobs") == [("cancelled", 1)]


@pytest.mark.long
def test_two_hundred_cancelled_jobs_that_only_check_stop_within_two_seconds(
    own: Database, app: App
) -> None:
    took = [each for _ in range(200 // AT_ONCE) for each in stopped_after_s(app, AT_ONCE)]
    print(f"the longest of {len(took)}: {max(took):.3f} s")
    assert max(took) < 2
    assert own.rows("select state, count(*) from jobs group by state") == [("cancelled", 200)]


def stopped_after_s(app: App, count: int) -> list[float]:
    """Let so many jobs run at once and cancel them one by one; return how long each goes on."""
    begun, ended = dict[UUID, threading.Event](), dict[UUID, float]()

    def run(task: Task, control: Control) -> None:
        begun[task.subject].set()
        try:
            until(lambda: control.check(), within_s=20)
        except Cancelled:
            ended[task.subject] = time.monotonic()
            raise

    worker = Worker(app, [weighing.kind(run)])
    cancelled = dict[UUID, float]()
    for subject in queue(app, *[MINE] * count):
        begun[subject] = threading.Event()
    with ThreadPoolExecutor(count) as threads:
        for _ in begun:
            threads.submit(worker.work)
        for subject, its in begun.items():
            assert its.wait(60)
            cancelled[subject] = time.monotonic()
            cancel(app, subject)
            time.sleep(ASK_EVERY_S / count)  # at each moment between two questions
    return [ended[subject] - cancelled[subject] for subject in cancelled]
