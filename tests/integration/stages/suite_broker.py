"""A RabbitMQ node of a test module's own, for the suite's users; and trying what one may do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import run

import amqp
import pytest
from amqp.exceptions import AccessRefused, NotFound, PreconditionFailed

from servers.rabbit import Broker, private_broker
from servers.rabbit_node import Node, free_ports

VHOST = "ai-studio"


@contextmanager
def suite_broker(folder: Path) -> Iterator[Broker]:
    """Yield a node without users but guest: users are the whole node's, not a virtual host's."""
    with private_broker(folder) as broker:
        if broker is None or not isinstance(broker.node, Node):
            pytest.skip("users and plugins are for a node of the tests' own")
        yield broker


def node_of(broker: Broker) -> Node:
    assert isinstance(broker.node, Node)
    return broker.node


def ctl_command(broker: Broker) -> tuple[str, ...]:
    """Return the command that an inventory would name for this node."""
    node = node_of(broker)
    variables = [f"{name}={text}" for name, text in node.env.items()]
    return ("env", "-i", *variables, str(node.programs / "rabbitmqctl"), "-n", node.name)


def management(broker: Broker, user: str, password: str) -> str:
    """Start the node's management plugin, with an administrator; return its URL."""
    node = node_of(broker)
    (port,) = free_ports(1)
    listener = f'[{{port, {port}}}, {{ip, "127.0.0.1"}}]'
    set_env = "application:set_env(rabbitmq_management, tcp_config"
    node.evaluate(f"{set_env}, {listener}, [{{persistent, true}}]).")
    enable = [str(node.programs / "rabbitmq-plugins"), "-n", node.name, "--quiet", "enable"]
    run([*enable, "rabbitmq_management"], env=node.env, capture_output=True, check=True)
    node.ctl("add_user", user, password)
    node.ctl("set_user_tags", user, "administrator")
    return f"http://127.0.0.1:{port}"


class As:
    """One broker user; each attempt has a channel of its own, for a refusal closes it."""

    def __init__(self, broker: Broker, user: str, password: str, vhost: str = VHOST) -> None:
        where = f"127.0.0.1:{node_of(broker).port}"
        self.uri = f"amqp://{user}:{password}@{where}/{vhost}"
        self.connection = amqp.Connection(where, user, password, virtual_host=vhost)
        self.connection.connect()

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def _channel(self) -> Iterator[amqp.Channel]:
        channel = self.connection.channel()
        try:
            yield channel
        finally:
            if channel.is_open:
                channel.close()

    def publish(
        self, exchange: str, key: str, body: str = "{}", *, mandatory: bool = False, **said: str
    ) -> int:
        """Publish and wait for the confirm; return 0, or the code of the refusal."""
        with self._channel() as channel:
            channel.confirm_select()
            message = amqp.Message(body, content_type="application/json", **said)
            return refusal(
                lambda: channel.basic_publish_confirm(message, exchange, key, mandatory=mandatory)
            )

    def declare(self, queue: str, **arguments: object) -> int:
        with self._channel() as channel:
            return refusal(
                lambda: channel.queue_declare(
                    queue, durable=True, auto_delete=False, arguments=arguments
                )
            )

    def bind(self, queue: str, exchange: str, key: str) -> int:
        with self._channel() as channel:
            return refusal(lambda: channel.queue_bind(queue, exchange, key))

    def consume(self, queue: str) -> int:
        with self._channel() as channel:
            return refusal(lambda: channel.basic_consume(queue))

    def purge(self, queue: str) -> int:
        with self._channel() as channel:
            return refusal(lambda: channel.queue_purge(queue))

    def delete_queue(self, queue: str) -> int:
        with self._channel() as channel:
            return refusal(lambda: channel.queue_delete(queue))

    def declare_exchange(self, name: str, *, passive: bool = False) -> int:
        with self._channel() as channel:
            return refusal(
                lambda: channel.exchange_declare(
                    name, "topic", passive=passive, durable=True, auto_delete=False
                )
            )

    def delete_exchange(self, name: str) -> int:
        with self._channel() as channel:
            return refusal(lambda: channel.exchange_delete(name))

    def bind_exchange(self, to: str, source: str, key: str) -> int:
        with self._channel() as channel:
            return refusal(lambda: channel.exchange_bind(to, source, key))

    def take(self, queue: str) -> amqp.Message | None:
        """Return the next message of a queue, if there is one."""
        with self._channel() as channel:
            return channel.basic_get(queue, no_ack=True)


def refusal(attempt: Callable[[], object]) -> int:
    """Return the code that the broker refuses with, or 0."""
    try:
        attempt()
    except (AccessRefused, NotFound, PreconditionFailed) as refused:
        return int(refused.code)
    return 0
