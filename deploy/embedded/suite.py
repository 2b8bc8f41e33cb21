"""The whole suite in the calling process: `with Suite(folder) as suite: …`."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row

from affiliate.service import AffiliateService
from auth import admins
from auth.service import AuthService
from billing.service import BillingService
from chassis import ids
from chassis.door.edge import Caller
from chassis.errors import Conflict
from chassis.running.loops import Signal
from chassis.running.parts import Parts
from chassis.unit.digests import digests, note_at_work
from embedded import assembly, cards, log
from embedded.databases import provide
from embedded.direct import DirectPort
from embedded.doors import open_doors, open_stand_in
from embedded.keys import SERVICES, keys
from embedded.mailbox import mails
from embedded.rest import raise_stopped, unsettled
from embedded.working import ServiceAtWork
from media.service import MediaService
from servers.postgres import Server, make_folder
from video.service import VideoService

FACADES: Mapping[str, type[Any]] = {
    "auth": AuthService,
    "media": MediaService,
    "video": VideoService,
    "billing": BillingService,
    "affiliate": AffiliateService,
}
JOB_THREADS = {"media": 2, "video": 2}


class Suite:
    """All five services over one data folder, from `__enter__` to `__exit__`.

    With `deliver_twice` every event reaches each of its hearers again once its effects are
    committed, which changes nothing.
    """

    def __init__(
        self,
        data_dir: str | Path,
        deliver_twice: bool = False,
        *,
        clock: Callable[[], datetime] = ids.now,
        durable: bool = True,
        settings: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`durable=False`: a crash of the machine, not of the process, may cost the data.

        `settings`: variables by service, in place of those that it would be given.
        """
        self.data_dir = Path(data_dir).resolve()
        self.deliver_twice, self.clock, self.settings = deliver_twice, clock, settings or {}
        self.server = Server(self.data_dir / "postgres", durable=durable)
        self.parts: dict[str, Parts] = {}
        self.working: dict[str, ServiceAtWork] = {}
        self._entered, self._ending = False, ExitStack()

    def __enter__(self) -> Self:
        """Start PostgreSQL, migrate, build the services and let them work.

        Raises `Conflict("embedded.in_use")` for a folder that is in use, by this suite too.
        """
        if self._entered:
            raise Conflict("embedded.in_use", f"this suite already works in {self.data_dir}")
        self._entered = True
        try:
            self._start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the services, then PostgreSQL."""
        self._leave()

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        """Call a method as a person; JSON both ways. Raises what the service raises.

        Raises `Invalid("suite.no_such_service")` for a name that no service has.
        """
        assembly.require_service(service)
        return self._port(service, Caller(auth_token=access_token)).call(method, **arguments)

    def settle(self, timeout_s: float = 120) -> None:
        """Wait until nothing is left to do: all events numbered and heard, no job due or running.

        What the stand-in for Stripe tells has been taken, too. Raises at once `SourceStopped` for
        an event that cannot be taken; `TimeoutError` with what is left after the time.
        """
        deadline, quiet = time.monotonic() + timeout_s, 0
        engines = {name: parts.app.engine for name, parts in self.parts.items()}
        while quiet < 2:
            raise_stopped(engines)
            left = unsettled(engines) + cards.untold(self._stand_in.undelivered())
            quiet = 0 if left else quiet + 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"not settled after {timeout_s} s: {'; '.join(left)}")
            time.sleep(0.05 if left else 0.02)  # who works has the processor that looking takes

    def create_admin(self, email: str, password: str) -> dict[str, Any]:
        """Make a system admin, as `suitectl admin create` does on auth's host.

        Raises `Rejected("auth.email_taken")` if there is one with that address.
        """
        return admins.create_system_admin(self.parts["auth"].app, email, password)

    def mail(self, to: str | None = None) -> list[EmailMessage]:
        """Return the mails sent (to one address), oldest first."""
        return mails(self.data_dir / "mail", to)

    def sql(self, service: str, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query on a service's database, as its owner; `Invalid` as `call`."""
        with psycopg.connect(self.owner_url(service), row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def owner_url(self, service: str) -> str:
        """Return where the owner of a service's database connects."""
        assembly.require_service(service)
        owner = f"{service}_owner"
        return self.server.url(owner, self._keys["roles"][owner], service)

    def url(self, service: str) -> str:
        """Return where a service's public HTTP door is; `Invalid` as `call`."""
        assembly.require_service(service)
        return self._doors[service].url

    def run_schedule(self, service: str, name: str) -> None:
        """Do now what a service does on a schedule. Raises `KeyError` for a name it has not."""
        assembly.require_service(service)
        parts = self.parts[service]
        {schedule.name: schedule for schedule in parts.schedules}[name].run(parts.app)

    def _leave(self) -> None:
        try:
            self._ending.close()
        finally:
            self._entered = False

    def _start(self) -> None:
        make_folder(self.data_dir)
        self._ending.enter_context(log.kept(self.data_dir))
        self._ending.enter_context(self.server)
        self._keys = keys(self.data_dir)
        provide(self.server, self._keys)
        self._doors = open_doors(SERVICES, self.data_dir)
        for door in self._doors.values():
            self._ending.callback(door.stop)
        stand_in = open_stand_in(self.data_dir, self.url("billing"))
        self._stand_in = self._ending.enter_context(stand_in)
        self.stripe_url = self._stand_in.url
        self.signals = {name: (Signal(), Signal()) for name in SERVICES}
        for name in SERVICES:
            self._open(name)
            self._doors[name].start(self.parts[name].web)
        for name in SERVICES:
            self._set_to_work(name)

    def _open(self, name: str) -> None:
        self.parts[name] = self._build(name)
        self._ending.callback(self._close, name)

    def _close(self, name: str) -> None:
        if parts := self.parts.pop(name, None):
            parts.close()

    def _set_to_work(self, name: str) -> None:
        parts, threads = self.parts[name], JOB_THREADS.get(name, 1)
        note_at_work(parts.app.engine, digests(parts.app.service.projections))
        twice = self.deliver_twice
        working = ServiceAtWork(parts, self._peers(name), self.signals, threads, twice)
        self.working[name] = working
        self._ending.callback(self._halt, name)  # of one that was stopped while it starts, too
        working.start()

    def _halt(self, name: str) -> None:
        if working := self.working.pop(name, None):
            working.stop()

    def _build(self, name: str) -> Parts:
        urls = {service: door.url for service, door in self._doors.items()}
        urls["stripe"] = self.stripe_url
        app_role = f"{name}_app"
        url = self.server.url(app_role, self._keys["roles"][app_role], name)
        variables = {
            **assembly.environment(name, self.data_dir, self._keys, urls),
            "DATABASE_URL": url,
            **self.settings.get(name, {}),
        }
        committed = self.signals[name][0].send
        return assembly.build(name, variables, self._peers(name), self.clock, committed)

    def _peers(self, name: str) -> Callable[[str], DirectPort]:
        return lambda target: self._port(target, Caller(service=name))

    def _port(self, target: str, caller: Caller) -> DirectPort:
        return DirectPort(
            facade=FACADES[target], door=lambda: self.parts[target].door, caller=caller
        )
