"""The suite that the faults fall upon: forked processes behind a proxy, two workers where it pays.

video is left out: billing goes on without a source that is away.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from chassis.broker.rpc import Rpc
from distributed.servers import GATEWAY, Servers
from distributed.service_process import ServiceProcess
from distributed.suite import Suite
from faults.forked import ForkedProcess, Forks
from faults.proxy import Proxy
from faults.proxy import Server as Address
from faults.wire import AMQP, POSTGRES
from journeys.stages.distributed_suite import forget, servers
from servers.postgres import Server
from servers.rabbit import Broker

SERVICES = ("auth", "media", "billing", "affiliate")
NAMES = (
    *(f"{service}-{role}-0" for service in SERVICES for role in ("serve", "work")),
    "billing-work-1",  # a rival for leases and jobs, a standby at the queues
    "affiliate-work-1",
)
HEARERS = {  # of each source
    "auth": ("media", "billing", "affiliate"),
    "media": ("billing",),
    "billing": ("media", "affiliate"),
}
OPERATOR = "operator"
CALLS_AT_ONCE = 24
CALL_S = 4.0


class FaultySuite(Suite):
    """Ten processes of four services."""

    def __init__(self, data_dir: Path, servers: Servers, proxy: Proxy, forks: Forks) -> None:
        super().__init__(data_dir, servers, replicas=2)
        self.proxy, self.forks = proxy, forks

    @contextmanager
    def callers(self) -> Iterator[Rpc]:
        """Yield what calls the services for people, as a website's backend does."""
        uri = self.broker_uri(GATEWAY, self.servers.broker_url(GATEWAY))
        # patient: a broker that was emptied lets nobody in until its users are made anew
        with closing(Rpc(uri, timeout_s=CALL_S, lines=CALLS_AT_ONCE, patient=True)) as rpc:
            yield rpc

    @contextmanager
    def operators(self) -> Iterator[Rpc]:
        """Yield what asks the services how they are; the proxy does not stand in its way."""
        uri = self.servers.broker_url(OPERATOR)
        with closing(Rpc(uri, OPERATOR, timeout_s=CALL_S, patient=True)) as rpc:
            yield rpc

    def broker_uri(self, name: str, uri: str) -> str:
        """Return where a process, or who calls, reaches the broker of a URI."""
        return through(uri, self.proxy.port(name, AMQP))

    def _commands(self) -> Iterator[tuple[str, tuple[str, str], Mapping[str, str]]]:
        for name, command, given in super()._commands():
            if name in NAMES:
                database = through(given["DATABASE_URL"], self.proxy.port(name, POSTGRES))
                broker = self.broker_uri(name, given["AMQP_URI"])
                yield name, command, {**given, "DATABASE_URL": database, "AMQP_URI": broker}

    def _process(
        self, name: str, command: tuple[str, str], given: Mapping[str, str], logs: Path
    ) -> ServiceProcess:
        return ForkedProcess(self.forks, name, command, given, logs)


@contextmanager
def running(server: Server, broker: Broker, folder: Path) -> Iterator[FaultySuite]:
    """Yield a suite at work, on databases and a virtual host of its own; one at a time."""
    folder.mkdir(parents=True)
    found = servers(server, broker, folder)
    addresses = {POSTGRES: address(server), AMQP: ("tcp", found.inventory.rabbitmq.port)}
    try:
        with (
            Proxy(addresses, (*NAMES, GATEWAY)) as proxy,
            Forks(folder / "forks.log") as forks,
            FaultySuite(folder, found, proxy, forks) as suite,
        ):
            yield suite
    finally:
        forget(found, broker)


def address(server: Server) -> Address:
    where = make_url(server.admin_url).query
    if "hostaddr" in where:
        return "tcp", int(str(where["port"]))
    return "unix", f"{where['host']}/.s.PGSQL.{where['port']}"


def through(url: str, port: int) -> str:
    """Return the URL of a server, reached at another port of this machine."""
    there = make_url(url)
    kept = {name: there.query[name] for name in there.query if name not in ADDRESS}
    here = there.set(host="127.0.0.1", port=port, query=kept)
    return here.render_as_string(hide_password=False)


ADDRESS = ("host", "hostaddr", "port")
