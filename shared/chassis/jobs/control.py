"""What a running job holds: how far it is, and whether to go on."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from chassis.codec import plain
from chassis.database import postgres
from chassis.errors import Conflict, DeadlineExceeded, Unavailable
from chassis.unit.handling import App

ASK_EVERY_S = 1.5  # so that a cancel is noticed within 2 s
PROGRESS_EVERY_S = 0.5
UNTAKEN_S = 1  # until an end that the database could not take is tried again

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The job was cancelled, or somebody else has claimed it: stop, and report nothing."""


class Control:
    """What a running job holds: it tells how far it is and asks whether to go on."""

    def __init__(self, app: App, job_id: UUID, claims: int, timeout_s: int) -> None:
        self._app, self._claim = app, {"id": job_id, "claims": claims}
        self._asked_at = time.monotonic()
        self._deadline = self._asked_at + timeout_s
        self._told_at, self._told = 0.0, (-1, "")
        self.lost = threading.Event()  # set by the heartbeat, too

    def check(self) -> None:
        """Raise `Cancelled` if the job is not ours any more, `DeadlineExceeded` if it is late.

        May be called as often as one likes: most calls ask nobody.
        """
        if time.monotonic() - self._asked_at >= ASK_EVERY_S:
            self._ask()
        if self.lost.is_set():
            raise Cancelled
        if time.monotonic() > self._deadline:
            raise DeadlineExceeded(f"{self._app.service.name}.job_timeout")

    def progress(self, percent: int, step: str) -> None:
        """Tell how far the job is; written at most twice a second, a new step always.

        What is written never falls, not even where another attempt begins anew.

        Raises what `check` raises; `Cancelled` at once where it is written.
        """
        self.check()
        due = time.monotonic() - self._told_at >= PROGRESS_EVERY_S or step != self._told[1]
        if not due or (percent, step) == self._told:
            return
        self._told_at, self._told = time.monotonic(), (percent, step)
        told = {"percent": percent, "step": step, "at": plain(self._app.clock())}
        # a database that is away, or takes no writes, is no reason to end the work
        with suppress(Unavailable), postgres.autocommit(self._app.engine) as connection:
            news = {**self._claim, "progress": told, "percent": percent}
            if not postgres.run(connection, _PROGRESS, news).rowcount:
                self.lost.set()
                raise Cancelled

    def until_taken(self, end: Callable[[], None]) -> None:
        """End the job; while the database cannot take that, go on trying.

        Raises what `end` raises otherwise, also what no repeat can mend; `Cancelled` once the job
        is not ours any more.
        """
        said = False
        while True:
            try:
                return end()
            except (Unavailable, Conflict) as error:
                if not error.retryable:
                    raise
                if not said:
                    log.warning("a job's end is not taken yet: %s", error)
                    said = True
            if self.lost.wait(UNTAKEN_S):
                raise Cancelled

    def _ask(self) -> None:
        self._asked_at = time.monotonic()
        try:
            with postgres.autocommit(self._app.engine) as connection:
                if postgres.run(connection, _ASK, self._claim).fetchone() is None:
                    self.lost.set()
        except Unavailable:
            return  # nobody knows, and nothing is lost yet: the token decides at the end


_OURS = "where id = %(id)s and claims = %(claims)s and state = 'claimed'"
_ASK = f"select from jobs {_OURS}"  # noqa: S608
_PROGRESS = (
    "update jobs set progress = jsonb_set(%(progress)s, '{percent}', to_jsonb(greatest("  # noqa: S608
    f"%(percent)s, cast(progress ->> 'percent' as int)))) {_OURS}"
)
