"""The whole suite as processes of their own: `with Suite(folder, servers) as suite: …`."""

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Engine

from auth import admins
from auth.app import SERVICE as AUTH
from chassis.broker.rpc import Rpc
from chassis.database import postgres
from chassis.errors import Unavailable
from chassis.unit.handling import App
from contracts import SERVICES
from distributed.environment import Ports, variables
from distributed.servers import GATEWAY, Servers
from distributed.service_process import ServiceProcess
from distributed.stand_in_process import StandInProcess
from embedded import assembly, cards
from embedded.mailbox import mails
from embedded.rest import raise_stopped, unsettled
from servers.postgres import make_folder

ROLES = ("serve", "work")


class Suite:
    """Five services, each as `serve` and `work`, from `__enter__` to `__exit__`."""

    def __init__(self, data_dir: str | Path, servers: Servers, replicas: int = 1) -> None:
        """`replicas` of each process; nothing is started yet."""
        self.data_dir, self.servers, self.replicas = Path(data_dir).resolve(), servers, replicas
        self.processes: dict[str, ServiceProcess] = {}  # 'billing-work-0'
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        """Provide for databases and broker, start the processes and wait until they are ready."""
        try:
            self._start()
        except BaseException:
            self._ending.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the processes, then what was started for them."""
        self._ending.close()

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        """Call a method as a person; JSON both ways. Raises what the service raises.

        Raises `Invalid("suite.no_such_service")` for a name that no service has.
        """
        assembly.require_service(service)
        return self._rpc.port(service, auth_token=access_token).call(method, **arguments)

    def settle(self, timeout_s: float = 120) -> None:
        """Wait until nothing is left to do: all events numbered and heard, no job due or running.

        What the stand-in for Stripe tells has been taken, too. Raises at once what stopped a
        consumer; `TimeoutError` with what is left after the time.
        """
        deadline, quiet = time.monotonic() + timeout_s, 0
        while quiet < 2:
            raise_stopped(self.engines)
            left = unsettled(self.engines)
            left += cards.untold(cards.turn(self.stripe_url, "undelivered"))
            quiet = 0 if left else quiet + 1
            if time.monotonic() > deadline:
                raise TimeoutError(f"not settled after {timeout_s} s: {'; '.join(left)}")
            time.sleep(0.05)

    def create_admin(self, email: str, password: str) -> dict[str, Any]:
        """Make a system admin, as `suitectl admin create` does on auth's host.

        Raises `Rejected("auth.email_taken")` if there is one with that address.
        """
        app = App(service=AUTH, engine=self.engines["auth"])
        return admins.create_system_admin(app, email, password)

    def mail(self, to: str | None = None) -> list[EmailMessage]:
        """Return the mails sent (to one address), oldest first."""
        return mails(self.data_dir / "mail", to)

    def sql(self, service: str, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query on a service's database, as its owner; `Invalid` as `call`."""
        with psycopg.connect(self.owner_url(service), row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def owner_url(self, service: str) -> str:
        """Return where the owner of a service's database connects; `Invalid` as `call`."""
        assembly.require_service(service)
        return self.servers.database_url(service, "owner")

    def url(self, service: str) -> str:
        """Return where a service's public HTTP door is; `Invalid` as `call`."""
        assembly.require_service(service)
        return self._ports.public_url(service)

    def run_schedule(self, service: str, name: str) -> None:
        """Let a service do now what it does on a schedule. Raises `KeyError` for no such one."""
        assembly.require_service(service)
        with self.engines[service].begin() as connection:
            row = connection.exec_driver_sql(
                "update jobs set run_at = now() where state = 'waiting' and kind = %(kind)s"
                " returning id",
                {"kind": f"schedule:{name}"},
            ).first()
        if row is None:
            raise KeyError(name)

    @cached_property
    def engines(self) -> Mapping[str, Engine]:
        """Each service's database, as its owner sees it."""
        made = {}
        for service in SERVICES:
            made[service] = postgres.engine(
                self.owner_url(service), name="distributed suite", connections=2
            )
            self._ending.callback(made[service].dispose)
        return made

    def told_anew(self) -> None:
        """Give each process, from its next start on, what the secrets file holds by now."""
        self.servers.read_again()
        for name, _, given in self._commands():
            self.processes[name].variables = dict(given)

    def of(self, service: str, role: str) -> list[ServiceProcess]:
        """Return the replicas of a service's `serve` or `work`."""
        return [self.processes[f"{service}-{role}-{n}"] for n in range(self.replicas)]

    def _start(self) -> None:
        make_folder(self.data_dir)
        logs = self.data_dir / "logs"
        logs.mkdir(exist_ok=True)
        self.servers.write_inventory(self.data_dir / "inventory.toml")  # first: `forget` reads it
        self.servers.provide()
        self._ports = Ports(self.data_dir / "ports.json", self.replicas)
        for name, command, given in self._commands():
            assembly.make_folders(given)
            self.processes[name] = self._process(name, command, given, logs)
        self.stand_in = StandInProcess(self._ports["stripe"], self.data_dir, logs)
        self.stripe_url = self.stand_in.url
        for process in (*self.processes.values(), self.stand_in):
            if process.ready():
                reason = f"{process.name} of a suite that was killed still runs: end it first"
                raise Unavailable("distributed.still_runs", reason)
        self._ending.callback(self.stand_in.stop)
        self._ending.callback(self._stop)
        self.stand_in.start()
        for process in self.processes.values():
            process.start()
        for process in self.processes.values():
            process.wait_ready()
        self.stand_in.wait_ready()
        cards.turn(self.stripe_url, "listen", **cards.hearer(self.url("billing")))
        self._rpc = Rpc(self.servers.broker_url(GATEWAY))
        self._ending.callback(self._rpc.close)

    def _commands(self) -> Iterator[tuple[str, tuple[str, str], Mapping[str, str]]]:
        for service in SERVICES:
            for role in ROLES:
                for number in range(self.replicas):
                    name = f"{service}-{role}-{number}"
                    given = variables(name, service, self.data_dir, self.servers, self._ports)
                    yield name, (service, role), given

    def _process(
        self, name: str, command: tuple[str, str], given: Mapping[str, str], logs: Path
    ) -> ServiceProcess:
        return ServiceProcess(name, command, given, logs)

    def _stop(self) -> None:
        for process in self.processes.values():
            process.begin_stop()
        for process in self.processes.values():
            process.stop()


def end_as_ctrl_c() -> None:
    """Let SIGTERM and SIGHUP end this process as Ctrl-C does: with all that it has started."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
