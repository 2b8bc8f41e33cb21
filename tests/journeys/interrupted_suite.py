"""A suite of processes that is struck in the middle of chosen calls."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

from chassis.domain import value
from chassis.errors import ServiceError
from distributed.suite import Suite
from journeys.caught import Caught
from journeys.waiting import until

PATIENCE_S = 300  # until somebody is held up: a film takes its time on a busy machine


@value
class Blow:
    """What is done to the suite while somebody is held up in the middle of something."""

    held_up: Callable[[], AbstractContextManager[Caught]]
    strike: Callable[[], object]
    mend: Callable[[], object]  # after it; nobody is held up any more
    when: Caught = lambda: True  # what must be so before anybody can be held up there


class Interrupted(Suite):
    """Struck once at the first call of each name in `blows` ('billing.issue_invoice')."""

    blows: dict[str, Blow]
    unanswered: set[str]  # calls that were under way when it was struck
    pids: Mapping[str, int | None]  # of the processes, before anything was struck

    def expect(self, blows: Mapping[str, Blow]) -> None:
        """Strike so from now on."""
        self.blows, self.unanswered = dict(blows), set()
        self.pids = {name: process.pid for name, process in self.processes.items()}
        assert None not in self.pids.values()

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        """Call as `Suite` does; the blow falls meanwhile, or upon what the call brings about."""
        name = f"{service}.{method}"
        if name not in self.blows:
            return super().call(service, method, access_token, **arguments)
        blow = self.blows.pop(name)
        until(blow.when, PATIENCE_S)
        with ThreadPoolExecutor(1) as beside:
            with blow.held_up() as caught:
                called = beside.submit(super().call, service, method, access_token, **arguments)
                until(lambda: caught() or _refused(called), PATIENCE_S)
                if _refused(called):
                    self.blows[name] = blow  # if it is worth a repeat, then
                    return called.result()
                if not called.done():
                    self.unanswered.add(name)
                blow.strike()
            blow.mend()
            return called.result()


def _refused(called: Future[Any]) -> bool:
    return called.done() and isinstance(called.exception(), ServiceError)


def at_work(suite: Suite, service: str) -> bool:
    """Return whether a service is doing a job that a person waits for."""
    claimed = "select from jobs where state = 'claimed' and kind not like 'schedule:%'"
    return bool(suite.sql(service, claimed))
