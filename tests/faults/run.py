"""One seed: stories under faults, then rest, then the checks."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from chassis.domain import value
from chassis.rpc import Rpc
from chassis.testing.rabbit import Broker
from embedded.postgres import Server
from faults import stories
from faults.blows import Blows
from faults.history import History, Seen
from faults.ledger import Ledger
from faults.people import PASSWORD, PATIENCE_S, Person, Scene, newcomer
from faults.plan import Fault, Plan
from faults.rest import NotAtRest, come_to_rest
from faults.stories import Outcome, Story
from faults.suite import SERVICES, FaultySuite, running
from faults.told import Tap
from journeys.distributed_suite import reader_uri

ADMIN = "admin@faults.example"


@value
class Result:
    """What came of a seed."""

    plan: Plan
    fell: tuple[str, ...]  # the faults that happened; a cut may have had nothing to fall upon
    calls: int
    events: int
    seconds: float
    violations: tuple[str, ...]

    def line(self) -> str:
        """Return the line that is printed of it."""
        outcome = "ok" if not self.violations else f"{len(self.violations)} VIOLATIONS"
        return (
            f"seed {self.plan.seed}: {outcome}; {self.calls} calls, {self.events} events,"
            f" {self.seconds:.1f} s; {', '.join(self.fell) or 'no fault fell'}"
        )


class Running:
    """Seeds, one after another, on one suite."""

    def __init__(self, suite: FaultySuite, rpc: Rpc, blows: Blows) -> None:
        """Make the system admin whom every seed needs."""
        self.suite, self.rpc, self.blows = suite, rpc, blows
        self.history = History(suite)
        suite.create_admin(ADMIN, PASSWORD)
        self._admin: Person | None = None

    def seed(self, plan: Plan) -> Result:
        """Do what a seed does, and check what came of it."""
        started = time.monotonic()
        scene = Scene(
            suite=self.suite,
            rpc=self.rpc,
            ledger=Ledger(),
            seed=plan.seed,
            until=started + PATIENCE_S,
        )
        self.blows.begin(plan.chance)
        violations: list[str] = []
        outcomes: list[Outcome] = []
        fell: list[str] = []
        with ThreadPoolExecutor(len(plan.faults)) as falling:
            begun = [falling.submit(self._fall, fault, violations) for fault in plan.faults]
            outcomes += self._tell_stories(scene, plan, violations)
            for each in begun:
                each.result()
        # of the cuts, those count that met a message
        fell += self.suite.proxy.disarm()
        fell += [str(fault) for fault in plan.faults if fault.kind not in ("cut", "kill_at")]
        seen = self._look(scene, outcomes, violations)
        return Result(
            plan=plan,
            fell=tuple(fell),
            calls=len(scene.ledger.calls),
            events=seen.events if seen else 0,
            seconds=time.monotonic() - started,
            violations=tuple(violations),
        )

    def _fall(self, fault: Fault, violations: list[str]) -> None:
        threading.Event().wait(fault.after_s)
        _noting(violations, str(fault), lambda: self.blows.fall(fault))

    def _tell_stories(self, scene: Scene, plan: Plan, violations: list[str]) -> list[Outcome]:
        admin = self._admin_of(scene)
        affiliate = newcomer(scene, "affiliate")
        outcomes: list[Outcome] = []

        def tell(story: Story) -> None:
            outcomes.append(story.run())

        def all_of_them() -> None:
            stories.affiliate(affiliate)
            affiliate_id = affiliate.workspace_id
            assert isinstance(affiliate_id, UUID)
            with ThreadPoolExecutor(len(plan.stories)) as telling:
                told = [
                    telling.submit(
                        _noting,
                        violations,
                        f"story {each.number}",
                        _bind(tell, Story(each, admin, affiliate_id)),
                    )
                    for each in plan.stories
                ]
            for each in told:
                each.result()
            stories.pay_out(admin, affiliate_id, plan.payout)

        _noting(violations, "the stories", all_of_them)
        return outcomes

    def _admin_of(self, scene: Scene) -> Person:
        if self._admin is None:
            self._admin = Person(scene, "admin", ADMIN)
        self._admin.scene = scene
        return self._admin

    def _look(self, scene: Scene, outcomes: list[Outcome], violations: list[str]) -> Seen | None:
        try:
            come_to_rest(self.suite)
        except NotAtRest as error:
            violations.append(str(error))
            return None
        seen = self.history.read(scene.seed)
        told = self.blows.tap.taken()
        violations += self.history.violations(
            seen, scene.ledger.calls, outcomes, told, self.blows.lost_broker
        )
        return seen


@contextmanager
def at_work(server: Server, broker: Broker, folder: Path) -> Iterator[Running]:
    """Yield what runs seeds, on a suite of its own."""
    with (
        running(server, broker, folder) as suite,
        suite.callers() as rpc,
        Tap(reader_uri(broker, suite), SERVICES) as tap,
    ):
        yield Running(suite, rpc, Blows(suite, broker, tap, server.admin_url))


def _bind(do: Callable[[Story], None], story: Story) -> Callable[[], None]:
    return lambda: do(story)


def _noting(violations: list[str], who: str, do: Callable[[], object]) -> None:
    """Do it; what it raises is a violation: nothing that people do may fail, only wait."""
    try:
        do()
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        violations.append(f"{who}: {error!r} at {where.filename}:{where.lineno}")
