"""What waits is withdrawn or hurried; what was claimed, was done or is not there is left alone."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.errors import Rejected, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, Worker
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import weighing
from integration.stages.box_database import MINE, NOON, Database, all_at_once
from integration.stages.weighing import NAME, in_unit, queue
from waiting import until

HOUR_S = 3_600
WAITS_FOR_A_LOCK = "select count(*) from pg_locks where not granted"


@pytest.fixture
def worker(app: App) -> Worker:
    return Worker(app, [weighing.kind()])


def withdraw(app: App, subject: UUID) -> bool:
    return bool(in_unit(app, lambda unit: unit.withdraw(NAME, subject)))


def hurry(app: App, subject: UUID) -> bool:
    return bool(in_unit(app, lambda unit: unit.hurry(NAME, subject)))


def job(own: Database) -> tuple[Any, ...]:
    (found,) = own.rows("select state, claims, failures, run_at <= now() from jobs")
    return found


def test_what_waits_is_withdrawn_once_and_never_done(
    own: Database, app: App, worker: Worker
) -> None:
    (subject,) = queue(app, MINE)
    assert withdraw(app, subject)
    assert job(own) == ("cancelled", 0, 0, True)
    assert not worker.work()
    assert not withdraw(app, subject)


def test_what_waits_in_back_off_is_withdrawn_too(own: Database, app: App) -> None:
    def run(task: Task, control: Control) -> None:
        raise Unavailable("weights.away")

    (subject,) = queue(app, MINE)
    assert Worker(app, [weighing.kind(run)]).work()
    assert job(own)[:3] == ("waiting", 1, 1)
    assert withdraw(app, subject)
    assert job(own)[:3] == ("cancelled", 1, 1)


def test_what_waits_is_due_once_it_is_hurried(own: Database, app: App, worker: Worker) -> None:
    (subject,) = queue(app, MINE, delay_s=HOUR_S)
    assert not worker.work()
    assert hurry(app, subject)
    assert job(own) == ("waiting", 0, 0, True)
    assert worker.work()
    assert job(own)[0] == "done"


def test_whoever_works_is_woken_for_what_is_hurried(app: App) -> None:
    (subject,) = queue(app, MINE, delay_s=HOUR_S)
    woken: list[bool] = []
    app.committed = lambda: woken.append(True)
    assert not hurry(app, uuid4())
    assert woken == []
    assert hurry(app, subject)
    assert woken == [True]


def test_what_is_due_already_keeps_its_place_if_it_is_hurried(app: App, worker: Worker) -> None:
    first, second = queue(app, MINE, MINE)
    assert hurry(app, first)
    assert [claimed(worker), claimed(worker)] == [first, second]


def claimed(worker: Worker) -> UUID | None:
    task = worker._claim()
    return task.subject if task else None


@pytest.mark.parametrize("what", [withdraw, hurry])
def test_what_is_claimed_done_or_not_there_is_left_alone(
    own: Database, app: App, worker: Worker, what: Any
) -> None:
    assert not what(app, uuid4())
    (subject,) = queue(app, MINE)
    assert not in_unit(app, lambda unit: unit.withdraw("paint", subject))
    assert claimed(worker) == subject
    assert not what(app, subject)
    assert job(own) == ("claimed", 1, 0, False)
    own.change("update jobs set run_at = now()")  # its process may be alive all the same
    assert not what(app, subject)
    assert job(own) == ("claimed", 1, 0, True)
    assert worker.work()
    assert not what(app, subject)
    assert job(own)[0] == "done"


def test_what_the_same_unit_has_queued_is_withdrawn_and_hurried_as_well(
    own: Database, app: App
) -> None:
    gone, soon, later = uuid4(), uuid4(), uuid4()

    def work(unit: Unit) -> tuple[bool, ...]:
        for subject in (gone, soon, later):
            unit.queue(Job(kind=NAME, subject=subject, delay_s=HOUR_S), MINE)
        return unit.withdraw(NAME, gone), unit.withdraw(NAME, gone), unit.hurry(NAME, soon)

    assert in_unit(app, work) == (True, False, True)
    rows = own.rows("select subject, run_at <= now() from jobs")
    assert dict(rows) == {str(soon): True, str(later): False}


def test_a_unit_that_fails_has_withdrawn_nothing(own: Database, app: App) -> None:
    (subject,) = queue(app, MINE)

    def work(unit: Unit) -> None:
        assert unit.withdraw(NAME, subject)
        raise Rejected("boxes.no")

    with pytest.raises(Rejected):
        in_unit(app, work)
    assert job(own)[0] == "waiting"


def test_a_claim_passes_over_what_is_being_withdrawn(app: App, worker: Worker) -> None:
    first, second = queue(app, MINE, MINE)

    def withdrawing(unit: Unit) -> None:
        assert unit.withdraw(NAME, first)
        assert claimed(worker) == second
        assert claimed(worker) is None

    in_unit(app, withdrawing)


@pytest.mark.parametrize("committed", [True, False])
def test_a_withdrawal_waits_for_the_claim_that_came_before_it(
    own: Database, app: App, committed: bool
) -> None:
    (subject,) = queue(app, MINE)
    said: list[bool] = []
    with app.engine.connect() as rival:
        rival.execute(text(f"select from take_job(array['{NAME}'], 30)"))
        thread = threading.Thread(target=lambda: said.append(withdraw(app, subject)))
        thread.start()
        until(lambda: own.one(WAITS_FOR_A_LOCK))
        rival.commit() if committed else rival.rollback()
        thread.join()
    assert said == [not committed]
    assert job(own)[0] == ("claimed" if committed else "cancelled")


@pytest.mark.parametrize("trials", [50, pytest.param(500, marks=pytest.mark.long)])
def test_of_a_withdrawal_and_a_claim_at_one_moment_exactly_one_wins(
    own: Database, app: App, worker: Worker, trials: int
) -> None:
    """Each begins first by turns, so that neither always wins."""
    won = Counter[str]()
    for number in range(trials):
        (subject,) = queue(app, MINE)
        ahead = number % 8  # round trips of the claim's, before it

        def claim(ahead: int = ahead) -> bool:
            for _ in range(ahead):
                app.query(lambda connection: connection.execute(text("select 1")).all())
            return worker._claim() is not None

        rivals: list[Callable[[], bool]] = [partial(withdraw, app, subject), claim]
        withdrawn, taken = all_at_once(rivals)
        assert (withdrawn, taken) in ((True, False), (False, True))
        state = own.one("select state from jobs where subject = %(it)s", it=str(subject))
        assert state == ("cancelled" if withdrawn else "claimed")
        won[state] += 1
    print(f"of {trials}: {dict(won)}")
    assert len(won) == 2


def test_a_kind_that_looks_outside_queues_its_next_look_as_it_ends(own: Database, app: App) -> None:
    """No thread waits, and no failure is counted; the deadline travels in the arguments."""
    answered = NOON + timedelta(seconds=35)
    now = [NOON]
    looks: list[tuple[UUID, UUID | None, int, int]] = []
    app.clock = lambda: now[0]

    def look(task: Task, control: Control) -> bool:
        looks.append((task.id, task.workspace_id, task.claims, task.failures))
        return now[0] >= answered

    def finish(unit: Unit, task: Task, found: bool) -> None:
        if not found and unit.call.at < datetime.fromisoformat(task.args["deadline_at"]):
            again = Job(kind=NAME, subject=task.subject, args=task.args, delay_s=10)
            unit.queue(again, task.workspace_id)

    def give_up(unit: Unit, task: Task, error: Any) -> None:
        raise AssertionError("a look that found nothing is no failure")

    looking = Worker(app, [Kind(name=NAME, run=look, finish=finish, give_up=give_up)])
    subject = uuid4()
    args = {"deadline_at": NOON + timedelta(seconds=900)}
    in_unit(app, lambda unit: unit.queue(Job(kind=NAME, subject=subject, args=args), MINE))
    for _ in range(4):
        assert looking.work()
        assert not looking.work()  # it waits, and holds no thread
        now[0] += timedelta(seconds=12)
        hurry(app, subject)
    assert not looking.work()
    assert len({id for id, *_ in looks}) == 4
    assert [rest for _, *rest in looks] == [[MINE, 1, 0]] * 4
    assert own.rows("select distinct state, args from jobs") == [
        ("done", {"deadline_at": "2026-03-01T12:15:00Z"})
    ]
