"""The suite over a cluster of three RabbitMQ nodes: what befalls those, and queues of others."""

import random
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chassis.broker.rpc import Rpc
from chassis.errors import Unavailable
from chassis.unit import feed
from distributed.servers import Servers, inventory, of_node
from faults.blows import Blows
from faults.forked import Forks
from faults.people import Scene
from faults.plan import Fault, Plan, drawn
from faults.proxy import Proxy
from faults.run import Seeds, Violations
from faults.stories import Outcome
from faults.suite import NAMES, SERVICES, FaultySuite, address
from faults.told import Tap
from faults.wire import POSTGRES
from servers.postgres import Server
from servers.rabbit import Broker
from servers.rabbit_cluster import Cluster
from servers.rabbit_node import installed
from suitectl.inventory import Postgres, Rabbit

ANSWERED_S = 10.0  # after the loss of any one node
AWAY_S = 6.0
CALLS_BETWEEN = 6
ROLES = ("serve", "work")  # one of each is killed as well
FULL, TORN, HEARD = "ledger.full", "ledger.torn", "ledger.heard"  # queues of another team


class ClusteredSuite(FaultySuite):
    """Processes that know all nodes, and reach them without the proxy."""

    def broker_uri(self, name: str, uri: str) -> str:
        """Return the URI as it is."""
        return uri


class ClusterBlows(Blows):
    """What falls upon nodes, and upon the queues of another team; one thing after another."""

    def __init__(
        self, suite: FaultySuite, cluster: Cluster, operator: Rpc, taps: tuple[Tap, Tap], url: str
    ) -> None:
        """`taps`: the one for the checks, and another team's healthy queue."""
        super().__init__(
            suite, Broker(uri=",".join(cluster.hosts), node=None), operator, taps[0], url
        )
        self.cluster, self.healthy = cluster, taps[1]
        self.answered_s: list[float] = []  # how long each loss of a node kept calls away
        self._vhost = suite.servers.inventory.rabbitmq.vhost
        self._heads: dict[
            str, Mapping[str, Any]
        ] = {}  # what was told after these, other teams must have heard

    def kill(self, name: str, seconds: float) -> None:
        """Kill a process while all nodes are there."""
        with self._of_broker:
            super().kill(name, seconds)
            self.suite.processes[name].wait_ready()

    def kill_node(self, number: int) -> None:
        """Kill a node; all services must answer soon, and before it is back."""
        with self._of_broker:
            self.cluster.nodes[number].kill()
            killed = time.monotonic()
            for service in SERVICES:
                self.operator.port(service, timeout_s=2 * ANSWERED_S).call("describe")
            self.answered_s.append(time.monotonic() - killed)
            assert self.answered_s[-1] < ANSWERED_S, f"calls were away for {self.answered_s[-1]} s"
            time.sleep(AWAY_S)
            self.cluster.nodes[number].start()

    def fill_queue(self) -> None:
        """Let another team have a queue that is full and refuses; it stays like that."""
        with self._of_broker:
            self.healthy.listen(FULL, {"x-max-length": 1, "x-overflow": "reject-publish"})

    def tear_queue(self) -> None:
        """Let another team have a quorum queue of which one member is left; it stays like that."""
        with self._of_broker:
            self.healthy.listen(TORN, {"x-queue-type": "quorum"})
            for node in self.cluster.nodes[1:]:
                member = f"{{'{self._vhost}_{TORN}', node()}}"
                node.ctl("eval", f"ra:stop_server(quorum_queues, {member}).")
            for service in SERVICES:
                with self.suite.engines[service].connect() as connection:
                    self._heads[service] = feed.head(connection)

    def unheard(self) -> Iterator[str]:
        """Say what another team has not heard since its colleagues' queues take nothing."""
        came = {(each.source, each.position) for each in self.healthy.look()}
        for service, head in self._heads.items():
            with self.suite.engines[service].connect() as connection:
                page = feed.read(connection, service, head).reply()
            told = {each["position"] for each in page["items"]}
            if missing := sorted(
                told - {position for source, position in came if source == service}
            ):
                yield f"another team did not hear {missing} of {service}"


class ClusterSeeds(Seeds):
    """Seeds after which is asked as well what another team has heard."""

    blows: ClusterBlows

    def away(self) -> str:
        """Say how long each loss of a node kept calls away."""
        seconds = ", ".join(f"{each:.1f}" for each in self.blows.answered_s)
        return f"calls were away for {seconds} s"

    def _check(self, scene: Scene, outcomes: list[Outcome], violations: Violations) -> int:
        events = super()._check(scene, outcomes, violations)
        violations.found += self.blows.unheard()
        return events


def planned(seed: int) -> Plan:
    """Return the stories of a seed, and each node and some processes killed, then two queues."""
    chance, told = random.Random(seed), drawn(seed)
    nodes = [("kill_node", (number,)) for number in chance.sample(range(3), 3)]
    services = chance.sample(SERVICES, 2)
    processes = [("kill", (f"{services[n]}-{role}-0", 0.3)) for n, role in enumerate(ROLES)]
    blows = [nodes[0], processes[0], nodes[1], processes[1], nodes[2]]
    blows += [("fill_queue", ()), ("tear_queue", ())]
    faults = tuple(
        Fault(kind=kind, after_calls=CALLS_BETWEEN * number, arguments=arguments)
        for number, (kind, arguments) in enumerate(blows, 1)
    )
    return Plan(seed=seed, stories=told.stories, payout=told.payout, faults=faults)


@contextmanager
def three_nodes(folder: Path) -> Iterator[Cluster]:
    """Yield a cluster. Raises `Unavailable` where no rabbitmq-server is installed."""
    programs = installed()
    if programs is None:
        raise Unavailable("faults.no_broker", "needs an installed rabbitmq-server")
    cluster = Cluster(programs, folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


@contextmanager
def at_work(server: Server, cluster: Cluster, folder: Path) -> Iterator[ClusterSeeds]:
    """Yield what runs seeds, on a suite and a virtual host of its own."""
    with (
        _running(server, cluster, folder) as suite,
        suite.callers() as rpc,
        suite.operators() as operator,
        Tap(_reader_uri(cluster, suite), SERVICES) as tap,
        Tap(_reader_uri(cluster, suite), SERVICES, HEARD, "events") as healthy,
    ):
        blows = ClusterBlows(suite, cluster, operator, (tap, healthy), server.admin_url)
        yield ClusterSeeds(suite, rpc, blows)


@contextmanager
def _running(server: Server, cluster: Cluster, folder: Path) -> Iterator[ClusteredSuite]:
    folder.mkdir(parents=True)
    rabbit = Rabbit(
        hosts=cluster.hosts,
        ctl=of_node(cluster.nodes[0]).ctl,
        vhost=f"suite-{secrets.token_hex(4)}",
    )
    found = Servers(inventory(folder, Postgres(admin_url=server.admin_url), rabbit))
    try:
        with (
            Proxy({POSTGRES: address(server)}, NAMES) as proxy,
            Forks(folder / "forks.log") as forks,
            ClusteredSuite(folder, found, proxy, forks) as suite,
        ):
            yield suite
    finally:
        found.forget()


def _reader_uri(cluster: Cluster, suite: ClusteredSuite) -> str:
    """Return where somebody connects who may do everything."""
    vhost = suite.servers.inventory.rabbitmq.vhost
    cluster.ctl("set_permissions", "-p", vhost, "guest", ".*", ".*", ".*")
    return f"amqp://guest:guest@{','.join(cluster.hosts)}/{vhost}"
