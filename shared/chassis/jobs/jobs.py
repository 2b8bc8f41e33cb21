"""Jobs: work outside any transaction, claimed from a table, its result taken exactly once.

A claim holds for 30 s and is renewed by a heartbeat; `claims` is its fencing token: a result
counts only while the token is the same. Only work that ended in an error is a failure: a database
that is away, or cannot take a result, is asked again. A process that is told to stop gives its jobs
back; one that dies leaves a claim that runs out, and after the third such death the job is given
up: what the work needs, this machine has not got, as a rule memory.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from chassis import ids, metrics, telemetry
from chassis.database import postgres
from chassis.domain import value
from chassis.errors import Internal, ServiceError, Unavailable
from chassis.identity import behind, service_actor
from chassis.jobs import claims
from chassis.jobs.control import Cancelled, Control
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App

HEARTBEAT_S = 10
MOST_DEATHS = 3  # of processes, in the middle of one job
OUT_OF_MEMORY = "chassis.out_of_memory"

log = logging.getLogger(__name__)


@value
class Task:
    """A job as its kind's functions see it."""

    id: UUID
    kind: str
    subject: UUID
    workspace_id: UUID | None
    args: Mapping[str, Any]
    meta: Mapping[str, Any]
    claims: int
    failures: int
    deaths: int = 0
    error: str | None = None  # that the attempt before ended in, and the codes of those before


@value
class Kind:
    """How one kind of job is done.

    `run(task, control)` works outside any transaction and returns JSON; `finish(unit, task,
    result)` records it in one unit with the job's end; `give_up(unit, task, error)` does so after
    the last attempt, or at once for an error that no repeat can mend.
    """

    name: str
    run: Callable[[Task, Control], Any]
    finish: Callable[[Unit, Task, Any], object]
    give_up: Callable[[Unit, Task, ServiceError], object]
    attempts: int = 3
    timeout_s: int = 300
    backoff_s: tuple[int, ...] = (1, 2, 4, 8, 10)  # before the 2nd attempt, the 3rd, …


class Worker:
    """Does the jobs of one service, one at a time for each thread that calls `work`."""

    def __init__(self, app: App, kinds: Iterable[Kind]) -> None:
        self.app = app
        self.kinds = {kind.name: kind for kind in kinds}
        # by claim: a job whose claim ran out may be held here twice
        self._held: dict[tuple[UUID, int], tuple[Task, Control]] = {}
        self._abandoned = threading.Event()

    def release(self) -> None:
        """Free the claims of a process that is known to be dead."""
        claims.release(self.app.engine)

    def work(self) -> bool:
        """Claim one job that is due and do it; False if there was none."""
        if (task := self._claim()) is None:
            return False
        told = {"job": task.id, "kind": task.kind, "workspace_id": task.workspace_id}
        with (
            telemetry.context(**told, **call_of(self.app, task).logged()),
            metrics.job(self.app.service.name, task.kind) as attempt,
        ):
            attempt.outcome = self._attempt(task, self.kinds[task.kind])
        return True

    def _attempt(self, task: Task, kind: Kind) -> str:
        control = Control(self.app, task.id, task.claims, kind.timeout_s)
        try:
            self._held[(task.id, task.claims)] = (task, control)
            if self._abandoned.is_set():
                raise Cancelled
            if task.deaths >= MOST_DEATHS:
                raise Internal(OUT_OF_MEMORY, f"{task.deaths} processes were killed at this work")
            result = kind.run(task, control)
            control.until_taken(partial(self._end, task, kind.finish, result))
            return "done"
        except Cancelled:
            return self._outlive(task)
        except Exception as error:
            return self._fail(task, kind, control, error)
        finally:
            self._held.pop((task.id, task.claims), None)

    def heartbeat(self) -> None:
        """Renew every claim held here; tell those that were lost or cancelled."""
        for task, control in list(self._held.values()):
            if not claims.renew(self.app.engine, task.id, task.claims):
                control.lost.set()

    def abandon(self) -> None:
        """Stop what runs here; each job is given back once its work has stopped."""
        self._abandoned.set()  # for what is being claimed just now
        for _, control in list(self._held.values()):
            control.lost.set()

    def _claim(self) -> Task | None:
        row = claims.take(self.app.engine, self.kinds)
        if row is None:
            return None
        return Task(
            id=row.id,
            kind=row.kind,
            subject=UUID(row.subject),
            workspace_id=UUID(row.workspace_id) if row.workspace_id else None,
            args=row.args,
            meta=row.meta,
            claims=row.claims,
            failures=row.failures,
            deaths=row.deaths,
            error=row.error,
        )

    def _end(
        self,
        task: Task,
        record: Callable[[Unit, Task, Any], object],
        result: Any,
        state: str = "done",
        error: str | None = None,
    ) -> None:
        """Record the result and the job's end in one unit, where the token still matches."""

        def work(unit: Unit) -> None:
            ended = {"id": task.id, "claims": task.claims, "state": state, "error": error}
            if unit.execute(claims.END, **ended).first() is None:
                raise Cancelled
            record(unit, task, result)

        self.app.attempt(call_of(self.app, task), work)

    def _outlive(self, task: Task) -> str:
        """Say that the work has stopped and this process lives: its claim is nobody's death."""
        with suppress(Unavailable):
            claims.outlive(self.app.engine, task.id, task.claims)
        log.info("job stopped")
        return "stopped"

    def _fail(self, task: Task, kind: Kind, control: Control, error: Exception) -> str:
        meant = postgres.meaning(error)
        unknown = Internal("chassis.job_failed", f"{type(error).__name__}: {error}", retryable=True)
        known = meant if isinstance(meant, ServiceError) else unknown
        away = known.code == postgres.UNAVAILABLE  # says nothing about the work
        failures = task.failures if away else task.failures + 1
        log.warning("job failed", exc_info=error, extra={"failures": failures})
        try:
            if away or (known.retryable and failures < kind.attempts):
                control.until_taken(partial(self._again, task, kind, known, failures))
                return "again"
            control.until_taken(partial(self._give_up, task, kind, known))
            return "dead"
        except Cancelled:
            return self._outlive(task)

    def _again(self, task: Task, kind: Kind, error: ServiceError, failures: int) -> None:
        """Let the job wait for its next attempt."""
        delay = kind.backoff_s[min(max(1, failures), len(kind.backoff_s)) - 1]
        told = claims.remembered(str(error), task.error)
        waits = {"failures": failures, "error": told, "delay": delay}
        if not claims.put_off(self.app.engine, task.id, task.claims, waits):
            raise Cancelled

    def _give_up(self, task: Task, kind: Kind, error: ServiceError) -> None:
        try:
            self._end(task, kind.give_up, error, "dead", str(error))
        except Exception as bug:
            if isinstance(bug, Cancelled) or (isinstance(bug, ServiceError) and bug.retryable):
                raise
            # without an end it would be claimed again for ever
            log.exception("job not given up")
            self._end(task, _nothing, None, "dead", f"{error}; then, giving up: {bug!r}")


def call_of(app: App, task: Task, *unit: object) -> Call:
    """Return the call of a job's claim, on whose behalf it works; `unit` names one of several."""
    session = task.meta.get("impersonation")
    return Call(
        id=ids.derive(task.id, task.claims, *unit),
        at=app.clock(),
        actor=service_actor(app.service.name),
        correlation_id=task.meta["correlation"],
        causation=str(task.id),
        step=" ".join(map(str, unit)) or None,
        on_behalf_of=behind(task.meta["actor"], task.meta.get("on_behalf_of")),
        impersonation=UUID(session) if session else None,
    )


def _nothing(unit: Unit, task: Task, result: Any) -> None:
    """Record nothing but the job's end."""
