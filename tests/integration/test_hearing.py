"""Hearing live over RabbitMQ: nothing is lost with the broker, nor done twice with two hearers."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from typing import Any

import amqp
import kombu
import pytest
from prometheus_client import REGISTRY

from chassis.broker import detours, link, queues
from chassis.broker.link import Link
from chassis.broker.rabbit import Publisher, Receiver
from chassis.broker.relay import relay
from chassis.errors import Conflict, Unavailable
from chassis.hearing import forks
from chassis.hearing.inbox import Consumer
from chassis.hearing.live import Hearing
from chassis.unit import envelope
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App
from integration.stages.a_stalling_net import stalling
from integration.stages.box_hearers import told_at
from integration.stages.parcels import (
    REACTION,
    ParcelSent,
    at_head,
    database,
    on_shelf,
    parcel,
    put_on_shelf,
    send,
    service,
    shelf,
    told,
)
from servers.postgres import Server
from servers.rabbit import Broker

WAIT_S = 0.2
DEADLINE_S = 60.0
HEARTBEAT_S = 2  # a connection is lost after twice that


@pytest.fixture
def shop(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server, "shop") as engine:
        yield App(service=service("shop", parcel, ParcelSent), engine=engine)


@pytest.fixture
def depot(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server, "depot") as engine:
        yield App(service=service("depot", shelf), engine=engine)


@pytest.fixture(scope="module")
def vhost(broker_or_none: Broker | None) -> Iterator[str | None]:
    if broker_or_none is None:
        yield None
        return
    with broker_or_none.vhost() as uri:
        yield uri


@pytest.fixture
def uri(broker: Broker, vhost: str | None) -> str:
    """A broker without the shop's exchange and the depot's queue."""
    assert vhost is not None
    with kombu.Connection(vhost) as connection:
        queues.queue("depot", "shop").bind(connection.default_channel).delete()
        queues.exchange("shop").bind(connection.default_channel).delete()
    return vhost


@pytest.fixture
def publisher(uri: str) -> Iterator[Publisher]:
    with closing(Publisher(uri, "shop")) as publisher:
        yield publisher


class Source:
    """The shop's `events_read`, which may be away; it remembers how often it was asked."""

    def __init__(self, shop: App) -> None:
        self.shop, self.away, self.asked = shop, False, 0

    def read(self, after: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked += 1
        if self.away:
            raise Unavailable("shop.away")
        return told(self.shop, after)


@pytest.fixture
def source(shop: App) -> Source:
    return Source(shop)


Make = Callable[..., Hearing]


@pytest.fixture
def make(uri: str, depot: App, source: Source) -> Iterator[Make]:
    """Make a depot's hearing as a process of its own does."""
    with ExitStack() as ending:

        def made(
            every_s: float = 86_400, react: Any = put_on_shelf, uri: str = uri, **given: Any
        ) -> Hearing:
            consumer = Consumer(depot, "shop", [replace(REACTION, react=react)])
            receiver = Receiver(uri, "depot", "shop", **given)
            hearing = Hearing(consumer, receiver, source.read, every_s)
            ending.callback(hearing.close)
            return hearing

        yield made


@pytest.fixture
def hearing(make: Make) -> Hearing:
    """A depot's hearing whose queue exists and which has asked the shop where its head is."""
    hearing = make()
    assert not hearing.turn(0)
    return hearing


def turn_until(hearing: Hearing, done: Callable[[], bool], deadline_s: float = DEADLINE_S) -> None:
    deadline = time.monotonic() + deadline_s
    while not done():
        assert time.monotonic() < deadline, on_shelf(hearing.consumer)
        hearing.turn(WAIT_S)


def shows(hearing: Hearing, *numbers: int) -> Callable[[], bool]:
    return lambda: on_shelf(hearing.consumer) == list(numbers)


def _forgot(after: Mapping[str, Any]) -> Mapping[str, Any]:
    raise Conflict("chassis.forked", retryable=False)


def purge(uri: str) -> None:
    with kombu.Connection(uri) as connection:
        queues.queue("depot", "shop").bind(connection.default_channel).purge()


def tell(shop: App, publisher: Publisher, *numbers: int) -> None:
    send(shop, *numbers)
    relay(shop.engine, publisher)


def test_what_is_told_is_heard_at_once_and_acknowledged(
    shop: App, publisher: Publisher, source: Source, hearing: Hearing, make: Make
) -> None:
    tell(shop, publisher, 1, 2, 3)
    turn_until(hearing, shows(hearing, 1, 2, 3))
    assert source.asked == 1
    hearing.close()
    assert not make().turn(WAIT_S)


def test_what_was_told_before_the_queue_was_there_is_pulled_at_the_start(
    shop: App, publisher: Publisher, make: Make
) -> None:
    tell(shop, publisher, 1, 2, 3)
    hearing = make()
    assert hearing.turn(0)
    assert shows(hearing, 1, 2, 3)()
    tell(shop, publisher, 4)
    turn_until(hearing, shows(hearing, 1, 2, 3, 4))


def test_what_a_purged_queue_has_lost_is_noticed_by_what_comes_after_it(
    uri: str, shop: App, publisher: Publisher, hearing: Hearing
) -> None:
    hearing.receiver.close()  # the source is not asked because of that
    tell(shop, publisher, 1, 2, 3)
    purge(uri)
    tell(shop, publisher, 4, 5)
    turn_until(hearing, shows(hearing, 1, 2, 3, 4, 5))


def test_what_a_purged_queue_has_lost_is_noticed_although_nothing_comes_after_it(
    uri: str, shop: App, publisher: Publisher, make: Make
) -> None:
    hearing = make(every_s=0)
    hearing.turn(0)
    hearing.receiver.close()
    tell(shop, publisher, 1, 2, 3)
    purge(uri)
    turn_until(hearing, shows(hearing, 1, 2, 3))


def test_a_source_that_is_away_keeps_nothing_in_its_queue_from_being_heard(
    shop: App, publisher: Publisher, source: Source, make: Make
) -> None:
    source.away = True
    hearing = make(every_s=0)
    hearing.turn(0)
    for number in (1, 2, 3):
        tell(shop, publisher, number)
        turn_until(hearing, shows(hearing, *range(1, number + 1)))
    assert source.asked <= 3  # not at each turn


def test_what_is_missing_while_the_source_is_away_is_pulled_when_it_is_back(
    uri: str, shop: App, publisher: Publisher, source: Source, hearing: Hearing
) -> None:
    hearing.close()
    tell(shop, publisher, 1)
    purge(uri)
    source.away = True
    tell(shop, publisher, 2, 3)
    asked = source.asked
    turn_until(hearing, lambda: source.asked > asked)
    assert on_shelf(hearing.consumer) == []
    source.away = False
    turn_until(hearing, shows(hearing, 1, 2, 3))


def test_a_queue_that_is_broken_keeps_nothing_from_being_heard(
    make: Make, shop: App, publisher: Publisher, uri: str
) -> None:
    with kombu.Connection(uri) as connection:  # one of another kind answers with an error
        broken = kombu.Queue("depot.hears.shop", durable=True).bind(connection.default_channel)
        broken.declare()
        hearing = make()
        for number in (1, 2):
            tell(shop, publisher, number)
            with pytest.raises(Unavailable):
                hearing.turn(WAIT_S)
            assert shows(hearing, *range(1, number + 1))()
        with pytest.raises(Unavailable):
            hearing.turn(WAIT_S)  # at the source's head
        broken.delete()
    send(shop, 3)  # told while there was no queue
    while relay(shop.engine, publisher):
        pass
    turn_until(hearing, shows(hearing, 1, 2, 3))


def test_a_standby_hears_nothing_until_the_first_one_is_gone_and_then_all_of_it(
    shop: App, publisher: Publisher, hearing: Hearing, make: Make
) -> None:
    standby = make()
    assert not standby.turn(0)
    tell(shop, publisher, 1, 2)
    assert not standby.turn(WAIT_S)
    turn_until(hearing, shows(hearing, 1, 2))
    tell(shop, publisher, 3, 4)
    assert len(hearing.receiver.receive(DEADLINE_S)) >= 1  # delivered, and not acknowledged
    hearing.close()
    turn_until(standby, shows(standby, 1, 2, 3, 4))
    tell(shop, publisher, 5)
    hearing.turn(0)  # now it is the standby
    turn_until(standby, shows(standby, 1, 2, 3, 4, 5))


def test_a_batch_whose_outage_rolls_it_back_is_delivered_to_the_standby(
    shop: App, publisher: Publisher, make: Make
) -> None:
    def no_shelf(unit: Unit, event: Heard) -> None:
        put_on_shelf(unit, event)
        raise Unavailable("shelf.away")

    failing, standby = make(react=no_shelf), make()
    for each in (failing, standby):
        each.turn(0)
    tell(shop, publisher, 1, 2, 3)
    with pytest.raises(Unavailable, match=r"shelf\.away"):
        turn_until(failing, lambda: False)
    turn_until(standby, shows(standby, 1, 2, 3))


def test_what_was_committed_and_not_acknowledged_is_not_done_again(
    shop: App, publisher: Publisher, hearing: Hearing, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off() -> None:
        raise Unavailable("chassis.broker_unavailable")

    monkeypatch.setattr(hearing.receiver, "acknowledge", cut_off)
    tell(shop, publisher, 1, 2)
    with pytest.raises(Unavailable):
        turn_until(hearing, lambda: False)
    monkeypatch.undo()
    after = make()
    deadline = time.monotonic() + DEADLINE_S
    while not after.turn(WAIT_S):  # they come again
        assert time.monotonic() < deadline
    assert shows(after, 1, 2)()


def test_a_connection_that_breaks_is_replaced_and_nothing_is_missed(
    broker: Broker, shop: App, publisher: Publisher, hearing: Hearing
) -> None:
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    tell(shop, publisher, 1)
    turn_until(hearing, shows(hearing, 1))
    broker.ctl("close_all_connections", "--global", "a test")
    with suppress(Unavailable):  # it breaks while it is used, or has broken before
        tell(shop, publisher, 2)
    with suppress(Unavailable):
        hearing.turn(WAIT_S)
    tell(shop, publisher, 3)
    turn_until(hearing, shows(hearing, 1, 2, 3))


def test_a_stopped_source_is_left_in_its_queue_until_it_goes_on(
    shop: App, depot: App, publisher: Publisher, source: Source, hearing: Hearing
) -> None:
    tell(shop, publisher, 1)
    turn_until(hearing, shows(hearing, 1))
    forks.stop(hearing.consumer, _forgot)
    tell(shop, publisher, 2)
    asked = source.asked
    assert not any(hearing.turn(WAIT_S) for _ in range(3))
    assert source.asked == asked
    forks.resume(depot, "depot", "shop", "kari", told_at(shop))
    turn_until(hearing, shows(hearing, 1, 2))
    assert at_head(shop, hearing.consumer)


def test_what_was_told_while_a_source_was_stopped_is_pulled_as_soon_as_it_goes_on(
    shop: App, depot: App, publisher: Publisher, source: Source, hearing: Hearing
) -> None:
    tell(shop, publisher, 1)
    turn_until(hearing, shows(hearing, 1))
    forks.stop(hearing.consumer, _forgot)
    assert not hearing.turn(0)
    send(shop, 2)  # and no message of it
    forks.resume(depot, "depot", "shop", "kari", told_at(shop))
    turn_until(hearing, shows(hearing, 1, 2))


def test_an_event_is_its_exchanges_whatever_its_header_says(
    uri: str, shop: App, hearing: Hearing, make: Make
) -> None:
    heard: list[str] = []
    believing = make(react=lambda unit, event: heard.append(event.source))
    hearing.close()
    send(shop, 1)
    (item,) = told(shop)["items"]
    headers = {**envelope.headers(item), "cloudEvents_source": "bank"}
    with kombu.Connection(uri) as connection, connection.Producer() as producer:
        producer.publish(item["data"], exchange="shop.told", routing_key="#", headers=headers)
    turn_until(believing, lambda: bool(heard))
    assert heard == ["shop"]


def test_an_event_by_a_detour_is_left_and_heard_when_it_is_told_straight(
    uri: str,
    shop: App,
    publisher: Publisher,
    source: Source,
    hearing: Hearing,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    send(shop, 1)
    (item,) = told(shop)["items"]
    with kombu.Connection(uri) as connection, connection.Producer() as producer:
        # a newer broker compares the keys of CC itself
        way = "CC" if detours.of(producer.channel).copies else "x-death"
        headers = {**envelope.headers(item), way: ["elsewhere"]}
        producer.publish(item["data"], exchange="shop.told", routing_key="#", headers=headers)
    turn_until(hearing, lambda: bool(caplog.records))
    assert on_shelf(hearing.consumer) == []
    (line,) = caplog.records
    assert (line.getMessage(), vars(line)["way"]) == ("refused a message", way)
    counted = {"queue": "depot.hears.shop", "way": way}
    assert REGISTRY.get_sample_value("service_messages_refused_total", counted) == 1
    relay(shop.engine, publisher)
    turn_until(hearing, shows(hearing, 1))
    assert source.asked == 1


def test_half_a_message_and_then_silence_is_a_lost_connection(
    uri: str, shop: App, publisher: Publisher, make: Make
) -> None:
    lost = threading.Event()

    def hear(hearing: Hearing) -> None:
        with suppress(Unavailable):
            turn_until(hearing, lambda: False)
        lost.set()

    with stalling(uri) as (stalled, stall_after):
        hearing = make(uri=stalled, heartbeat_s=HEARTBEAT_S)
        hearing.turn(0)
        stall_after(20)  # bytes: a frame's beginning
        tell(shop, publisher, 1)
        busy_s = time.process_time()
        # in a thread of its own, as one that waits in circles cannot be told to stop
        threading.Thread(target=hear, args=(hearing,), daemon=True).start()
        assert lost.wait(DEADLINE_S)
        assert time.process_time() - busy_s < HEARTBEAT_S


def test_a_broker_that_beats_and_does_not_answer_is_not_waited_for_for_ever(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "TIMEOUT_S", 1.0)
    with stalling(uri, beats=True) as (stalled, stall_after):

        def prepare(channel: amqp.Channel) -> None:
            stall_after(0)
            channel.queue_declare("", exclusive=True)

        with pytest.raises(Unavailable, match="beats"), Link(stalled, prepare).channel():
            pass


def test_a_broker_that_hangs_is_not_waited_for_at_the_end(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "TIMEOUT_S", 2 * DEADLINE_S)  # of everything but the end
    with stalling(uri) as (stalled, stall_after):
        receiver = Receiver(stalled, "depot", "shop")
        assert receiver.receive(0) == []
        stall_after(0)
        started = time.monotonic()
        receiver.close()
    assert time.monotonic() - started < DEADLINE_S


def test_a_fork_is_found_when_the_head_is_compared(
    shop: App, publisher: Publisher, source: Source, make: Make
) -> None:
    hearing = make(every_s=0)
    tell(shop, publisher, 1, 2)
    turn_until(hearing, shows(hearing, 1, 2))

    hearing._read = _forgot
    turn_until(hearing, hearing.consumer.stopped)
    assert not hearing.turn(0)


def test_hearing_live_keeps_the_view_fresh_once_the_head_was_reached(
    shop: App, depot: App, publisher: Publisher, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.hearing.cursors.CHECKED_EVERY_S", 0)
    query = "select checked_at from cursors"

    def checked_at() -> Any:
        with depot.engine.connect() as connection:
            return connection.exec_driver_sql(query).scalar_one()

    first = checked_at()
    assert first is not None  # it asked the source at its start
    tell(shop, publisher, 1)
    turn_until(hearing, shows(hearing, 1))
    assert checked_at() > first
