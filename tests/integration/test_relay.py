"""Telling over RabbitMQ: in order, all of it, and no harm where the broker loses or repeats."""

import json
import random
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from typing import Any
from uuid import UUID

import amqp
import kombu
import pytest

from chassis import deadline
from chassis.broker import queues
from chassis.broker.link import BLOCKED, TIMEOUT_S, Link
from chassis.broker.rabbit import Publisher, Receiver
from chassis.broker.relay import relay
from chassis.database import postgres
from chassis.errors import Unavailable
from chassis.hearing.inbox import Consumer
from chassis.unit import envelope
from chassis.unit.envelope import Heard
from chassis.unit.handling import App
from integration.stages.a_freezing_net import freezing
from integration.stages.nameko_process import line, nameko_process
from integration.stages.parcels import (
    REACTION,
    WAIT_S,
    ParcelSent,
    at_head,
    database,
    numbers,
    on_shelf,
    parcel,
    receive,
    relayed_to,
    send,
    service,
    shelf,
    told,
)
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until


class Listeners:
    """Queues of other teams, each bound to all that the shop tells; gone in the end."""

    def __init__(self, uri: str) -> None:
        self._connection = kombu.Connection(uri)
        self._channel = self._connection.channel()
        self._channel.exchange_declare("shop.events", "topic", durable=True, auto_delete=False)
        self._queues: list[str] = []

    def listen(self, name: str, arguments: Mapping[str, Any]) -> None:
        self._channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        self._channel.queue_bind(name, "shop.events", "#")
        self._queues.append(name)

    def heard(self, name: str, count: int) -> list[int]:
        """Return the parcels that come first."""
        until(lambda: self._left(name) >= count, WAIT_S)
        messages = (self._channel.basic_get(name, no_ack=True) for _ in range(count))
        return [json.loads(each.body)["number"] for each in messages]

    def close(self) -> None:
        for name in self._queues:
            self._channel.queue_delete(name)
        self._connection.release()

    def _left(self, name: str) -> int:
        # not of a queue that hangs, which does not answer
        return int(self._channel.queue_declare(name, passive=True).message_count)


EAR = """
import json, sys
from nameko.containers import ServiceContainer
from nameko.events import event_handler

class Ear:
    name = "ear"

    @event_handler("shop", "parcel_sent")
    def hear(self, data):
        print(json.dumps(data), flush=True)

container = ServiceContainer(Ear, {"AMQP_URI": sys.argv[1]})
"""


@pytest.fixture
def shop(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server, "shop") as engine:
        yield App(service=service("shop", parcel, ParcelSent), engine=engine)


@pytest.fixture
def depot(postgres_server: Server) -> Iterator[Consumer]:
    with database(postgres_server, "depot") as engine:
        app = App(service=service("depot", shelf), engine=engine)
        yield Consumer(app, "shop", [REACTION])


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
def own_broker(broker: Broker) -> Broker:
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    return broker


@pytest.fixture
def publisher(uri: str) -> Iterator[Publisher]:
    publisher = Publisher(uri, "shop")
    yield publisher
    publisher.close()


@pytest.fixture
def receiver(uri: str) -> Iterator[Receiver]:
    """The depot's queue, which exists from now on."""
    receiver = Receiver(uri, "depot", "shop")
    assert receiver.receive(0) == []
    yield receiver
    receiver.close()


def test_told_events_arrive_in_the_order_of_their_positions_and_private_ones_never(
    shop: App, publisher: Publisher, receiver: Receiver
) -> None:
    send(shop, *range(1, 8))
    assert [relay(shop.engine, publisher, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    heard = receive(receiver, 7)
    items = told(shop)["items"]
    assert numbers(heard) == [1, 2, 3, 4, 5, 6, 7]
    assert {each.type for each in heard} == {"shop.parcel_sent"}
    assert [each.event_id for each in heard] == [UUID(item["id"]) for item in items]
    assert [each.position for each in heard] == [item["position"] for item in items]
    assert [each.previous for each in heard[1:]] == [each.event_id for each in heard[:-1]]
    assert receiver.receive(0) == []
    assert relayed_to(shop) == told(shop)["head"]["position"]


def test_a_message_is_a_cloud_event_around_plain_json(
    uri: str, shop: App, publisher: Publisher
) -> None:
    send(shop, 5)
    everything = kombu.Queue(
        "raw", kombu.Exchange("shop.events", "topic"), routing_key="#", auto_delete=True
    )
    with kombu.Connection(uri) as connection, connection.SimpleQueue(everything) as queue:
        relay(shop.engine, publisher)
        message = queue.get(timeout=WAIT_S)
    (item,) = told(shop)["items"]
    assert message.payload == {"number": 5} == json.loads(message.body)
    assert message.delivery_info["routing_key"] == "parcel_sent"
    assert message.properties["message_id"] == item["id"]
    assert message.properties["delivery_mode"] == 2
    assert (message.content_type, message.content_encoding) == ("application/json", "utf-8")
    attributes = {name: str(item[name]) for name in item if name not in ("data", "event_id")}
    # it came through the outlet, as the broker notes under names of its own
    headers = {name: said for name, said in message.headers.items() if not name.startswith("x-")}
    assert headers == {f"cloudEvents_{name}": attributes[name] for name in attributes}
    assert set(attributes) >= {"id", "type", "partitionkey", "workspaceid", "position", "previous"}
    assert message.headers["cloudEvents_correlationid"] == "order-5"


def test_after_a_crash_between_confirm_and_saving_all_is_told_again_and_taken_once(
    uri: str, shop: App, depot: Consumer, receiver: Receiver
) -> None:
    class Killed(BaseException):
        pass

    class Dying(Publisher):
        def publish(self, told: Iterable[Mapping[str, Any]]) -> None:
            super().publish(told)
            raise Killed

    send(shop, 1, 2, 3)
    with closing(Dying(uri, "shop")) as dying, pytest.raises(Killed):
        relay(shop.engine, dying)
    assert relayed_to(shop) == 0
    with closing(Publisher(uri, "shop")) as publisher:
        assert relay(shop.engine, publisher) == 3
    heard = receive(receiver, 6)
    assert numbers(heard) == [1, 2, 3, 1, 2, 3]
    assert depot.accept(heard)
    assert on_shelf(depot) == [1, 2, 3]
    assert at_head(shop, depot)


def test_a_relay_that_was_overtaken_does_not_set_the_other_back(
    uri: str, shop: App, publisher: Publisher
) -> None:
    class Overtaken(Publisher):
        def publish(self, told: Iterable[Mapping[str, Any]]) -> None:
            super().publish(told)
            assert relay(shop.engine, publisher) == 3

    send(shop, 1, 2, 3)
    with closing(Overtaken(uri, "shop")) as overtaken:
        assert relay(shop.engine, overtaken, limit=1) == 1
    assert relayed_to(shop) == told(shop)["head"]["position"]


def test_what_the_broker_lost_is_noticed_and_pulled(
    uri: str, shop: App, depot: Consumer, publisher: Publisher, receiver: Receiver
) -> None:
    send(shop, 1, 2)
    relay(shop.engine, publisher)
    assert depot.accept(receive(receiver, 2))
    receiver.acknowledge()
    receiver.close()
    send(shop, 3, 4)
    relay(shop.engine, publisher)
    with kombu.Connection(uri) as connection:
        queue = queues.queue("depot", "shop").bind(connection.default_channel)
        assert queue.purge() == 2
    send(shop, 5)
    relay(shop.engine, publisher)
    after_the_gap = receive(receiver, 1)
    assert numbers(after_the_gap) == [5]
    assert not depot.accept(after_the_gap)
    assert on_shelf(depot) == [1, 2]
    assert depot.pull(lambda after: told(shop, after)) == 3
    assert depot.accept(after_the_gap)
    assert on_shelf(depot) == [1, 2, 3, 4, 5]
    assert at_head(shop, depot)


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_and_doubled_deliveries_end_at_the_same_place(
    seed: int, shop: App, depot: Consumer, publisher: Publisher, receiver: Receiver
) -> None:
    send(shop, *range(30))
    relay(shop.engine, publisher, limit=10)
    relay(shop.engine, publisher, limit=20)
    deliveries = receive(receiver, 30) * 2
    chance = random.Random(seed)
    chance.shuffle(deliveries)
    while deliveries:
        count = chance.randint(1, 7)
        batch, deliveries = deliveries[:count], deliveries[count:]
        if not depot.accept(batch) and chance.random() < 0.3:
            depot.pull(lambda after: told(shop, after))
    depot.pull(lambda after: told(shop, after))
    assert on_shelf(depot) == list(range(30))
    assert at_head(shop, depot)


def test_what_was_not_acknowledged_comes_again_and_what_was_does_not(
    shop: App, publisher: Publisher, receiver: Receiver
) -> None:
    send(shop, 1, 2, 3)
    relay(shop.engine, publisher, limit=2)
    assert numbers(receive(receiver, 2)) == [1, 2]
    receiver.acknowledge()
    relay(shop.engine, publisher)
    assert numbers(receive(receiver, 1)) == [3]
    receiver.close()
    receiver.acknowledge()  # on a new connection: the old one's tags mean nothing here
    assert numbers(receive(receiver, 1)) == [3]


def test_what_a_hearer_that_ends_had_in_hand_comes_to_the_standby_before_the_rest(
    uri: str, shop: App, publisher: Publisher
) -> None:
    with (
        closing(Receiver(uri, "depot", "shop", prefetch=3)) as active,
        closing(Receiver(uri, "depot", "shop")) as standby,
    ):
        assert (active.receive(0), standby.receive(0)) == ([], [])
        send(shop, *range(9))
        relay(shop.engine, publisher)
        assert numbers(receive(active, 3)) == [0, 1, 2]
        active.close()
        assert numbers(receive(standby, 9)) == list(range(9))


def test_a_batch_holds_no_more_than_was_asked_for(
    uri: str, shop: App, publisher: Publisher, receiver: Receiver
) -> None:
    receiver.close()
    send(shop, *range(7))
    relay(shop.engine, publisher)
    with closing(Receiver(uri, "depot", "shop", prefetch=3)) as narrow:
        batches = []
        for _ in range(3):
            batches.append(numbers(narrow.receive(WAIT_S)))
            narrow.acknowledge()
    assert [number for batch in batches for number in batch] == list(range(7))
    assert max(map(len, batches)) == 3


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("no JSON", {}),
        ("[" * 100_000, {}),
        ("{}", None),
        ("{}", {"cloudEvents_position": [1]}),
        ("{}", {"cloudEvents_id": 7}),
        ("{}", {"cloudEvents_time": 5}),
    ],
    ids=["no JSON", "deep", "no header", "a list", "a number", "no time"],
)
def test_a_message_of_somebody_else_does_not_stop_the_queue(
    uri: str, shop: App, publisher: Publisher, receiver: Receiver, body: str, headers: Any
) -> None:
    send(shop, 1)
    (genuine,) = told(shop)["items"]
    carried = {**envelope.headers(genuine), **headers} if headers is not None else {}
    with kombu.Connection(uri) as connection:
        odd = amqp.Message(body, application_headers=carried)
        connection.default_channel.basic_publish(odd, "shop.told", "parcel_sent")
    relay(shop.engine, publisher)
    heard: list[Heard] = []
    while not heard:
        heard = receiver.receive(WAIT_S)
    assert numbers(heard) == [1]


def test_a_broker_killed_in_the_middle_of_a_batch_loses_nothing(
    own_broker: Broker, uri: str, shop: App, depot: Consumer, receiver: Receiver
) -> None:
    class Interrupted(Publisher):
        def publish(self, told: Iterable[Mapping[str, Any]]) -> None:
            super().publish(self._killing(told))

        def _killing(self, told: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
            for i, each in enumerate(told):
                if i == 50:
                    own_broker.kill()
                yield each

    # RabbitMQ 3.10 writes a new queue's name to disk after 5 s, and does not survive it earlier
    own_broker.evaluate("[dets:sync(Table) || Table <- dets:all()].")
    send(shop, *range(100))
    with closing(Publisher(uri, "shop")) as publisher:
        assert relay(shop.engine, publisher, limit=20) == 20
        reached = relayed_to(shop)
        with closing(Interrupted(uri, "shop")) as interrupted:
            try:
                with pytest.raises(Unavailable):
                    relay(shop.engine, interrupted)
                with pytest.raises(Unavailable):  # the first connection died with the broker
                    relay(shop.engine, publisher)
                with pytest.raises(Unavailable):
                    receive(receiver, 100)
            finally:
                own_broker.start()
        assert relayed_to(shop) == reached
        assert relay(shop.engine, publisher) == 80
    while not at_head(shop, depot):
        batch = receiver.receive(WAIT_S)
        assert batch
        assert depot.accept(batch)  # nothing is missing, so nothing was skipped
        receiver.acknowledge()
    assert on_shelf(depot) == list(range(100))


def test_a_refusal_by_the_broker_is_no_confirm(uri: str, shop: App, publisher: Publisher) -> None:
    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    exchange = kombu.Exchange("shop.told", "topic")
    with kombu.Connection(uri) as connection:
        queue = kombu.Queue("full", exchange, "#", exclusive=True, queue_arguments=full)
        bound = queue.bind(connection.default_channel)
        bound.declare()
        send(shop, *range(9))
        with pytest.raises(Unavailable, match="refused"):
            relay(shop.engine, publisher)
        assert relayed_to(shop) == 0
        bound.delete()
        assert relay(shop.engine, publisher) == 9


def test_a_listeners_queue_holds_up_neither_the_suite_nor_another_listener(
    own_broker: Broker, uri: str, shop: App, publisher: Publisher, receiver: Receiver
) -> None:
    with closing(Listeners(uri)) as listeners:
        listeners.listen("full", {"x-max-length": 1, "x-overflow": "reject-publish"})
        listeners.listen("hung", {"x-queue-type": "quorum"})
        for name in ("classic", "quorum"):
            listeners.listen(name, {"x-queue-type": name})
        send(shop, 0)
        relay(shop.engine, publisher)
        vhost = uri.rpartition("/")[2]
        # as with the other members gone: it answers nobody, and the next to publish to it waits
        own_broker.evaluate(f"sys:suspend({{'{vhost}_hung', node()}}).")
        try:
            send(shop, *range(1, 100))
            with closing(Publisher(uri, "shop", timeout_s=WAIT_S)) as another:
                while relay(shop.engine, another, limit=20):
                    pass
            assert relayed_to(shop) == told(shop)["head"]["position"]
            assert numbers(receive(receiver, 100)) == list(range(100))
            for name in ("classic", "quorum"):
                assert listeners.heard(name, 100) == list(range(100)), name
        finally:
            own_broker.evaluate(f"sys:resume({{'{vhost}_hung', node()}}).")
        assert listeners.heard("full", 1) == [0]


def test_an_outlet_that_somebody_made_otherwise_holds_up_others_alone_and_is_named(
    uri: str, shop: App, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        closing(Publisher(uri, "shop", look_s=0)) as publisher,
        closing(Listeners(uri)) as listeners,
        kombu.Connection(uri) as connection,
    ):
        connection.default_channel.queue_delete("shop.outlet")
        connection.default_channel.queue_declare("shop.outlet", durable=True, auto_delete=False)
        listeners.listen("theirs", {})
        send(shop, 1)
        relay(shop.engine, publisher)
        assert numbers(receive(receiver, 1)) == [1]
        (told_of,) = [each for each in caplog.records if "delete that queue" in each.message]
        assert "shop.outlet" in vars(told_of)["reason"]
        connection.default_channel.queue_delete("shop.outlet")
        send(shop, 2)
        relay(shop.engine, publisher)
        assert listeners.heard("theirs", 1) == [2]


def test_an_outlet_that_was_deleted_is_made_anew_on_the_same_connection(
    uri: str, shop: App
) -> None:
    with (
        closing(Publisher(uri, "shop", look_s=0)) as publisher,
        closing(Listeners(uri)) as listeners,
        kombu.Connection(uri) as connection,
    ):
        listeners.listen("theirs", {})
        send(shop, 1)
        relay(shop.engine, publisher)
        assert listeners.heard("theirs", 1) == [1]
        connection.default_channel.queue_delete("shop.outlet")
        send(shop, 2)
        relay(shop.engine, publisher)
        assert listeners.heard("theirs", 1) == [2]


def test_a_hearer_is_let_go_by_the_exchange_that_an_older_version_bound_it_to(
    own_broker: Broker, uri: str, receiver: Receiver
) -> None:
    def bound_to() -> set[str]:
        columns = ("source_name", "destination_name")
        vhost = uri.rpartition("/")[2]
        listed = json.loads(
            own_broker.ctl("list_bindings", "-p", vhost, "--formatter=json", *columns)
        )
        return {each["source_name"] for each in listed if "depot" in each["destination_name"]}

    receiver.close()
    with kombu.Connection(uri) as connection:
        queues.events("shop").bind(connection.default_channel).declare()
        queues.queue("depot", "shop").bind(connection.default_channel).bind_to("shop.events", "#")
    assert bound_to() == {"", "shop.events", "shop.told"}
    assert receiver.receive(0) == []
    assert bound_to() == {"", "shop.told"}


def test_of_several_hosts_the_next_is_tried_where_one_refuses_or_hangs(uri: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as hanging,  # nobody accepts
        closing(Link(_with_others(uri, hanging.getsockname()[1]), lambda channel: None)) as link,
    ):
        for _ in range(6):  # whichever it begins with
            with deadline.within(3), link.channel() as channel:
                assert channel.is_open
            link.close()
            link._client.maybe_switch_next()


def _with_others(uri: str, hanging: int) -> str:
    return uri.replace("127.0.0.1", f"127.0.0.1:1,127.0.0.1:{hanging},127.0.0.1")


def test_without_its_database_the_relay_is_unavailable(publisher: Publisher) -> None:
    nowhere = postgres.engine("postgresql://shop@127.0.0.1:1/shop", name="shop")
    with pytest.raises(Unavailable, match="database"):
        relay(nowhere, publisher)


def test_a_confirm_that_does_not_come_in_time_is_none(uri: str, shop: App) -> None:
    send(shop, 0)
    with (
        freezing(uri) as (way, freeze),
        closing(Publisher(way, "shop", timeout_s=0.5)) as publisher,
    ):
        assert relay(shop.engine, publisher) == 1
        reached = relayed_to(shop)
        freeze()
        send(shop, *range(1, 9))
        with pytest.raises(Unavailable, match="Timeout|timed out"):
            relay(shop.engine, publisher)
        assert relayed_to(shop) == reached
        publisher.timeout_s = TIMEOUT_S
        assert relay(shop.engine, publisher) == 8


def test_a_broker_short_of_memory_is_known_at_once_and_asked_by_one_connection(
    own_broker: Broker, uri: str, shop: App, publisher: Publisher, receiver: Receiver
) -> None:
    send(shop, *range(9))
    own_broker.ctl("set_vm_memory_high_watermark", "absolute", "1")  # it stops reading
    try:
        for _ in range(3):
            with pytest.raises(Unavailable) as blocked:
                relay(shop.engine, publisher)
            assert (blocked.value.code, blocked.value.retryable) == (BLOCKED, True)
        assert relayed_to(shop) == 0
        listed = own_broker.ctl("list_connections", "vhost", "state").splitlines()
        assert listed.count(f"{uri.rpartition('/')[2]}\tblocked") == 1
    finally:
        own_broker.ctl("set_vm_memory_high_watermark", "0.4")

    def told() -> bool:
        with suppress(Unavailable):
            return relay(shop.engine, publisher) == 9
        return False

    until(told)
    # what waited in the broker meanwhile came as well, and is the same events
    assert set(numbers(receive(receiver, 10))) == set(range(9))


def test_a_full_queue_forgets_its_oldest_messages(
    own_broker: Broker, uri: str, shop: App, publisher: Publisher, receiver: Receiver
) -> None:
    receiver.close()
    vhost = uri.rpartition("/")[2]
    columns = ("name", "type", "durable", "arguments")
    listed = own_broker.ctl("list_queues", "-p", vhost, "--formatter=json", *columns)
    (queue,) = [each for each in json.loads(listed) if each["name"] == "depot.hears.shop"]
    assert (queue["type"], queue["durable"]) == ("quorum", True)
    arguments = {name: argument for name, _, argument in queue["arguments"]}
    assert arguments == {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-max-length": 100_000,
        "x-overflow": "drop-head",
        "x-delivery-limit": 1_000_000,
    }
    short = json.dumps({"max-length": 3})
    own_broker.ctl("set_policy", "-p", vhost, "--apply-to", "queues", "short", "^depot", short)
    send(shop, *range(10))
    relay(shop.engine, publisher)
    assert numbers(receive(receiver, 3)) == [7, 8, 9]
    own_broker.ctl("clear_policy", "-p", vhost, "short")


def test_a_plain_nameko_service_hears_the_event(uri: str, shop: App, publisher: Publisher) -> None:
    with nameko_process(EAR, uri) as ear:
        send(shop, 41, 42)
        relay(shop.engine, publisher)
        assert [json.loads(line(ear)) for _ in range(2)] == [{"number": 41}, {"number": 42}]
