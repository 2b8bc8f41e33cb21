"""A suite of processes for tests: on this run's PostgreSQL and RabbitMQ, gone afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from broker_end import end
from distributed.servers import Servers, inventory, of_node
from distributed.suite import Suite
from servers.postgres import Server
from servers.rabbit import LET_IN, Broker
from servers.rabbit_node import Node
from suitectl import keys
from suitectl.inventory import Postgres, Rabbit

Kind = TypeVar("Kind", bound=Suite)


@contextmanager
def running(
    server: Server, broker: Broker, folder: Path, replicas: int = 1, prefix: str = ""
) -> Iterator[Suite]:
    """Yield a suite at work, on databases and a virtual host of its own.

    One at a time by each prefix: without one, all is called as in production.
    """
    with running_as(Suite, server, broker, folder, replicas, prefix) as suite:
        yield suite


@contextmanager
def running_or_none(
    server: Server, broker: Broker | None, folder: Path, replicas: int = 1
) -> Iterator[Suite | None]:
    """Yield a suite as `running` does; None where there is no broker: who needs one says so."""
    if broker is None:
        yield None
        return
    with running(server, broker, folder, replicas) as suite:
        yield suite


@contextmanager
def running_as(
    kind: type[Kind],
    server: Server,
    broker: Broker,
    folder: Path,
    replicas: int = 1,
    prefix: str = "",
) -> Iterator[Kind]:
    """Yield a suite of some kind at work, as `running` does."""
    folder.mkdir(parents=True)
    found = servers(server, broker, folder, prefix)
    try:
        with kind(folder, found, replicas) as suite:
            yield suite
            broken = [name for name, each in suite.processes.items() if each.pid is None]
            assert broken == []  # what a test kills, it starts again
        exits = {name: each.stop() for name, each in suite.processes.items()}
        assert set(exits.values()) == {0}, exits
    finally:
        forget(found, broker)


def servers(server: Server, broker: Broker, folder: Path, prefix: str = "") -> Servers:
    """Return the run's servers as an inventory has them, for a suite with that prefix."""
    rabbit = of_node(_node(broker))
    own = Rabbit(
        host=rabbit.host, port=rabbit.port, ctl=rabbit.ctl, vhost=f"suite-{secrets.token_hex(4)}"
    )
    return Servers(inventory(folder, Postgres(admin_url=server.admin_url), own, prefix))


def forget(found: Servers, broker: Broker) -> None:
    """Delete what a suite had on the run's servers, and first all that it had in the broker."""
    given = found.inventory
    if known := keys.read(Path(given.secrets)):
        end(broker, map(given.named, known["broker"]), [given.rabbitmq.vhost])
    found.forget()


def reader_uri(broker: Broker, suite: Suite) -> str:
    """Return where somebody connects to a suite's broker who may read everything."""
    vhost = suite.servers.inventory.rabbitmq.vhost
    broker.evaluate(LET_IN.format(name=vhost))
    return f"{broker.uri.rpartition('/')[0]}/{vhost}"


def consumers(broker: Broker, suite: Suite, queue: str) -> int:
    """Return how many processes have attached themselves to a queue, one of them at work."""
    vhost = suite.servers.inventory.rabbitmq.vhost
    return broker.ctl("list_consumers", "-p", vhost, "queue_name").split().count(queue)


def _node(broker: Broker) -> Node:
    assert isinstance(broker.node, Node), "needs a RabbitMQ that this run has started itself"
    return broker.node
