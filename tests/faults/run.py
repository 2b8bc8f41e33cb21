"""One seed: stories under faults, then rest, then the checks."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from chassis.broker.rpc import Rpc
from chassis.domain import value
from faults import stories
from faults.blows import Blows
from faults.callers import deaf
from faults.history import History
from faults.ledger import Ledger
from faults.people import PASSWORD, PATIENCE_S, Person, Scene, newcomer
from faults.plan import Fault, Plan
from faults.rest import come_to_rest
from faults.stories import Outcome, Story
from faults.suite import SERVICES, FaultySuite, running
from faults.told import Tap
from journeys.stages.distributed_suite import reader_uri
from servers.postgres import Server
from servers.rabbit import Broker

T = TypeVar("T")
AT_A_MESSAGE = ("cut", "hold", "kill_at")
LOOK_S = 0.05
ADMIN = "admin@faults.example"


@value
class Result:
    """What came of a seed."""

    seed: int
    fell: tuple[str, ...]  # the faults that happened; a cut may have had nothing to fall upon
    calls: int
    events: int
    seconds: float
    violations: tuple[str, ...]

    def line(self) -> str:
        """Return the line that is printed of it."""
        outcome = f"{len(self.violations)} VIOLATIONS" if self.violations else "ok"
        return (
            f"seed {self.seed}: {outcome}; {self.calls} calls, {self.events} events,"
            f" {self.seconds:.1f} s; {', '.join(self.fell) or 'no fault fell'}"
        )


class Seeds:
    """Seeds, one after another, on one suite."""

    def __init__(self, suite: FaultySuite, rpc: Rpc, blows: Blows) -> None:
        """Make the system admin whom every seed needs."""
        self.suite, self.rpc, self.blows = suite, rpc, blows
        self.history = History(suite)
        suite.create_admin(ADMIN, PASSWORD)
        self._admin: Person | None = None

    def run(self, plan: Plan) -> Result:
        """Do what a seed does, and check what came of it."""
        started = time.monotonic()
        scene = Scene(
            suite=self.suite,
            rpc=self.rpc,
            ledger=Ledger(),
            seed=plan.seed,
            until=started + PATIENCE_S,
            ended=threading.Event(),
        )
        violations = Violations()
        self.blows.lost_broker = False
        with self._supervised(violations):
            with ThreadPoolExecutor(len(plan.faults)) as falling, _ending(scene):
                for fault in plan.faults:
                    falling.submit(violations.of, str(fault), partial(self._fall, fault, scene))
                telling = partial(self._tell, scene, plan, violations)
                outcomes = violations.of("the stories", telling) or []
            # of what waits for a message, that counts which met one
            fell = self.suite.proxy.disarm()
            fell += [str(fault) for fault in plan.faults if fault.kind not in AT_A_MESSAGE]
            events = violations.of("the end", lambda: self._check(scene, outcomes, violations))
        for mail in (self.suite.data_dir / "mail").iterdir():
            mail.unlink()  # else everybody who waits for one reads all of them
        return Result(
            seed=plan.seed,
            fell=tuple(fell),
            calls=len(scene.ledger.calls),
            events=events or 0,
            seconds=time.monotonic() - started,
            violations=tuple(violations.found),
        )

    @contextmanager
    def _supervised(self, violations: "Violations") -> Iterator[None]:
        """Start again whoever ends, as whatever runs the suite in earnest does."""
        ended = threading.Event()

        def supervise() -> None:
            while not ended.wait(LOOK_S):
                violations.found += self.blows.revive()

        with ThreadPoolExecutor(1) as beside:
            supervising = beside.submit(violations.of, "the supervisor", supervise)
            try:
                yield
            finally:
                ended.set()
                supervising.result()

    def _fall(self, fault: Fault, scene: Scene) -> None:
        while len(scene.ledger.calls) < fault.after_calls and not scene.over():
            scene.ended.wait(LOOK_S)
        self.blows.fall(fault)

    def _tell(self, scene: Scene, plan: Plan, violations: "Violations") -> list[Outcome]:
        admin, affiliate = self._admin_of(scene), newcomer(scene, "affiliate")
        affiliate_id = stories.affiliate(affiliate)
        told = [Story(each, admin, affiliate_id) for each in plan.stories]
        with ThreadPoolExecutor(len(told)) as telling:
            ended = [telling.submit(violations.of, each.name, each.run) for each in told]
        stories.pay_out(admin, affiliate_id, plan.payout)
        return [outcome for each in ended if (outcome := each.result()) is not None]

    def _admin_of(self, scene: Scene) -> Person:
        if self._admin is None:
            self._admin = Person(scene, "admin", ADMIN)
        self._admin.scene = scene  # the session stays
        return self._admin

    def _check(self, scene: Scene, outcomes: list[Outcome], violations: "Violations") -> int:
        """Return how many events the seed has left."""
        come_to_rest(self.suite)
        violations.found += deaf(self.blows.operator, self.blows.tap)
        seen, messages = self.history.read(scene.seed), self.blows.tap.taken()
        violations.found += self.history.violations(
            seen, scene.ledger.calls, outcomes, messages, self.blows.lost_broker
        )
        return seen.events


@contextmanager
def _ending(scene: Scene) -> Iterator[None]:
    """Let nobody go on who is left behind, as by Ctrl-C."""
    try:
        yield
    finally:
        scene.ended.set()


class Violations:
    """What was found wrong in one seed, by several threads."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def of(self, who: str, do: Callable[[], T]) -> T | None:
        """Do it; what it raises is a violation: nothing may fail, only wait."""
        try:
            return do()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.found.append(f"{who}: {error!r} at {Path(where.filename).name}:{where.lineno}")
            return None


@contextmanager
def at_work(server: Server, broker: Broker, folder: Path) -> Iterator[Seeds]:
    """Yield what runs seeds, on a suite of its own."""
    with (
        running(server, broker, folder) as suite,
        suite.callers() as rpc,
        suite.operators() as operator,
        Tap(reader_uri(broker, suite), SERVICES) as tap,
    ):
        yield Seeds(suite, rpc, Blows(suite, broker, operator, tap, server.admin_url))
