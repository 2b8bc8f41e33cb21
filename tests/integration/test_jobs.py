"""Jobs: claimed once, retried by policy, given up once, and a result that counts once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from chassis.errors import Conflict, Rejected, ServiceError, Unavailable
from chassis.jobs import control, schedules
from chassis.jobs.claims import CLAIM_S
from chassis.jobs.control import Cancelled, Control
from chassis.jobs.jobs import Kind, Task, Worker
from chassis.jobs.schedules import Schedule
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import (
    NOON,
    Database,
    all_at_once,
    call,
    open_box,
)

Run = Callable[[Task, Control], Any]
PATIENCE_S = 60.0


def done(task: Task, control: Control) -> str:
    return "done"


def failing(error: Exception) -> Run:
    def run(task: Task, control: Control) -> None:
        raise error

    return run


def finish(unit: Unit, task: Task, result: Any) -> None:
    """The result is one more thing in a box named by the job."""
    unit.decide(boxes.box, UUID(task.args["box"]), boxes.PutIn(thing=result, weight_g=1))


def give_up(unit: Unit, task: Task, error: ServiceError) -> None:
    unit.decide(boxes.box, UUID(task.args["box"]), boxes.PutIn(thing=error.code, weight_g=0))


def kind(run: Run, **policy: Any) -> Kind:
    return Kind(name="weigh", run=run, finish=finish, give_up=give_up, **policy)


def queue(app: App, box_id: UUID) -> UUID:
    """Queue a job on its own and return its subject."""
    subject = uuid4()

    def work(unit: Unit) -> dict[str, Any]:
        unit.queue(Job(kind="weigh", subject=subject, args={"box": box_id}))
        return {}

    app.answer(call(), work)
    return subject


def things(own: Database) -> list[str]:
    query = "select data->>'thing' from events where type = 'ThingPutIn' order by seq"
    return [thing for (thing,) in own.rows(query)]


def job(own: Database) -> dict[str, Any]:
    names = ("state", "claims", "failures", "error", "waits")
    ((*found,),) = own.rows(
        "select state, claims, failures, error, round(extract(epoch from run_at - now()))::int"
        " from jobs"
    )
    return dict(zip(names, found, strict=True))


def test_a_job_runs_outside_a_transaction_and_its_result_is_recorded_with_its_end(
    own: Database, app: App
) -> None:
    box_id, seen = open_box(app), []

    def run(task: Task, control: Control) -> str:
        seen.append((job(own)["state"], app.engine.pool.checkedout()))  # type: ignore[attr-defined]
        return "weighed"

    queue(app, box_id)
    worker = Worker(app, [kind(run)])
    assert worker.work()
    assert seen == [("claimed", 0)]
    assert things(own) == ["weighed"]
    assert job(own)["state"] == "done"
    assert own.one("select count(distinct xmin::text) from events where version = 2") == 1
    ((meta,),) = own.rows("select meta from events where version = 2")
    assert meta["actor"] == "service:boxes"
    assert meta["correlation"] == "the-correlation"
    assert not worker.work()


def test_each_of_fifty_jobs_is_claimed_once_by_eight_workers(own: Database, app: App) -> None:
    ran: list[UUID] = []
    box_id = open_box(app)
    subjects = {queue(app, box_id) for _ in range(50)}

    def run(task: Task, control: Control) -> str:
        ran.append(task.subject)
        return str(task.subject)

    def work_all() -> None:
        worker = Worker(app, [kind(run)])
        while worker.work():
            pass

    assert all_at_once([work_all] * 8) == [None] * 8
    assert len(ran) == 50
    assert set(ran) == subjects
    assert sorted(things(own)) == sorted(map(str, subjects))
    assert own.rows("select state, claims from jobs") == [("done", 1)] * 50


def test_a_job_that_another_claims_at_the_moment_is_left_to_it(app: App) -> None:
    ran: list[str] = []
    box_id = open_box(app)
    for _ in range(2):
        queue(app, box_id)
    worker = Worker(app, [kind(lambda task, control: ran.append(str(task.subject)))])
    with app.engine.begin() as rival:
        claimed = rival.exec_driver_sql(
            "select subject from jobs order by run_at, id limit 1 for update"
        ).scalar_one()
        assert worker.work()
        assert not worker.work()
    assert worker.work()
    assert len(ran) == 2
    assert ran[1] == claimed


def test_an_error_is_retried_after_a_back_off_and_then_given_up_once(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))
    error = Unavailable("weights.away")
    worker = Worker(app, [kind(failing(error), attempts=3, backoff_s=(100, 200))])
    for failures, wait in ((1, 100), (2, 200)):
        assert worker.work()
        found = job(own)
        assert (found["state"], found["failures"]) == ("waiting", failures)
        assert found["error"] == "weights.away: away"
        assert abs(found["waits"] - wait) <= 5
        assert not worker.work()
        own.change("update jobs set run_at = now()")
    assert things(own) == []
    assert worker.work()
    assert job(own)["state"] == "dead"
    assert things(own) == ["weights.away"]
    own.change("update jobs set run_at = now()")
    assert not worker.work()


def test_the_last_back_off_goes_on_for_all_later_attempts(own: Database, app: App) -> None:
    queue(app, open_box(app))
    bug = kind(failing(ZeroDivisionError("x")), attempts=5, backoff_s=(50,))
    for _ in range(4):
        own.change("update jobs set run_at = now()")
        Worker(app, [bug]).work()
    found = job(own)
    assert (found["state"], found["failures"]) == ("waiting", 4)
    assert abs(found["waits"] - 50) <= 5
    assert "ZeroDivisionError" in found["error"]


def test_an_attempt_knows_what_those_before_it_ended_in(own: Database, app: App) -> None:
    errors: list[Exception] = [Unavailable("mail.lost"), Unavailable("blobs.away"), KeyError("x")]
    known: list[str | None] = []

    def run(task: Task, control: Control) -> None:
        known.append(task.error)
        if errors:
            raise errors.pop(0)

    worker = Worker(app, [kind(run, attempts=9, backoff_s=(0,))])
    queue(app, uuid4())
    while worker.work():
        pass
    assert known == [
        None,
        "mail.lost: lost",
        "blobs.away: away; before: mail.lost",
        "chassis.job_failed: KeyError: 'x'; before: mail.lost blobs.away",
    ]


def test_an_error_that_no_repeat_can_mend_gives_up_at_once(own: Database, app: App) -> None:
    queue(app, open_box(app))
    Worker(app, [kind(failing(Rejected("weights.no")), attempts=9)]).work()
    assert job(own)["state"] == "dead"
    assert things(own) == ["weights.no"]


def test_a_result_that_a_rule_refuses_gives_up_and_records_nothing_of_it(
    own: Database, app: App
) -> None:
    box_id = open_box(app)
    queue(app, box_id)

    def refuse(unit: Unit, task: Task, result: Any) -> None:
        unit.decide(boxes.box, box_id, boxes.PutIn(thing="half", weight_g=1))
        raise Rejected("weights.no")

    refusing = Kind(name="weigh", run=done, finish=refuse, give_up=give_up)
    Worker(app, [refusing]).work()
    assert job(own)["state"] == "dead"
    assert things(own) == ["weights.no"]


@pytest.mark.parametrize("run,taken", [(done, ["done"]), (failing(Rejected("no")), ["no"])])
def test_an_end_that_the_database_cannot_take_is_tried_until_it_can_and_is_no_failure(
    own: Database, app: App, monkeypatch: pytest.MonkeyPatch, run: Run, taken: list[str]
) -> None:
    monkeypatch.setattr(control, "UNTAKEN_S", 0.01)
    queue(app, open_box(app))
    begun, tried = [], threading.Semaphore(0)

    def begin(task: Task, control: Control) -> Any:
        begun.append(task)
        return run(task, control)

    def impatient(record: Callable[..., None]) -> Callable[..., None]:
        def end(unit: Unit, task: Task, ended: Any) -> None:
            unit.execute(text("set local lock_timeout = 20"))
            tried.release()
            record(unit, task, ended)

        return end

    weigh = Kind(name="weigh", run=begin, finish=impatient(finish), give_up=impatient(give_up))
    working = threading.Thread(target=Worker(app, [weigh]).work)
    with psycopg.connect(own.owner_url) as rival:
        rival.execute("lock table events in share row exclusive mode")
        working.start()
        assert all(tried.acquire(timeout=20) for _ in range(5))
    working.join(PATIENCE_S)
    assert things(own) == taken
    assert (job(own)["claims"], job(own)["failures"], len(begun)) == (1, 0, 1)


def test_an_end_that_is_not_taken_is_left_to_whoever_claims_the_job_next(
    own: Database, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "UNTAKEN_S", 0.01)
    queue(app, open_box(app))

    def untaken(unit: Unit, task: Task, result: Any) -> None:
        worker.abandon()
        raise Unavailable("chassis.database_unavailable")

    worker = Worker(app, [Kind(name="weigh", run=done, finish=untaken, give_up=give_up)])
    worker.work()
    assert job(own) == job(own) | {"state": "waiting", "failures": 0}
    assert things(own) == []


@pytest.mark.parametrize("kind_of_error", [Conflict, Unavailable])
def test_an_end_that_is_refused_for_good_is_not_asked_for_ever(
    own: Database, app: App, monkeypatch: pytest.MonkeyPatch, kind_of_error: type[ServiceError]
) -> None:
    monkeypatch.setattr(control, "UNTAKEN_S", 0.01)
    queue(app, open_box(app))
    asked = 0

    def refused(unit: Unit, task: Task, result: Any) -> None:
        nonlocal asked
        asked += 1
        if asked == 10:
            worker.abandon()  # else it would never end
        raise kind_of_error("weights.no", retryable=False)

    worker = Worker(app, [Kind(name="weigh", run=done, finish=refused, give_up=give_up)])
    worker.work()
    assert (job(own)["state"], things(own), asked) == ("dead", ["weights.no"], 1)


def test_the_result_of_an_outdated_claim_does_not_count(own: Database, app: App) -> None:
    queue(app, open_box(app))
    rival = Worker(app, [kind(lambda task, control: "the rival's")])

    def run(task: Task, control: Control) -> str:
        own.change("update jobs set run_at = now()")  # the claim runs out
        assert rival.work()
        return "too late"

    Worker(app, [kind(run)]).work()
    assert things(own) == ["the rival's"]
    assert job(own) == job(own) | {"state": "done", "claims": 2}


@pytest.mark.parametrize("error", [Unavailable("weights.away"), Rejected("weights.no")])
def test_the_error_of_an_outdated_claim_does_not_count_either(
    own: Database, app: App, error: ServiceError
) -> None:
    queue(app, open_box(app))
    rival = Worker(app, [kind(lambda task, control: "the rival's")])

    def run(task: Task, control: Control) -> str:
        own.change("update jobs set run_at = now()")
        assert rival.work()
        raise error

    Worker(app, [kind(run)]).work()
    assert things(own) == ["the rival's"]
    assert job(own) == job(own) | {"state": "done", "failures": 0}


def test_the_error_of_an_outdated_claim_leaves_the_job_to_whoever_does_it_now(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))
    rival = Worker(app, [kind(lambda task, control: "the rival's")])

    def run(task: Task, control: Control) -> str:
        own.change("update jobs set run_at = now()")
        assert rival._claim() is not None
        raise Unavailable("weights.away")

    Worker(app, [kind(run)]).work()
    assert job(own) == job(own) | {"state": "claimed", "claims": 2, "failures": 0}


def test_a_claim_holds_while_its_heartbeat_renews_it(own: Database, app: App) -> None:
    queue(app, open_box(app))

    def run(task: Task, control: Control) -> str:
        own.change("update jobs set run_at = now() + interval '1 second'")
        worker.heartbeat()
        assert abs(job(own)["waits"] - CLAIM_S) <= 5
        assert not Worker(app, [kind(done)]).work()
        control.check()
        return "weighed"

    worker = Worker(app, [kind(run)])
    assert worker.work()
    assert things(own) == ["weighed"]


def test_a_cancelled_job_is_told_so_by_the_next_heartbeat(own: Database, app: App) -> None:
    queue(app, open_box(app))
    reached: list[UUID] = []

    def run(task: Task, control: Control) -> None:
        control.check()
        own.change("update jobs set state = 'cancelled'")
        control.check()
        worker.heartbeat()
        with pytest.raises(Cancelled):
            control.check()
        reached.append(task.id)
        control.progress(50, "half")  # checks too

    worker = Worker(app, [kind(run)])
    assert worker.work()
    assert len(reached) == 1
    assert things(own) == []
    ended = job(own)
    assert (ended["state"], ended["failures"]) == ("cancelled", 0)


def test_a_job_cancelled_while_it_runs_has_no_result(own: Database, app: App) -> None:
    queue(app, open_box(app))

    def run(task: Task, control: Control) -> str:
        own.change("update jobs set state = 'cancelled'")
        return "nobody asks"

    Worker(app, [kind(run)]).work()
    assert things(own) == []
    assert job(own)["state"] == "cancelled"


def test_a_worker_that_is_abandoned_gives_its_job_back_and_has_not_died_of_it(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))

    def run(task: Task, control: Control) -> str:
        worker.abandon()
        control.check()
        return "weighed"

    worker = Worker(app, [kind(run)])
    worker.work()
    assert job(own) == job(own) | {"state": "waiting", "failures": 0}
    assert Worker(app, [kind(done)]).work()
    assert own.rows("select state, claims, deaths from jobs") == [("done", 2, 0)]


def test_a_start_releases_the_claims_of_a_dead_process(own: Database, app: App) -> None:
    queue(app, open_box(app))
    crashed = Worker(app, [kind(failing(KeyboardInterrupt()))])  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        crashed.work()
    worker = Worker(app, [kind(lambda task, control: "weighed")])
    assert not worker.work()
    worker.release()
    assert worker.work()
    assert things(own) == ["weighed"]
    assert job(own) == job(own) | {"state": "done", "claims": 2, "failures": 0}


def test_a_job_that_takes_too_long_is_stopped_and_retried(own: Database, app: App) -> None:
    queue(app, open_box(app))

    def run(task: Task, control: Control) -> None:
        control.check()

    Worker(app, [kind(run, timeout_s=-1)]).work()
    assert job(own) == job(own) | {"state": "waiting", "failures": 1}
    assert "boxes.job_timeout" in job(own)["error"]


def test_progress_is_written_and_a_new_step_always(own: Database, app: App) -> None:
    queue(app, open_box(app))
    seen = []

    def run(task: Task, control: Control) -> str:
        for percent, step in ((10, "read"), (11, "read"), (50, "write")):
            control.progress(percent, step)
            found = own.one("select progress from jobs")
            seen.append((found["percent"], found["step"]))
        return "weighed"

    Worker(app, [kind(run)]).work()
    assert seen == [(10, "read"), (10, "read"), (50, "write")]


def test_what_a_later_attempt_has_done_takes_nothing_of_an_earlier_one_back(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))
    told = iter([(60, "write"), (10, "read")])

    def run(task: Task, control: Control) -> None:
        control.progress(*next(told))
        raise Unavailable("boxes.away")

    for step in ("write", "read"):
        Worker(app, [kind(run)]).work()
        found = own.one("select progress from jobs")
        assert (found["percent"], found["step"]) == (60, step)
        own.change("update jobs set run_at = now()")


def test_a_job_of_a_kind_that_is_not_done_here_waits(own: Database, app: App) -> None:
    queue(app, open_box(app))
    other = Kind(name="paint", run=done, finish=finish, give_up=give_up)
    assert not Worker(app, [other]).work()
    assert job(own)["state"] == "waiting"


def test_a_schedule_queues_its_successor_once_although_two_workers_do_it(
    own: Database, app: App
) -> None:
    turns: list[int] = []
    now = [NOON]
    app.clock = lambda: now[0]
    due = Schedule(name="sweep", every_s=60, run=lambda app: turns.append(len(turns)))
    workers = [Worker(app, schedules.kinds(app, [due])) for _ in range(2)]
    for _ in workers:
        schedules.queue(app, [due])
    assert own.rows("select kind, state from jobs") == [("schedule:sweep", "waiting")]
    for turn in range(1, 4):
        now[0] = NOON + timedelta(seconds=60 * turn)
        own.change("update jobs set run_at = now() where state = 'waiting'")
        worked = all_at_once([worker.work for worker in workers])
        assert sorted(map(str, worked)) == ["False", "True"]
        assert len(turns) == turn
        states = own.rows("select state, count(*) from jobs group by state order by state")
        assert states == [("done", turn), ("waiting", 1)]


def test_a_schedule_that_makes_up_does_its_last_turn_at_the_first_start_after_it(
    own: Database, app: App
) -> None:
    turns: list[int] = []
    app.clock = lambda: NOON
    ship = Schedule(name="ship", every_s=86_400, run=lambda app: turns.append(1), makes_up=True)
    due = [ship]
    worker = Worker(app, schedules.kinds(app, due))
    for _ in range(2):  # starts
        schedules.queue(app, due)
        own.change("update jobs set run_at = now() where run_at < now() + interval '1 minute'")
        while worker.work():
            pass
    assert len(turns) == 1
    assert own.rows("select state from jobs order by state") == [("done",), ("waiting",)]


def test_a_schedule_whose_turn_fails_for_good_goes_on(own: Database, app: App) -> None:
    now = [NOON]
    app.clock = lambda: now[0]

    def run(app: App) -> None:
        raise Rejected("boxes.no")

    due = [Schedule(name="sweep", every_s=60, run=run)]
    worker = Worker(app, schedules.kinds(app, due))
    schedules.queue(app, due)
    now[0] = NOON + timedelta(seconds=60)
    own.change("update jobs set run_at = now()")
    assert worker.work()
    assert own.rows("select state from jobs order by state") == [("dead",), ("waiting",)]


def test_a_clock_that_was_set_back_does_not_end_a_schedule(own: Database, app: App) -> None:
    now = [NOON]
    app.clock = lambda: now[0]
    due = [Schedule(name="sweep", every_s=60, run=lambda app: None)]
    worker = Worker(app, schedules.kinds(app, due))
    schedules.queue(app, due)
    now[0] = NOON - timedelta(minutes=5)
    own.change("update jobs set run_at = now()")
    assert worker.work()
    assert own.rows("select state from jobs order by state") == [("done",), ("waiting",)]


def test_a_heartbeat_from_another_thread_reaches_the_running_job(own: Database, app: App) -> None:
    queue(app, open_box(app))
    started, cancelled = threading.Event(), threading.Event()

    def run(task: Task, control: Control) -> str:
        started.set()
        assert cancelled.wait(PATIENCE_S)
        control.check()
        return "weighed"

    worker = Worker(app, [kind(run)])
    thread = threading.Thread(target=worker.work)
    thread.start()
    assert started.wait(PATIENCE_S)
    own.change("update jobs set state = 'cancelled'")
    worker.heartbeat()
    cancelled.set()
    thread.join(PATIENCE_S)
    assert things(own) == []


def test_a_claim_that_ran_out_does_not_end_the_heartbeat_of_the_next_one_here(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))
    claimed_again, first_ended = threading.Event(), threading.Event()
    waits: list[int] = []

    def run(task: Task, control: Control) -> str:
        if task.claims == 1:
            own.change("update jobs set run_at = now()")  # as after the machine has slept
            second.start()
            assert claimed_again.wait(PATIENCE_S)
            return "too late"
        claimed_again.set()
        assert first_ended.wait(PATIENCE_S)
        own.change("update jobs set run_at = now() + interval '1 second'")
        worker.heartbeat()
        waits.append(job(own)["waits"])
        return "weighed"

    worker = Worker(app, [kind(run)])
    second = threading.Thread(target=worker.work)
    worker.work()
    first_ended.set()
    second.join(PATIENCE_S)
    assert abs(waits[0] - CLAIM_S) <= 5
    assert things(own) == ["weighed"]


def test_a_job_that_cannot_even_be_given_up_ends_instead_of_coming_back_for_ever(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))

    def broken(unit: Unit, task: Task, error: ServiceError) -> None:
        unit.decide(boxes.box, UUID(task.args["box"]), boxes.PutIn(thing="half", weight_g=1))
        raise AssertionError("a bug")

    refused = failing(Rejected("weights.no"))
    assert Worker(app, [Kind(name="weigh", run=refused, finish=finish, give_up=broken)]).work()
    assert job(own)["state"] == "dead"
    assert "weights.no" in job(own)["error"] and "a bug" in job(own)["error"]
    assert things(own) == []


def test_a_job_claimed_while_the_worker_is_abandoned_is_not_begun(own: Database, app: App) -> None:
    queue(app, open_box(app))
    begun: list[UUID] = []
    worker = Worker(app, [kind(lambda task, control: begun.append(task.id))])
    worker.abandon()
    worker.work()
    assert begun == []
    assert job(own) == job(own) | {"state": "waiting", "failures": 0}


def dying(own: Database, app: App, times: int) -> None:
    """Let processes die in the middle of the job, and their claims run out."""
    for _ in range(times):
        with pytest.raises(KeyboardInterrupt):
            Worker(app, [kind(failing(KeyboardInterrupt()))]).work()  # type: ignore[arg-type]
        own.change("update jobs set run_at = now()")


def test_a_job_that_three_processes_died_of_is_given_up_for_want_of_memory(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))
    dying(own, app, 3)
    begun: list[UUID] = []
    Worker(app, [kind(lambda task, control: begun.append(task.id), attempts=9)]).work()
    assert (begun, things(own)) == ([], ["chassis.out_of_memory"])
    assert own.rows("select state, claims, failures, deaths from jobs") == [("dead", 4, 0, 3)]
    assert "chassis.out_of_memory: 3 processes" in job(own)["error"]


def test_a_job_that_two_processes_died_of_is_done_by_a_third(own: Database, app: App) -> None:
    queue(app, open_box(app))
    dying(own, app, 2)
    Worker(app, [kind(done)]).work()
    assert own.rows("select state, claims, failures, deaths from jobs") == [("done", 3, 0, 2)]


@pytest.mark.parametrize(
    "late", [done, failing(Unavailable("weights.away")), failing(Rejected("weights.no"))]
)
def test_a_process_that_outlives_its_claim_has_not_died_of_the_job(
    own: Database, app: App, late: Run
) -> None:
    queue(app, open_box(app))
    deaths = []

    def run(task: Task, control: Control) -> Any:
        own.change("update jobs set run_at = now()")  # the process stood still, or its net
        assert Worker(app, [kind(done)])._claim() is not None
        deaths.append(own.one("select deaths from jobs"))
        return late(task, control)

    Worker(app, [kind(run)]).work()
    assert [*deaths, own.one("select deaths from jobs")] == [1, 0]
    assert job(own) == job(own) | {"state": "claimed", "claims": 2}


def test_a_database_that_takes_no_writes_for_a_while_is_no_failure_of_a_job(
    own: Database, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "UNTAKEN_S", 0.01)
    queue(app, open_box(app))
    tried = threading.Event()

    def run(task: Task, control: Control) -> str:
        try:
            own.take_no_writes(True)
            control.progress(50, "half")  # cannot be written, and need not be
        finally:
            tried.set()
        return "weighed"

    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(Worker(app, [kind(run, attempts=1, backoff_s=(0,))]).work)
        try:
            assert tried.wait(PATIENCE_S)
            with pytest.raises(Unavailable):
                open_box(app)
        finally:
            own.take_no_writes(False)
        assert working.result(PATIENCE_S)
    assert things(own) == ["weighed"]
    assert own.rows("select claims, failures, deaths from jobs") == [(1, 0, 0)]


def test_work_that_ends_as_its_database_is_away_is_tried_again_and_is_no_failure(
    own: Database, app: App
) -> None:
    queue(app, open_box(app))

    def run(task: Task, control: Control) -> str:
        with app.engine.begin() as connection:  # as a kind that keeps something itself
            own.cut_connections()
            connection.execute(text("select 1"))
        return "never"

    Worker(app, [kind(run, attempts=1, backoff_s=(100,))]).work()
    assert job(own) == job(own) | {"state": "waiting", "failures": 0}
    assert job(own)["waits"] > 90
