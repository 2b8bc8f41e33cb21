"""TLS to the broker: the name in the URI is the broker's, or nobody is told a password."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme
from kombu.exceptions import OperationalError

from chassis.broker.address import client
from chassis.broker.link import Link
from chassis.broker.rabbit import Publisher, Receiver
from chassis.broker.rpc import Rpc
from chassis.errors import Unavailable
from chassis.green.nameko_queue import QueueConsumer
from chassis.green.nameko_replies import Replies
from integration.stages.served_boxes import PATIENCE_S, Boxes, own_boxes
from integration.stages.tls_brokers import by_tls, impostor, tls_port
from servers.postgres import Server
from servers.rabbit import Broker
from servers.rabbit_node import free_ports


@pytest.fixture
def boxes(broker: Broker, postgres_server: Server) -> Iterator[Boxes]:
    """A service of this test's own, not served yet."""
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    with own_boxes(broker, postgres_server) as own:
        yield own


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made


def consume(uri: str) -> None:
    class Impatient(QueueConsumer):
        def on_connection_error(self, exc: Exception, interval: float) -> None:
            raise exc

    consumer = Impatient()
    consumer.container = SimpleNamespace(config={"AMQP_URI": uri})
    with consumer.establish_connection():
        pass


def link(uri: str) -> None:
    with Link(uri, lambda channel: None).channel():
        pass


def call(uri: str) -> None:
    Rpc(uri, timeout_s=1).port("boxes").call("who")


def reply(uri: str) -> None:
    Replies(uri).publish({}, exchange="nameko-rpc", routing_key="nobody")


@pytest.mark.parametrize(
    "connect", [link, call, consume, pytest.param(reply, marks=pytest.mark.long)]
)
def test_whoever_shows_a_certificate_of_another_name_is_told_nothing(
    broker: Broker, authority: trustme.CA, tmp_path: Path, connect: Callable[[str], None]
) -> None:
    other = authority.issue_cert("other.example")
    refusals = (Unavailable, OperationalError, OSError)
    with (
        broker.vhost() as uri,
        impostor(uri, other) as (port, told),
        pytest.raises(refusals, match="certificate"),
    ):
        connect(by_tls(uri, port, tmp_path / "ca.pem"))
    assert told == []


def test_an_authority_that_nobody_named_is_not_trusted(
    broker: Broker, authority: trustme.CA
) -> None:
    right = authority.issue_cert("127.0.0.1")
    with (
        broker.vhost() as uri,
        impostor(uri, right) as (port, told),
        pytest.raises(Unavailable, match="certificate"),
    ):
        link(by_tls(uri, port, None))
    assert told == []


def test_calls_and_events_go_by_tls_to_whichever_host_is_a_broker_of_the_right_name(
    boxes: Boxes, authority: trustme.CA, tmp_path: Path
) -> None:
    with tls_port(boxes.broker, tmp_path, authority.issue_cert("127.0.0.1")) as port:
        uri = by_tls(boxes.uri, port, tmp_path / "ca.pem")
        (closed,) = free_ports(1)
        uri = uri.replace("@127.0.0.1", f"@localhost:{closed},127.0.0.1")
        with (
            boxes.served(uri, PLAIN_AMQP_URI=boxes.uri),
            closing(Rpc(uri, timeout_s=PATIENCE_S)) as rpc,
        ):
            assert rpc.port("boxes").call("who", label="heard")["label"] == "heard"
        with closing(Publisher(uri, "boxes")) as publisher:
            publisher.publish([])
        with closing(Receiver(uri, "others", "boxes")) as receiver:
            assert receiver.receive(0) == []


@pytest.mark.parametrize(
    "uri", ["amqps://broker/?verify=verify_none", "amqp://broker/?cacertfile=ca.pem"]
)
def test_what_would_not_be_heeded_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="cacertfile with amqps, and nothing else"):
        client(uri)
