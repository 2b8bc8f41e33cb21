"""Steady traffic: so many calls a second, as a website's backend makes them for people."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from chassis.broker.rpc import Rpc
from chassis.domain import value
from chassis.errors import ServiceError
from demo.suite import Suite
from journeys.stages.crowd import Member

AT_ONCE = 30
PAYEE = {
    "organization_number": "310000019",
    "vat_registered": False,
    "account": "98765432103",
    "invoice_email": "payee@crowd.example",
}


@value
class Asked:
    """One call and what came of it."""

    service: str
    method: str
    name: str  # its correlation id, by which its effects are found
    writes: bool
    error: str | None
    took_s: float


class Traffic:
    """Calls for some people at a steady rate, from `__enter__` to `__exit__`."""

    def __init__(self, rpc: Rpc, members: Sequence[Member], per_s: int) -> None:
        """Commands go without an idempotency key, as a careless client sends them."""
        self.rpc, self.members, self.per_s = rpc, members, per_s
        self.ended: list[Future[Asked]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_asking, name="traffic")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask nothing more and wait for what was asked."""
        self._stop.set()
        self._thread.join()

    @property
    def asked(self) -> list[Asked]:
        """What was asked, after the end."""
        return [each.result() for each in self.ended]

    def _keep_asking(self) -> None:
        # open loop: a slow answer holds up no other call, as with independent visitors
        next_at = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while not self._stop.wait(max(0.0, next_at - time.monotonic())):
                self.ended.append(pool.submit(self._ask, len(self.ended)))
                next_at += 1 / self.per_s

    def _ask(self, number: int) -> Asked:
        member = self.members[number % len(self.members)]
        turns = _calls(number)
        service, method, writes, arguments = turns[number % len(turns)]
        name, token, error = f"traffic-{number}", member.token(), None
        started = time.monotonic()
        try:
            port = self.rpc.port(service, auth_token=token, correlation_id=name)
            port.call(method, **arguments)
        except ServiceError as failed:
            error = f"{service}.{method}: {type(failed).__name__} {failed}"
        took_s = time.monotonic() - started
        return Asked(
            service=service, method=method, name=name, writes=writes, error=error, took_s=took_s
        )


def _calls(number: int) -> list[tuple[str, str, bool, dict[str, Any]]]:
    # nine take turns: no number of people that ten divides gives somebody the same call each time
    project = {"name": f"Project {number}", "style_template_id": "modern"}
    return [
        ("media", "create_project", True, project),
        ("billing", "get_pricing", False, {}),
        ("auth", "update_workspace", True, {"contact_person": f"Person {number}"}),
        ("video", "list_videos", False, {}),
        ("affiliate", "set_payout_details", True, {**PAYEE, "legal_name": f"Payee {number}"}),
        ("affiliate", "list_earnings", False, {}),
        ("media", "create_project", True, project),
        ("media", "list_projects", False, {}),
        ("auth", "me", False, {}),
    ]


def effects(suite: Suite, service: str) -> Counter[str]:
    """Return how many events each call of the traffic has brought about, by its name."""
    rows = suite.sql(
        service,
        "select meta->>'correlation' as name from events"
        " where meta->>'correlation' like 'traffic-%' and not meta ? 'heard'",
    )
    return Counter(row["name"] for row in rows)
