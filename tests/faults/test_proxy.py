"""The proxy cuts where it says it does: seen at a real PostgreSQL and a real RabbitMQ."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from amqp import Channel, Message
from sqlalchemy import make_url

from chassis.broker.link import Link
from chassis.errors import Unavailable
from faults.proxy import Proxy
from faults.suite import address, through
from faults.wire import AMQP, POSTGRES
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until

ME = "billing-work-0"
QUEUE = "faults.test"


@pytest.fixture
def proxy(postgres_server: Server, broker: Broker) -> Iterator[Proxy]:
    port = make_url(broker.uri).port
    assert port is not None
    servers = {POSTGRES: address(postgres_server), AMQP: ("tcp", port)}
    with Proxy(servers, (ME,)) as proxy:
        yield proxy


@pytest.fixture
def database(proxy: Proxy, postgres_server: Server) -> Iterator[Callable[[], int]]:
    """A table, and how many rows are in it."""
    with psycopg.connect(postgres_server.admin_url, autocommit=True) as admin:
        admin.execute("create table box (id int)")

        def rows() -> int:
            return len(admin.execute("select from box").fetchall())

        yield rows
        admin.execute("drop table box")


@pytest.mark.parametrize(("point", "kept"), [("commit_unseen", 0), ("commit_unanswered", 1)])
def test_a_commit_is_cut_before_or_after_it_happened(
    proxy: Proxy, postgres_server: Server, database: Callable[[], int], point: str, kept: int
) -> None:
    number = proxy.arm(ME, point, 1)

    with pytest.raises(psycopg.OperationalError):
        _insert(proxy, postgres_server)

    assert database() == kept
    assert proxy.fell(number)
    _insert(proxy, postgres_server)  # a cut falls once
    assert database() == kept + 1
    assert proxy.disarm() == [f"cut {point} {ME}"]


def test_a_cut_that_is_for_others_or_withdrawn_does_not_fall(
    proxy: Proxy, postgres_server: Server, database: Callable[[], int]
) -> None:
    proxy.arm("billing-serve", "commit_unseen", 1)
    number = proxy.arm(ME, "commit_unseen", 1)

    assert not proxy.fell(number)
    proxy.withdraw(number)
    assert not proxy.fell(number)
    _insert(proxy, postgres_server)

    assert database() == 1
    assert proxy.disarm() == []


def test_a_process_that_is_parted_from_a_server_reaches_it_again_later(
    proxy: Proxy, postgres_server: Server, database: Callable[[], int]
) -> None:
    proxy.part(ME, POSTGRES, 0.5)

    with pytest.raises(psycopg.OperationalError):
        _insert(proxy, postgres_server)
    until(lambda: _is_reached(proxy, postgres_server), what="the server")

    assert database() == 1


def test_a_message_that_is_held_up_arrives_in_the_end(
    proxy: Proxy, postgres_server: Server, database: Callable[[], int]
) -> None:
    proxy.arm(ME, "commit_unseen", 1, holds_s=0.3)
    started = time.monotonic()

    _insert(proxy, postgres_server)

    assert time.monotonic() - started >= 0.3
    assert database() == 1


@pytest.mark.parametrize(("point", "arrived"), [("publish_unsent", 0), ("confirm_lost", 1)])
def test_a_message_is_cut_before_or_after_the_broker_has_it(
    proxy: Proxy, broker: Broker, point: str, arrived: int
) -> None:
    def prepare(channel: Channel) -> None:
        channel.queue_declare(QUEUE, auto_delete=False)
        channel.confirm_select()

    with broker.vhost() as uri:
        link = Link(through(uri, proxy.port(ME, AMQP)), prepare)
        watching = Link(uri, prepare)
        with closing(link), closing(watching):
            proxy.arm(ME, point, 1)
            with pytest.raises(Unavailable), link.channel() as channel:
                channel.basic_publish(Message("text"), routing_key=QUEUE)
                link.wait(10)

            with watching.channel() as channel:
                until(lambda: channel.queue_declare(QUEUE, passive=True)[1] == arrived)
    assert proxy.disarm() == [f"cut {point} {ME}"]


def _is_reached(proxy: Proxy, server: Server) -> bool:
    try:
        _insert(proxy, server)
    except psycopg.OperationalError:
        return False
    return True


def _insert(proxy: Proxy, server: Server) -> None:
    url = through(server.admin_url, proxy.port(ME, POSTGRES))
    with psycopg.connect(url) as connection:
        connection.execute("insert into box values (1)")
