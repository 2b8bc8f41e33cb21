"""A service and fal by turns: its door is told over HTTP, and its worker killed anywhere."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from werkzeug.serving import WSGIRequestHandler, make_server

from chassis.jobs import claims
from chassis.jobs.jobs import Kind
from chassis.unit.handling import App
from fal.jobs import Job
from fal.stand_in import FalStandIn
from integration.stages import strokes
from integration.stages.strokes import STEPS
from integration.stages.turns import Moving, Turns
from waiting import until

CALLS = text("select * from provider_call where workspace_id = :id order by asked_at, number")
KINDS = ("ask_provider", "await_answer", "cancel_provider", "forget_call")


class PaidTurns(Turns):
    """One worker of a service, and the fal that it asks."""

    def __init__(self, app: App, kinds: Iterable[Kind], fal: FalStandIn, clock: Moving) -> None:
        super().__init__(app, kinds, clock)
        self.fal = fal

    def work(self) -> int:
        """Do what is due, and hear what fal tells; return how many jobs there were."""
        count = 0
        while self.worker.work():
            count += 1
            self.hear()
        return count

    def hear(self) -> None:
        """Wait until fal has told what it is to tell."""
        until(lambda: self.fal.state.told.unfinished_tasks == 0)

    def calls_in(self, workspace_id: UUID) -> list[Any]:
        """Return the calls of a workspace's work, as they were asked."""
        return self.app.query(lambda db: list(db.execute(CALLS, {"id": str(workspace_id)})))

    def jobs_for(self, calls: Iterable[Any]) -> list[Job]:
        """Return what fal has taken of these calls."""
        ids_ = {each.id for each in calls}
        return [each for each in self.fal.ledger if call_id(each) in ids_]

    def killed(self, moment: int) -> bool:
        """Do one job and be killed at its `moment`th step in the database; False: it had fewer."""
        was_killed = strokes.killed(self.app, self.worker.work, moment)
        claims.release(self.app.engine)
        return was_killed

    def struck(self, moment: int, act: Callable[[], object], on: Sequence[str] = STEPS) -> bool:
        """Do one job, and `act` at its `moment`th step in the database; False: it had fewer."""
        return strokes.struck(self.app, self.worker.work, moment, act, on)


def call_id(job: Job) -> str:
    """Return of which call of ours a job is."""
    return str(job.webhook).rsplit("/", 1)[-1]


class Web:
    """A service's door, which is there before the service is."""

    leads_to: Any = None

    def __call__(self, environ: Any, respond: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.leads_to(environ, respond)
        return answer


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def fal_and_door(clock: Moving) -> Iterator[tuple[FalStandIn, Web, Mapping[str, str]]]:
    """Yield fal, the door that it tells at, and the settings with which a service asks it."""
    web = Web()
    door = make_server("127.0.0.1", 0, web, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=door.serve_forever, args=(0.02,))
    thread.start()
    try:
        with FalStandIn(clock=clock) as fal:
            yield (
                fal,
                web,
                {
                    "ENGINE": "fal",
                    "PUBLIC_URL": f"http://127.0.0.1:{door.server_port}",
                    "FAL_KEY": fal.key,
                    "FAL_QUEUE_URL": fal.queue_url,
                    "FAL_REST_URL": fal.rest_url,
                    "FAL_JWKS_URL": fal.jwks_url,
                },
            )
    finally:
        door.shutdown()
        thread.join()
        door.server_close()
