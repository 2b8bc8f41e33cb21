"""A suite of processes that is struck in the middle of chosen calls."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

from chassis.domain import value
from chassis.errors import ServiceError
from distributed.suite import Suite
from journeys.stages.caught import Caught
from waiting import until

PATIENCE_S = 200  # until somebody is held up: a film takes its time on a busy machine


@value
class Blow:
    """What is done to the suite while somebody is held up in the middle of something."""

    call: str  # 'billing.issue_invoice': the first that is made once earlier blows upon it fell
    held_up: Callable[[], AbstractContextManager[Caught]]
    strike: Callable[[], object]
    mend: Callable[[], object] = lambda: None  # after it; nobody is held up any more


class Interrupted(Suite):
    """Struck once by each of `blows`."""

    blows: list[Blow]  # that have not fallen yet
    unanswered: set[str]  # calls that were under way when it was struck

    def expect(self, blows: Iterable[Blow]) -> None:
        """Strike so from now on."""
        self.blows, self.unanswered = list(blows), set()

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        """Call as `Suite` does; the blow falls meanwhile, or upon what the call brings about."""
        name = f"{service}.{method}"
        blow = next((each for each in self.blows if each.call == name), None)
        if blow is None:
            return super().call(service, method, access_token, **arguments)
        with ThreadPoolExecutor(1) as beside:
            with blow.held_up() as caught:
                called = beside.submit(super().call, service, method, access_token, **arguments)
                until(lambda: caught() or _refused(called), PATIENCE_S, f"the blow at {name}")
                if _refused(called):
                    return called.result()  # if it is worth a repeat, the blow falls then
                if not called.done():
                    self.unanswered.add(name)
                self.blows.remove(blow)
                blow.strike()
            blow.mend()
            return called.result()


def _refused(called: Future[Any]) -> bool:
    return called.done() and isinstance(called.exception(), ServiceError)
