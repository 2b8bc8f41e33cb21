"""Jobs at random: three processes that claim, fail, come too late; claims that run out; cancelling,
withdrawing, hurrying.

No clock is waited for: claims run out and back-offs end as rows are changed. A job's run stops in
its middle, in a thread, until the machine says how it ends. A long run: see `machines`.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chassis.errors import Rejected
from chassis.jobs.control import Control
from chassis.jobs.jobs import MOST_DEATHS, Kind, Task, Worker
from chassis.unit import store
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes, machines
from integration.stages.box_database import call, database, open_box
from servers.postgres import Server
from waiting import until

PROCESSES, ATTEMPTS, NAME = 3, 3, "paint"
FOR_EVER = 3_600  # seconds of back-off: it ends when the machine says so
some_process = st.integers(0, PROCESSES - 1)
endings = st.sampled_from(["done", "asks first", "bug", "rule"])
THINGS = "select data->>'thing' from events where type = 'ThingPutIn' order by version"


@dataclass
class Row:
    """A job as the model has it."""

    state: str = "waiting"
    claims: int = 0
    failures: int = 0
    deaths: int = 0
    due: bool = True

    def may_end(self) -> bool:
        """Whether its claim may run out, and the job still be begun by the next one."""
        return self.deaths + (self.state == "claimed") < MOST_DEATHS


class Process:
    """A worker whose runs wait to be told how they end."""

    def __init__(self, app: App, box_id: UUID) -> None:
        self.box_id = box_id
        kind = Kind(
            name=NAME,
            run=self.run,
            finish=lambda unit, task, result: self.put_in(unit, task, "done"),
            give_up=lambda unit, task, error: self.put_in(unit, task, "dead"),
            attempts=ATTEMPTS,
            timeout_s=FOR_EVER,
            backoff_s=(FOR_EVER,),
        )
        self.worker = Worker(app, [kind])
        self.task: Task | None = None
        self.told = threading.Event()
        self.ending = ""

    def run(self, task: Task, control: Control) -> None:
        self.task = task
        self.told.wait()
        if self.ending == "asks first":
            control.check()
        if self.ending == "bug":
            raise ValueError("it fell over")
        if self.ending == "rule":
            raise Rejected("boxes.no")

    def put_in(self, unit: Unit, task: Task, how: str) -> None:
        thing = f"{task.id} {task.claims} {how}"
        unit.decide(boxes.box, self.box_id, boxes.PutIn(thing=thing, weight_g=1))


class Jobs(RuleBasedStateMachine):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self.opened = ExitStack()
        own = self.opened.enter_context(database(server))
        self.own = own
        self.app = self.opened.enter_context(own.app(connections=PROCESSES + 2))
        self.threads = self.opened.enter_context(ThreadPoolExecutor(PROCESSES))
        box_id = open_box(self.app)
        self.processes = [Process(self.app, box_id) for _ in range(PROCESSES)]
        self.running: dict[int, Future[bool]] = {}
        self.lost: set[int] = set()  # processes whose heartbeat has said so
        self.model: dict[UUID, Row] = {}
        self.effects: list[str] = []

    def teardown(self) -> None:
        for process in self.processes:
            process.told.set()
        self.opened.close()

    @rule()
    def queue(self) -> None:
        subject = uuid4()

        def work(unit: Unit) -> dict[str, Any]:
            unit.queue(Job(kind=NAME, subject=subject))
            return {}

        self.app.answer(call(), work)
        id = self.own.one("select id from jobs where subject = %(it)s", it=str(subject))
        self.model[id] = Row()

    @rule(number=some_process)
    def claim(self, number: int) -> None:
        """Claim one of what is due, if there is any; what ran out is claimed anew."""
        if number in self.running:
            return
        process = self.processes[number]
        process.task = None
        process.told.clear()
        running = self.threads.submit(process.worker.work)
        until(lambda: process.task or running.done())
        due = [id for id, row in self.model.items() if row.due]
        if process.task is None:
            assert running.result() is False
            assert due == []
            return
        assert process.task.id in due
        row = self.model[process.task.id]
        row.deaths += row.state == "claimed"
        row.state, row.due, row.claims = "claimed", False, row.claims + 1
        task = process.task
        assert (task.claims, task.failures, task.deaths) == (row.claims, row.failures, row.deaths)
        self.running[number] = running
        self.lost.discard(number)

    @precondition(lambda self: self.running)
    @rule(data=st.data(), ending=endings)
    def end(self, data: st.DataObject, ending: str) -> None:
        """Let a run end; what it brings counts only under the claim that holds."""
        number = data.draw(st.sampled_from(sorted(self.running)))
        process = self.processes[number]
        process.ending = ending
        process.told.set()
        assert self.running.pop(number).result() is True
        task = process.task
        assert task is not None
        row = self.model[task.id]
        if row.state != "claimed" or row.claims != task.claims:
            if row.state == "claimed" or row.state == "waiting" and row.claims != task.claims:
                row.deaths = max(0, row.deaths - 1)  # this process has outlived its claim
            row.due = row.due or row.state == "waiting" and row.claims == task.claims
            return
        if ending == "asks first" and number in self.lost:
            return
        if ending == "bug" and row.failures + 1 < ATTEMPTS:
            row.state, row.due, row.failures = "waiting", False, row.failures + 1
            return
        row.state, row.due = ("dead" if ending in ("bug", "rule") else "done"), False
        self.effects.append(f"{task.id} {task.claims} {row.state}")

    @rule(number=some_process)
    def heartbeat(self, number: int) -> None:
        process = self.processes[number]
        process.worker.heartbeat()
        if number not in self.running:
            return
        assert process.task is not None
        row = self.model[process.task.id]
        if row.state == "claimed" and row.claims == process.task.claims:
            row.due = False
        else:
            self.lost.add(number)

    @precondition(lambda self: self.rows("claimed"))
    @rule(data=st.data())
    def a_claim_runs_out(self, data: st.DataObject) -> None:
        self.make_due(data.draw(st.sampled_from(self.rows("claimed"))))

    @precondition(lambda self: self.rows("waiting"))
    @rule(data=st.data())
    def a_back_off_ends(self, data: st.DataObject) -> None:
        self.make_due(data.draw(st.sampled_from(self.rows("waiting"))))

    def make_due(self, id: UUID) -> None:
        row = self.model[id]
        if row.may_end():  # after that it is given up unheard
            self.own.change("update jobs set run_at = now() where id = %(id)s", id=id)
            row.due = True

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(list(self.model)))
        subject = self.own.one("select subject from jobs where id = %(id)s", id=id)
        with self.app.engine.begin() as connection:
            store.cancel(connection, NAME, UUID(subject))
        row = self.model[id]
        if row.state in ("waiting", "claimed"):
            row.state, row.due = "cancelled", False

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(list(self.model)))
        subject = UUID(self.own.one("select subject from jobs where id = %(id)s", id=id))
        said = self.app.attempt(call(), lambda unit: unit.withdraw(NAME, subject))
        row = self.model[id]
        assert said == (row.state == "waiting")
        if said:
            row.state, row.due = "cancelled", False

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def hurry(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(list(self.model)))
        row = self.model[id]
        if not row.may_end():  # as in `make_due`
            return
        subject = UUID(self.own.one("select subject from jobs where id = %(id)s", id=id))
        said = self.app.attempt(call(), lambda unit: unit.hurry(NAME, subject))
        assert said == (row.state == "waiting")
        row.due = row.due or said

    @precondition(lambda self: all(row.may_end() for row in self.model.values()))
    @rule(number=some_process)
    def release(self, number: int) -> None:
        """A process starts and takes all others for dead; those that are not come too late."""
        self.processes[number].worker.release()
        for id in self.rows("claimed"):
            row = self.model[id]
            row.state, row.due, row.deaths = "waiting", True, row.deaths + 1

    def rows(self, state: str) -> list[UUID]:
        return [id for id, row in self.model.items() if row.state == state]

    @invariant()
    def rows_and_effects_are_the_models(self) -> None:
        query = "select id, state, claims, failures, deaths, run_at <= now() from jobs"
        with self.app.engine.connect() as connection:
            stored = {row[0]: row[1:] for row in connection.exec_driver_sql(query)}
            things = list(connection.exec_driver_sql(THINGS).scalars())
        for id, row in self.model.items():
            assert stored[id][:4] == (row.state, row.claims, row.failures, row.deaths)
            assert row.state in ("done", "dead", "cancelled") or stored[id][4] == row.due
        assert things == self.effects

    @invariant()
    def a_job_ends_once(self) -> None:
        ended = [effect.split()[0] for effect in self.effects]
        assert len(ended) == len(set(ended))


def test_a_jobs_result_counts_once_whoever_comes_too_late(postgres_server: Server) -> None:
    machines.run(lambda: Jobs(postgres_server), percent=8)
