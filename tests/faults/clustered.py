"""The suite over a cluster of three RabbitMQ nodes: what befalls those, and queues of others."""

import random
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chassis.broker.rpc import Rpc
from chassis.errors import Unavailable
from chassis.unit import feed
from distributed.servers import Servers, inventory, of_node
from faults.blows import Blows
from faults.forked import Forks
from faults.people import Scene, newcomer
from faults.plan import Fault, Plan, drawn
from faults.proxy import Proxy
from faults.run import Seeds, Violations
from faults.stories import Outcome
from faults.suite import NAMES, SERVICES, FaultySuite, address
from faults.told import Tap
from faults.wire import POSTGRES
from servers.postgres import Server
from servers.rabbit import Broker
from servers.rabbit_cluster import SIZE, Cluster
from servers.rabbit_node import installed
from suitectl.inventory import Postgres, Rabbit

ANSWERED_S = 10.0  # after the loss of any one node
PATIENCE_S = 90.0  # for them, where it takes longer
GONE_S, RESTARTED_S = 4.0, 0.3
FIRST_CALLS = 5
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
        self.away_s: list[float] = []  # how long each loss of a node kept calls away
        self.over = threading.Event()
        self._vhost = suite.servers.inventory.rabbitmq.vhost
        self._heads: dict[str, Mapping[str, Any]] = {}  # what follows, others must have heard

    def in_turn(self, nodes: Sequence[int], processes: Sequence[str]) -> None:
        """Kill each node, and after each but the last a process; then spoil two queues for good."""
        for number, node in enumerate(nodes):
            self._kill_node(node)
            for name in processes[number : number + 1]:
                self.kill(name, RESTARTED_S)
                self.suite.processes[name].wait_ready()
        self.healthy.listen(FULL, {"x-max-length": 1, "x-overflow": "reject-publish"})
        self._tear_queue()
        self.over.set()

    def _kill_node(self, number: int) -> None:
        """Kill a node; all services must answer soon, and before it is back."""
        self.cluster.nodes[number].kill()
        killed = time.monotonic()
        try:
            for service in SERVICES:
                self.operator.port(service, timeout_s=PATIENCE_S).call("describe")
            away_s = time.monotonic() - killed
            self.away_s.append(away_s)
            assert away_s < ANSWERED_S, f"calls were away for {away_s:.1f} s"
            time.sleep(GONE_S)
        finally:
            self.cluster.nodes[number].start()

    def _tear_queue(self) -> None:
        """Let another team have a quorum queue of which one member of three is left."""
        self.healthy.listen(TORN, {"x-queue-type": "quorum"})
        for node in self.cluster.nodes[1:]:
            member = f"{{'{self._vhost}_{TORN}', node()}}"
            node.evaluate(f"ra:stop_server(quorum_queues, {member}).")
        for service in SERVICES:
            with self.suite.engines[service].connect() as connection:
                self._heads[service] = feed.head(connection)

    def unheard(self) -> Iterator[str]:
        """Say what another team has not heard since its colleagues' queues take nothing."""
        came = {(each.source, each.position) for each in self.healthy.look()}
        for service, head in self._heads.items():
            with self.suite.engines[service].connect() as connection:
                page = feed.read(connection, service, head).reply()
            told = {(service, each["position"]) for each in page["items"]}
            if missing := sorted(told - came):
                yield f"another team did not hear {missing}"


class ClusterSeeds(Seeds):
    """Seeds in which somebody comes when all blows have fallen; another team must hear of it."""

    blows: ClusterBlows

    def away(self) -> str:
        """Say how long each loss of a node kept calls away."""
        return f"calls were away for {', '.join(f'{each:.1f}' for each in self.blows.away_s)} s"

    def _tell(self, scene: Scene, plan: Plan, violations: Violations) -> list[Outcome]:
        outcomes = super()._tell(scene, plan, violations)
        scene.wait(self.blows.over.is_set, "the last blow")
        newcomer(scene, "late").sign_up()
        return outcomes

    def _check(self, scene: Scene, outcomes: list[Outcome], violations: Violations) -> int:
        events = super()._check(scene, outcomes, violations)
        violations.found += self.blows.unheard()
        return events


def planned(seed: int) -> Plan:
    """Return the stories of a seed, and in which order nodes and processes are killed."""
    chance, told = random.Random(seed), drawn(seed)
    services = chance.sample(SERVICES, len(ROLES))
    processes = [f"{service}-{role}-0" for service, role in zip(services, ROLES, strict=True)]
    order = (chance.sample(range(SIZE), SIZE), processes)
    blows = (Fault(kind="in_turn", after_calls=FIRST_CALLS, arguments=order),)
    return Plan(seed=seed, stories=told.stories, payout=told.payout, faults=blows)


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
