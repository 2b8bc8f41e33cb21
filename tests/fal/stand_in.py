"""A stand-in for fal: its queue, list of requests, files, keys and webhooks, for tests.

It is no fal: nothing is generated. It listens on 127.0.0.1 alone, and every reply has the header
`Stand-In`. A call that it has taken is a job, and its jobs are the ledger: what it would bill for
is `billable`, whether or not anybody was told that it was taken.

    with FalStandIn() as fal:
        Fal(fal.key, fal.queue_url, fal.rest_url)

A job ends at once, unless `looks` of its status are to find it unfinished, or it is held until
`finish`. What it cannot show: whether fal does the same. It follows fal's documentation, and the
official client takes its answers for fal's.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import Self

from fal.faults import Fault
from fal.jobs import Job, typed
from fal.server import Server
from fal.state import State
from fal.webhooks import Webhooks


class FalStandIn:
    """A stand-in, from `with` to its end; its methods are its switches."""

    def __init__(
        self, key: str = "stand-in:key", clock: Callable[[], datetime] | None = None
    ) -> None:
        """`clock`: of its times and stamps, the machine's if there is none."""
        self.state = State(key=key) if clock is None else State(key=key, clock=clock)
        self.key = key
        self._server = Server(self.state)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="fal")
        self._webhooks = Webhooks(self.state)
        self.state.base = self.url

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def queue_url(self) -> str:
        return self.url

    @property
    def rest_url(self) -> str:
        return f"{self.url}/v1"

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/.well-known/jwks.json"

    @property
    def ledger(self) -> list[Job]:
        """The jobs, in the order of the calls that were taken."""
        with self.state.lock:
            return list(self.state.jobs.values())

    @property
    def billable(self) -> list[Job]:
        return [each for each in self.ledger if each.billable]

    @property
    def posts(self) -> int:
        """How many calls came, taken or not."""
        return sum(each.method == "POST" for each in list(self.state.calls))

    @property
    def held(self) -> list[Job]:
        """Those whose webhooks are held back."""
        return self._webhooks.held

    def switch(self, fault: Fault, times: int | None = 1, on: str = "") -> None:
        """Let it go wrong `times` times, or from now on; `on`: where, by how that begins."""
        self.state.faults.switch(fault, times, on)

    def unset(self) -> None:
        """Let nothing go wrong any more."""
        self.state.faults.unset()

    def fails(self, type: str, status: int, *, inside: bool = False) -> None:
        """Let the next job fail; `inside`: its type stands in COMPLETED, and no list of details."""
        self.state.endings.append(typed(type, status, inside=inside))

    def late(self, looks: int) -> None:
        """Let so many looks at the status of each job from now on find it unfinished."""
        self.state.looks = looks

    def hold(self, holding: bool = True) -> None:
        """Let jobs from now on wait for `finish`."""
        self.state.holding = holding

    def finish(self, *jobs: Job) -> None:
        """Let these end, or all that have not; in this order they are told."""
        for job in jobs or self.ledger:
            self.state.end(job)

    def release(self) -> None:
        """Tell of what was held back, the last first."""
        while self._webhooks.held:
            self._webhooks.tell(self._webhooks.held.pop())

    def tell(self, job: Job) -> int:
        """Tell of a job now, whether it has ended or not; return what is answered."""
        return self._webhooks.tell(job)

    def __enter__(self) -> Self:
        self._thread.start()
        self._webhooks.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.state.leaving.set()
        self.state.told.put(None)
        self._server.shutdown()
        self._thread.join()
        self._webhooks.thread.join()
        self._server.server_close()
