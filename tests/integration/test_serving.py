"""Serving calls: when it ends, goes deaf, cannot reply, or has closed its door."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import amqp
import kombu
import pytest
from kombu.exceptions import OperationalError
from prometheus_client import REGISTRY

from chassis.broker import queues, rabbit
from chassis.broker.link import Link
from chassis.broker.rpc import Rpc
from chassis.errors import Unavailable
from chassis.green.nameko_queue import RECONNECT_S, QueueConsumer
from chassis.running import readiness
from integration.stages.a_freezing_net import freezing
from integration.stages.served_boxes import PATIENCE_S, Boxes, own_boxes
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until

CALL = '{"args": [], "kwargs": {}}'
JSON = {"content_type": "application/json", "content_encoding": "utf-8"}
WORKERS = 10

WATCHED = """
import os
from chassis.green import nameko_ext

def tell():
    while True:
        with open(os.environ["TOLD"], "w") as told:
            told.write("hears" if nameko_ext.hears(container) else "deaf")
        eventlet.sleep(0.05)

eventlet.spawn(tell)
"""

# What is true of RabbitMQ from 4.3 on.
REFUSES_TRANSIENT = """
from chassis.broker import queues
queues.TRANSIENT_REFUSED_SINCE = (3, 0, 0)
"""

# Eight acknowledgements are due when all stands still, until the broker has given the server up.
# They fail then, one after another, before the one who drains finds out.
ACKNOWLEDGING = """
import os, signal
from eventlet.event import Event
from eventlet.patcher import original
from chassis.green.nameko_queue import QueueConsumer

container.config["HEARTBEAT"] = 2  # s
due, all_are_due, acknowledge = [], Event(), QueueConsumer.ack_message

def stand_still_first(self, message):
    due.append(message)
    if len(due) < 8:
        all_are_due.wait()
    elif len(due) == 8:
        all_are_due.send()
        message.channel.connection.client.heartbeat = 10  # of what is opened unasked
        open(os.environ["STANDS"], "w").close()
        {}
    acknowledge(self, message)

QueueConsumer.ack_message = stand_still_first
"""
STOPPED = "os.kill(os.getpid(), signal.SIGSTOP)"
HELD_UP = "while os.path.exists(os.environ['STANDS']): original('time').sleep(0.05)"

IMPATIENT = """
container.config["HEARTBEAT"] = 2  # s
"""

BROKEN = """
from nameko.messaging import QueueConsumer

def break_silently():
    # as an answer that cannot be acknowledged does: the one who drains is told nothing of it
    while not os.path.exists(os.environ["BREAK"]):
        eventlet.sleep(0.05)
    [queue] = [each for each in container.subextensions if isinstance(each, QueueConsumer)]
    [consumer] = queue._consumers.values()
    consumer.channel.connection.transport.connected = False
    with open(os.environ["BREAK"], "w") as told:
        told.write("hears" if nameko_ext.hears(container) else "deaf")

eventlet.spawn(break_silently)
"""

CROWDED = """
import resource
from contextlib import suppress
from chassis.green import green
from chassis.green.http_server import GreenHttpServer
from chassis.errors import Unavailable
import eventlet, socket

door = GreenHttpServer("127.0.0.1", 0, lambda environ, respond: [])
door.must_answer()
client, held = socket.socket(), []
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
with suppress(OSError):
    while True:
        held.append(socket.socket())

def knock():
    with suppress(OSError):
        client.connect(("127.0.0.1", door._socket.getsockname()[1]))

eventlet.spawn(knock)
try:
    for _ in range(200):
        eventlet.sleep(0.05)
        door.must_answer()
except Unavailable as error:
    print(error.code)
"""


@pytest.fixture
def boxes(broker: Broker, postgres_server: Server) -> Iterator[Boxes]:
    """A service of this test's own, not served yet."""
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    with own_boxes(broker, postgres_server) as own:
        yield own


def test_a_server_that_ends_answers_what_is_under_way_and_hands_none_of_it_over(
    boxes: Boxes,
) -> None:
    with (
        boxes.served() as process,
        closing(Rpc(boxes.uri, timeout_s=4 * PATIENCE_S)) as rpc,  # it must not ask twice
        ThreadPoolExecutor(1) as thread,
    ):
        with boxes.held_up():
            called = thread.submit(rpc.port("boxes").call, "wait")
            until(boxes.waiting)
            assert process.stdin is not None
            process.stdin.close()  # it is told to end
            until(lambda: "rpc-boxes" not in boxes.ctl("list_consumers"))
            assert [boxes.messages(state="messages_ready") for _ in range(4)] == [0] * 4
        assert called.result() == "waited"
        process.wait(PATIENCE_S)
    assert boxes.messages() == 0


def test_a_server_knows_whether_calls_are_delivered_to_it(boxes: Boxes, tmp_path: Path) -> None:
    told = tmp_path / "told"
    boxes.broker.ctl("add_user", "boxes", "boxes")
    boxes.ctl("set_permissions", "boxes", ".*", ".*", ".*")
    with kombu.Connection(boxes.uri) as connection:  # as nameko and older versions made it
        connection.default_channel.queue_declare("rpc-boxes", durable=True, auto_delete=False)
    try:
        with boxes.served(boxes.uri_of("boxes"), watched=WATCHED, TOLD=str(told)):
            until(lambda: told.read_text() == "hears")
            listed = boxes.ctl("list_queues", "--formatter=json", "name", "durable")
            assert {"name": "rpc-boxes", "durable": False} in json.loads(listed)
            boxes.ctl("set_permissions", "boxes", "^$", ".*", ".*")  # to make the queue anew
            boxes.ctl("delete_queue", "rpc-boxes")
            until(lambda: told.read_text() == "deaf")
            boxes.ctl("set_permissions", "boxes", ".*", ".*", ".*")
            until(lambda: told.read_text() == "hears")
    finally:
        boxes.broker.ctl("delete_user", "boxes")


def test_an_older_queue_of_calls_is_left_to_those_who_hear_it(boxes: Boxes) -> None:
    with kombu.Connection(boxes.uri) as connection, kombu.Connection(boxes.uri) as other:
        hearing, channel = other.channel(), connection.channel()
        assert queues.form_of_calls(channel, "rpc-boxes") == queues.TRANSIENT  # there was none
        channel.queue_delete("rpc-boxes")
        hearing.queue_declare("rpc-boxes", durable=True, auto_delete=False)
        tag = hearing.basic_consume("rpc-boxes")
        assert queues.form_of_calls(channel, "rpc-boxes") == queues.OLDER
        assert rabbit.count_hearers(channel, "rpc-boxes") == 1
        hearing.basic_cancel(tag)
        assert queues.form_of_calls(channel, "rpc-boxes") == queues.TRANSIENT
        assert boxes.messages() is None


def test_a_broker_that_refuses_transient_queues_has_one_that_outlives_nodes(boxes: Boxes) -> None:
    with kombu.Connection(boxes.uri) as connection:  # as it was before the broker's upgrade
        connection.default_channel.queue_declare("rpc-boxes", durable=True, auto_delete=False)
    with (
        boxes.served(watched=REFUSES_TRANSIENT),
        closing(Rpc(boxes.uri, timeout_s=PATIENCE_S)) as rpc,
    ):
        assert rpc.port("boxes").call("who", label="heard")["label"] == "heard"
        listed = boxes.ctl("list_queues", "--formatter=json", "name", "type")
        assert {"name": "rpc-boxes", "type": "quorum"} in json.loads(listed)


def test_a_connection_that_somebody_else_has_seen_break_is_consumed_from_anew(
    boxes: Boxes, tmp_path: Path
) -> None:
    told, broken = tmp_path / "told", tmp_path / "broken"
    watched = WATCHED + BROKEN
    with (
        boxes.served(watched=watched, TOLD=str(told), BREAK=str(broken)),
        closing(Rpc(boxes.uri, timeout_s=PATIENCE_S)) as rpc,
    ):
        until(lambda: told.read_text() == "hears")
        broken.touch()
        until(lambda: broken.read_text() == "deaf")
        assert rpc.port("boxes").call("who", label="heard")["label"] == "heard"
        until(lambda: told.read_text() == "hears")


@pytest.mark.parametrize(
    "still", [STOPPED, pytest.param(HELD_UP, marks=pytest.mark.long)], ids=["stopped", "held up"]
)
def test_a_server_that_stood_still_hears_again_and_answers_what_was_under_way(
    boxes: Boxes, tmp_path: Path, still: str
) -> None:
    labels, stands = [f"label-{number}" for number in range(8)], tmp_path / "stands"
    with (
        boxes.served(watched=ACKNOWLEDGING.format(still), STANDS=str(stands)) as process,
        closing(Rpc(boxes.uri, timeout_s=PATIENCE_S)) as rpc,
        ThreadPoolExecutor(len(labels)) as threads,
    ):
        port = rpc.port("boxes")
        until(lambda: boxes.hearers() == 1)
        called = [threads.submit(port.call, "open_box", label=label) for label in labels]
        until(stands.exists)
        until(lambda: boxes.hearers() == 0)  # after two to three heartbeats
        stands.unlink()
        process.send_signal(signal.SIGCONT)
        assert port.call("who", label="heard")["label"] == "heard"
        assert len([each.result() for each in called]) == len(labels)
        until(lambda: boxes.messages() == 0)  # what was not acknowledged came once more
    assert [boxes.opened(label) for label in labels] == [1] * len(labels)


@pytest.mark.long  # a reply's confirm is waited for 10 s
def test_a_server_whose_connections_freeze_answers_by_others_and_waits_for_none_of_them(
    boxes: Boxes,
) -> None:
    with (
        freezing(boxes.uri) as (uri, freeze),
        boxes.served(uri, watched=IMPATIENT, PLAIN_AMQP_URI=boxes.uri),
        closing(Rpc(boxes.uri, timeout_s=2 * PATIENCE_S)) as rpc,
        ThreadPoolExecutor(WORKERS) as threads,
    ):

        def all_wait_until(then: Callable[[], None]) -> list[str]:
            with boxes.held_up():
                called = [threads.submit(rpc.port("boxes").call, "wait") for _ in range(WORKERS)]
                until(lambda: boxes.waiting() == WORKERS)
                then()
            return [each.result() for each in called]

        all_wait_until(lambda: None)  # each worker has a connection to reply by from now on
        assert all_wait_until(freeze) == ["waited"] * WORKERS


def test_each_process_tells_how_many_hear_calls_and_how_many_wait_as_the_broker_counts_them(
    boxes: Boxes,
) -> None:
    def told(uri: str) -> list[float | None]:
        with closing(Link(uri, lambda channel: None)) as link, suppress(Unavailable):
            readiness.ask_broker(link, "boxes")
        names = ("service_rpc_consumers", "service_rpc_waiting")
        return [REGISTRY.get_sample_value(name, {"service": "boxes"}) for name in names]

    with boxes.served():
        assert told(boxes.uri) == [1, 0]
    assert told(boxes.uri) == [0, 0]
    with closing(Link(boxes.uri, lambda channel: None)) as link, link.channel() as channel:
        channel.confirm_select()
        channel.basic_publish_confirm(amqp.Message(CALL), "", queues.calls("boxes"))
        assert told(boxes.uri) == [0, 1]
        channel.queue_purge(queues.calls("boxes"))
    assert told("amqp://guest@127.0.0.1:1/") == [None, None]


def test_a_server_looks_for_a_broker_that_is_away_as_often_as_at_first() -> None:
    told: list[float] = []

    class Away(QueueConsumer):
        def on_connection_error(self, exc: Exception, interval: float) -> None:
            told.append(interval)
            if len(told) == 3:
                raise exc

    consumer = Away()
    consumer.container = SimpleNamespace(config={"AMQP_URI": "amqp://guest@127.0.0.1:1/"})
    with pytest.raises(OperationalError), consumer.establish_connection():
        pass
    assert told == [RECONNECT_S] * 3


def test_a_reply_that_its_queue_refuses_is_dropped_and_the_call_not_run_again(
    boxes: Boxes,
) -> None:
    with boxes.served(), kombu.Connection(boxes.uri) as connection:
        channel, key = connection.default_channel, "00000000-0000-4000-8000-000000000000"
        full = {"x-max-length": 0, "x-overflow": "reject-publish"}
        queue = channel.queue_declare("", exclusive=True, arguments=full).queue
        channel.queue_bind(queue, "nameko-rpc", key)
        for _ in range(WORKERS):
            message = amqp.Message(CALL, reply_to=key, **JSON)
            channel.basic_publish(message, "nameko-rpc", "boxes.who")
        until(lambda: boxes.messages() == 0)
        with closing(Rpc(boxes.uri, timeout_s=PATIENCE_S)) as rpc:
            assert rpc.port("boxes").call("who", label="next")["label"] == "next"


def test_a_door_that_has_closed_by_itself_is_noticed() -> None:
    command = [sys.executable, "-W", "ignore", "-c", CROWDED]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    assert ended.stdout.split() == ["chassis.door_closed"]
