"""media with fal's stand-in for its engine, on one clock: its door told over HTTP, jobs by turns.

Nothing waits: when nothing is due, the clock moves on to what is.
"""

import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import event, text
from werkzeug.serving import WSGIRequestHandler, make_server

from chassis import ids
from chassis.jobs import claims
from chassis.jobs.jobs import Worker
from fal.jobs import Job
from fal.stand_in import FalStandIn
from integration.stages.photographs import HIGH, WIDE, House, Studio, house, start, studio_on
from media.links import original_key
from servers.postgres import Server
from waiting import until

ENHANCING, INPAINTING = 39_000, 30_000  # micro-dollars a picture
KINDS = ("ask_provider", "await_answer", "cancel_provider", "forget_call", "forget_files")
STEPS = ("begin", "commit")  # at which somebody may die
LONGEST = timedelta(hours=2)  # of one story


class Killed(BaseException):
    """The process that does the work is no more."""


class Clock:
    """The time of media and of fal."""

    def __init__(self) -> None:
        self.now = ids.now()

    def __call__(self) -> datetime:
        return self.now


class PaidEngine:
    """media, and the fal that it asks."""

    def __init__(self, studio: Studio, fal: FalStandIn, clock: Clock) -> None:
        self.studio, self.fal, self.clock = studio, fal, clock
        kinds = [each for each in studio.parts.kinds if each.name in KINDS]
        self.worker = Worker(studio.parts.app, kinds)
        self.blobs = studio.parts.door.tools.blobs

    def begun(self) -> House:
        """Return a photograph that has begun."""
        made = house(self.studio)
        where = made.workspace_id, UUID(made.project_id), UUID(made.image_ids[0])
        self.blobs.put(original_key(*where, "image/jpeg"), picture())
        return made

    def asked(self, made: House, method: str, **arguments: Any) -> Any:
        """Return what an admin is answered, whose token is new."""
        return self.fresh(made).call(method, **arguments)

    def fresh(self, made: House) -> House:
        """Return it for somebody whose token is new."""
        return replace(made, owner=self.studio.person(made.workspace_id, "admin"))

    def start(self, made: House) -> None:
        """Start a project, maybe once more."""
        start(made, self.fresh(made).owner)

    def calls(self, made: House) -> list[Any]:
        query = "select * from provider_call where workspace_id = :id order by asked_at, number"
        return self.studio.rows(query, id=str(made.workspace_id))

    def jobs_of(self, made: House) -> list[Job]:
        """Return what fal has taken of a house's calls."""
        ids_ = {each.id for each in self.calls(made)}
        return [each for each in self.fal.ledger if str(each.webhook).rsplit("/", 1)[-1] in ids_]

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

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now += timedelta(seconds=seconds)
        passed = text("update jobs set run_at = run_at - make_interval(secs => :s)")
        self.studio.decide(lambda unit: unit.execute(passed, s=seconds))

    def to_the_end(self, between: Callable[[], object] = lambda: None) -> None:
        """Work until nothing waits any more; `between`: whenever nothing is due."""
        last = self.clock.now + LONGEST
        while self.clock.now < last:
            self.work()
            between()
            if self.work() == 0 and (wait := self._next()) is not None:
                self.later(wait)
            elif self._next() is None:
                return
        raise AssertionError("it never ends")

    def _next(self) -> float | None:
        """Return in how many seconds something is due, None if nothing waits."""
        query = (
            "select cast(extract(epoch from min(run_at) - now()) as float8) from jobs"
            " where state in ('waiting', 'claimed') and kind = any(:kinds)"
        )
        ((seconds,),) = self.studio.rows(query, kinds=list(KINDS))
        return None if seconds is None else max(0.01, seconds + 0.01)

    def killed(self, moment: int) -> bool:
        """Do one job and be killed at its `moment`th step in the database; False: it had fewer."""
        try:
            return self.struck(moment, _die)
        except Killed:
            return True
        finally:
            claims.release(self.studio.parts.app.engine)

    def struck(self, moment: int, act: Callable[[], object], on: Sequence[str] = STEPS) -> bool:
        """Do one job, and `act` at its `moment`th step in the database; False: it had fewer."""
        steps, me, engine = iter(range(moment)), threading.get_ident(), self.studio.parts.app.engine
        left = iter([act])

        def step(*_: object) -> None:
            if threading.get_ident() == me and next(steps, None) is None:
                for each in left:
                    each()

        for name in on:
            event.listen(engine, name, step)
        try:
            self.worker.work()
        finally:
            for name in on:
                event.remove(engine, name, step)
        return next(left, None) is None


def _die() -> None:
    raise Killed


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


def picture() -> bytes:
    """Return a JPEG of the size that a house's photographs have."""
    content = io.BytesIO()
    Image.new("RGB", (WIDE, HIGH), "#c8b496").save(content, "JPEG")
    return content.getvalue()


@contextmanager
def paid_engine(server: Server, folder: Path, **settings: str) -> Iterator[PaidEngine]:
    """Yield media with ENGINE=fal on a database of its own, and its fal."""
    clock, web = Clock(), _Door()
    door = make_server("127.0.0.1", 0, web, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=door.serve_forever, args=(0.02,))
    thread.start()
    try:
        with FalStandIn(clock=clock) as fal:
            fal.state.paint = lambda job: picture()
            given = {
                "ENGINE": "fal",
                "PUBLIC_URL": f"http://127.0.0.1:{door.server_port}",
                "FAL_KEY": fal.key,
                "FAL_QUEUE_URL": fal.queue_url,
                "FAL_REST_URL": fal.rest_url,
                "FAL_JWKS_URL": fal.jwks_url,
                "FAL_PRICE_NANO_BANANA_PRO_EDIT": str(ENHANCING),
                "FAL_PRICE_QWEN_IMAGE_EDIT_INPAINT": str(INPAINTING),
                **settings,
            }
            with studio_on(server, folder, clock, **given) as studio:
                web.leads_to = studio.parts.web
                yield PaidEngine(studio, fal, clock)
    finally:
        door.shutdown()
        thread.join()
        door.server_close()


class _Door:
    """media's door, which is there before media is."""

    leads_to: Any = None

    def __call__(self, environ: Any, respond: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.leads_to(environ, respond)
        return answer
