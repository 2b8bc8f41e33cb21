"""Jobs done by turns, on a clock that moves on to what is due next: nobody waits."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from typing import Protocol

from sqlalchemy import text

from chassis import ids
from chassis.identity import service_actor
from chassis.jobs.jobs import Kind, Worker
from chassis.unit.calls import Call
from chassis.unit.handling import App

LONGEST = timedelta(hours=6)  # of one story
PASSED = text("update jobs set run_at = run_at - make_interval(secs => :s)")
NEXT = text(
    "select cast(extract(epoch from min(run_at) - now()) as float8) from jobs"
    " where state in ('waiting', 'claimed') and kind = any(:kinds)"
)


class Moving(Protocol):
    """A clock that is moved on."""

    def __call__(self) -> datetime:
        """Return the time."""
        ...

    def on(self, seconds: float) -> None:
        """Let time pass."""
        ...


class Clock:
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = ids.now()

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class SharedClock:
    """A clock of several processes: ahead of the machine's by as much as it was moved on."""

    def __init__(self, ahead: "Synchronized[float]") -> None:
        self._ahead = ahead

    def __call__(self) -> datetime:
        return ids.now() + timedelta(seconds=self._ahead.value)

    def on(self, seconds: float) -> None:
        with self._ahead.get_lock():
            self._ahead.value += seconds


class Turns:
    """One worker, and the time of its service."""

    def __init__(self, app: App, kinds: Iterable[Kind], clock: Moving) -> None:
        self.app, self.clock = app, clock
        self.worker = Worker(app, kinds)

    def work(self) -> int:
        """Do what is due; return how many jobs there were."""
        count = 0
        while self.worker.work():
            count += 1
        return count

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.on(seconds)
        us = service_actor(self.app.service.name)
        call = Call(id=ids.fresh(), at=self.clock(), actor=us, correlation_id="later")
        self.app.attempt(call, lambda unit: unit.execute(PASSED, s=seconds))

    def to_the_end(self, between: Callable[[], object] = lambda: None) -> None:
        """Work until nothing waits any more; `between`: whenever nothing is due."""
        last = self.clock() + LONGEST
        while self.clock() < last:
            self.work()
            between()
            if self.work() == 0 and (wait := self._next()) is not None:
                self.later(wait)
            elif self._next() is None:
                return
        raise AssertionError("it never ends")

    def _next(self) -> float | None:
        """Return in how many seconds something is due, None if nothing waits."""
        kinds = list(self.worker.kinds)
        seconds = self.app.query(lambda db: db.execute(NEXT, {"kinds": kinds}).scalar())
        return None if seconds is None else max(0.01, seconds + 0.01)
