"""A cluster of RabbitMQ nodes on this machine, each a child of this process."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chassis.errors import Unavailable
from servers.rabbit_node import Kin, Node, greets

SIZE = 3  # the least of which one may be lost


class Cluster:
    """Nodes that share users, exchanges and quorum queues; each can be killed and come back."""

    def __init__(self, programs: Path, folder: Path) -> None:
        """Nothing runs yet; each node keeps its files in a folder of its own below `folder`."""
        kin = Kin.of(SIZE)
        self.nodes = [Node(programs, folder / str(n), kin, n) for n in range(SIZE)]

    def start(self) -> None:
        """Start the nodes and return once all accept connections. Raises `Unavailable`."""
        first, *others = self.nodes
        first.start()  # alone: the others find it, and join
        with ThreadPoolExecutor(len(others)) as starting:
            list(starting.map(Node.start, others))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where the nodes accept connections, as a URI has them between commas."""
        return tuple(f"127.0.0.1:{node.port}" for node in self.nodes)

    def ctl(self, *args: str) -> str:
        """Run rabbitmqctl against a node that runs. Raises `Unavailable` as `Node.ctl` does."""
        for node in self.nodes:
            if greets(node.port):
                return node.ctl(*args)
        raise Unavailable("testing.rabbit_failed", "no node of the cluster runs")

    def remove(self) -> None:
        """End all nodes, and remove the files."""
        for node in self.nodes:
            node.remove()
