"""Jobs that weigh a box: queued for tests, in one process or in some that are told to go on."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4

from chassis.database import postgres
from chassis.errors import ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, Worker
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import Database, call

NAME = "weigh"
FORKING = multiprocessing.get_context("forkserver")  # the tests' process has threads
FORKING.set_forkserver_preload([__name__])


def kind(run: Callable[[Task, Control], Any] = lambda task, control: None) -> Kind:
    """Return a kind whose result is recorded nowhere."""
    return Kind(name=NAME, run=run, finish=_nothing, give_up=_nothing)


def queue(app: App, *workspaces: UUID | None, delay_s: int = 0) -> list[UUID]:
    """Queue a job of each of these workspaces, one after another; return the jobs' subjects."""
    subjects = [uuid4() for _ in workspaces]
    for subject, workspace_id in zip(subjects, workspaces, strict=True):
        job = Job(kind=NAME, subject=subject, delay_s=delay_s)
        in_unit(app, partial(_queue, [job], workspace_id))
    return subjects


def queue_at_once(app: App, workspace_id: UUID, count: int) -> None:
    """Queue so many jobs of that workspace in one unit."""
    jobs = [Job(kind=NAME, subject=uuid4()) for _ in range(count)]
    in_unit(app, partial(_queue, jobs, workspace_id))


def _queue(jobs: Iterable[Job], workspace_id: UUID | None, unit: Unit) -> None:
    for job in jobs:
        unit.queue(job, workspace_id)


def in_unit(app: App, work: Callable[[Unit], Any]) -> Any:
    """Run `work` in a unit of its own; return what it returns."""
    return app.attempt(call(), work)


def _nothing(unit: Unit, task: Task, result: Any | ServiceError) -> None:
    """Leave no trace."""


class Working:
    """A process that does jobs, one after another; each runs until it is told to end."""

    def __init__(self, own: Database) -> None:
        self._pipe, theirs = FORKING.Pipe()
        self.process = FORKING.Process(target=_work, args=(own.app_url, theirs), daemon=True)
        self.process.start()

    def begun(self) -> UUID:
        """Wait for the next job to begin; return its workspace."""
        return UUID(self._pipe.recv())

    def end(self) -> None:
        """Let the job that runs end."""
        self._pipe.send("go on")


@contextmanager
def working(own: Database) -> Iterator[Working]:
    """Yield a process at work on that database."""
    it = Working(own)
    try:
        yield it
    finally:
        it.process.kill()
        it.process.join()


def _work(url: str, pipe: Connection) -> None:
    def run(task: Task, control: Control) -> None:
        pipe.send(str(task.workspace_id))
        pipe.recv()

    app = App(service=boxes.SERVICE, engine=postgres.engine(url, name="boxes"))
    worker = Worker(app, [kind(run)])
    while worker.work():
        pass
