"""Messages that no client of ours sends: each is answered or dropped, and the service lives."""

import json
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import amqp
import kombu
import pytest

from chassis.broker import detours
from chassis.broker.rpc import Rpc
from chassis.door.bodies import MOST_BYTES
from chassis.errors import Invalid
from integration.stages.served_boxes import PATIENCE_S, Boxes, own_boxes
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until

CALL = '{"args": [], "kwargs": {}}'
JSON = {"content_type": "application/json", "content_encoding": "utf-8"}
ANSWERED: dict[str, tuple[Any, dict[str, Any], str]] = {  # body, properties, what the reply says
    "no JSON": ("{", JSON, "Invalid"),
    "no text": (b"\xff\xfe", JSON, "Invalid"),
    "too deep": ("[" * 100_000, JSON, "Invalid"),
    "a number too long": ("1" * 5_000, JSON, "Invalid"),
    "an object that kombu would make": (
        '{"args": [], "kwargs": {"label": {"__type__": "uuid", "__value__": "' + "0" * 32 + '"}}}',
        JSON,
        "Invalid",
    ),
    "a pickle": (
        b"cos\nsystem\n(S'false'\ntR.",
        {"content_type": "application/x-python-serialize"},
        "Invalid",
    ),
    "no content type": (CALL, {}, "Invalid"),
    "an unknown content type": (CALL, {"content_type": "no/such"}, "Invalid"),
    "a broken compression": (
        CALL,
        {**JSON, "application_headers": {"compression": "gzip"}},
        "Invalid",
    ),
    "a body that is packed": (
        zlib.compress(CALL.encode()),
        {**JSON, "application_headers": {"compression": "zlib"}},
        "Invalid",
    ),
    "too large, and no JSON": ("[" * (1 << 20), JSON, "Invalid"),
    "a name that stands twice": ('{"args": [], "args": [], "kwargs": {}}', JSON, "Invalid"),
    "no object": ("[1]", JSON, "Invalid"),
    "neither args nor kwargs": ("{}", JSON, "Invalid"),
    "args that are none": ('{"args": "abc", "kwargs": {}}', JSON, "Invalid"),
    "kwargs that are none": ('{"args": [], "kwargs": null}', JSON, "Invalid"),
    "an argument named like a parameter": (
        '{"args": [], "kwargs": {"self": 1, "method": 2}}',
        JSON,
        "IncorrectSignature",
    ),
    "half a character": ('{"args": [], "kwargs": {"label": "\\ud800"}}', JSON, "Invalid"),
    "headers of other types": (
        CALL,
        {
            **JSON,
            "application_headers": {
                "nameko.call_id_stack": 1,
                "nameko.auth_token": ["x"],
                "nameko.correlation_id": {"a": 1},
                "nameko.deadline_s": "soon",
            },
        },
        "Unauthenticated",
    ),
    "a call stack of numbers": (
        CALL,
        {**JSON, "application_headers": {"nameko.call_id_stack": [1, None]}},
        "",
    ),
    "a correlation id that no text column takes": (
        CALL,
        {**JSON, "application_headers": {"nameko.correlation_id": "\x00" * 9}},
        "",
    ),
    "a deadline that is over": (
        CALL,
        {**JSON, "application_headers": {"nameko.deadline_s": -1}},
        "DeadlineExceeded",
    ),
    "a header named like the broker user": (
        CALL,
        {**JSON, "application_headers": {"user_id": "caller", "service": "caller"}},
        "",
    ),
}
KEYS_OF_NOBODY = [
    None, "", "boxes.open_box", "plain.add", "reply.guest.", "reply.Guest." + str(uuid4()),
    f"{uuid4()}.x", f" {uuid4()}", "reply..boxes", "#", "x" * 255,
]  # fmt: skip


@pytest.fixture(scope="module")
def boxes_or_none(broker_or_none: Broker | None, postgres_server: Server) -> Iterator[Boxes | None]:
    if broker_or_none is None or broker_or_none.node is None:
        yield None
        return
    with own_boxes(broker_or_none, postgres_server) as boxes, boxes.served():
        yield boxes
        until(lambda: boxes.messages() == 0)  # nothing is left undone


@pytest.fixture
def boxes(broker: Broker, boxes_or_none: Boxes | None) -> Boxes:
    if boxes_or_none is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    return boxes_or_none


@pytest.fixture
def rpc(boxes: Boxes) -> Iterator[Rpc]:
    """A caller to whom the service still answers at the end."""
    with closing(Rpc(boxes.uri, timeout_s=PATIENCE_S)) as rpc:
        yield rpc
        assert rpc.port("boxes").call("who", label="still there")["label"] == "still there"


class Sender:
    """A client that sends what it likes, and hears the replies to one key."""

    def __init__(self, connection: Any) -> None:
        self.key = str(uuid4())
        self.connection, self.channel = connection, connection.default_channel
        self.replies: list[amqp.Message] = []
        queue = self.channel.queue_declare("", exclusive=True).queue
        self.channel.queue_bind(queue, "nameko-rpc", self.key)
        self.channel.basic_consume(queue, no_ack=True, callback=self.replies.append)

    def send(self, body: Any, method: str = "who", **properties: Any) -> None:
        message = amqp.Message(body, **{"reply_to": self.key, **properties})
        self.channel.basic_publish(message, "nameko-rpc", f"boxes.{method}")

    def reply(self) -> amqp.Message:
        while not self.replies:
            self.connection.drain_events(timeout=PATIENCE_S)
        return self.replies.pop()


@contextmanager
def sender(boxes: Boxes) -> Iterator[Sender]:
    with kombu.Connection(boxes.uri) as connection:
        yield Sender(connection)


@pytest.mark.parametrize("what", ANSWERED)
def test_a_broken_message_is_answered(boxes: Boxes, rpc: Rpc, what: str) -> None:
    body, properties, answer = ANSWERED[what]
    with sender(boxes) as stranger:
        stranger.send(body, correlation_id="7", **properties)
        reply = stranger.reply()
    assert reply.properties["correlation_id"] == "7"
    said = json.loads(reply.body)
    if answer:
        assert said["error"]["exc_type"] == answer
    else:
        assert said["result"]["actor"] == "anyone:anonymous"
        assert said["result"]["correlation_id"].isprintable()


def test_a_body_that_is_too_large_is_refused_as_such(boxes: Boxes, rpc: Rpc) -> None:
    with pytest.raises(Invalid) as refusal:
        rpc.port("boxes").call("who", label="x" * MOST_BYTES)
    assert refusal.value.code == "chassis.request_too_large"
    assert refusal.value.details["most_bytes"] == MOST_BYTES


def test_an_unknown_method_is_answered_whatever_its_name(boxes: Boxes, rpc: Rpc) -> None:
    with sender(boxes) as stranger:
        for method in ("no_such_method", "", "__class__", "door", "name", "æ☃"):
            stranger.send(CALL, method, **JSON)
            assert json.loads(stranger.reply().body)["error"]["exc_type"] == "MethodNotFound"


def test_a_routing_key_that_is_no_text_is_an_unknown_methods(boxes: Boxes, rpc: Rpc) -> None:
    with sender(boxes) as stranger:
        message = amqp.Message(CALL, reply_to=stranger.key, **JSON)
        stranger.channel.basic_publish(message, "nameko-rpc", b"boxes.\xff")
        assert json.loads(stranger.reply().body)["error"]["exc_type"] == "MethodNotFound"


def test_a_reply_does_not_touch_the_disk_and_does_not_stay(boxes: Boxes, rpc: Rpc) -> None:
    with sender(boxes) as stranger:
        stranger.send(CALL, **JSON)
        properties = stranger.reply().properties
    assert properties["delivery_mode"] == 1
    assert properties["expiration"] == "60000"


def test_a_call_with_a_reply_key_of_nobodys_is_not_run(boxes: Boxes, rpc: Rpc) -> None:
    label = str(uuid4())
    body = json.dumps({"args": [], "kwargs": {"label": label}})
    with sender(boxes) as stranger:
        for key in KEYS_OF_NOBODY:
            stranger.send(body, "open_box", **JSON, reply_to=key)
        stranger.send(CALL, **JSON)
        stranger.reply()
        until(lambda: boxes.messages() == 0)
        assert not stranger.replies
    assert boxes.opened(label) == 0


def test_a_call_that_came_past_topic_rights_is_dropped_unread(boxes: Boxes, rpc: Rpc) -> None:
    label = str(uuid4())
    body = json.dumps({"args": [], "kwargs": {"label": label}})
    with sender(boxes) as stranger:
        by_dead_letter(stranger, body)
        if detours.of(stranger.channel).copies:
            stranger.send(body, "open_box", **JSON, application_headers={"CC": ["elsewhere"]})
            hidden = {"application_headers": {"BCC": ["boxes.open_box"]}, "reply_to": stranger.key}
            message = amqp.Message(body, **JSON, **hidden)
            stranger.channel.basic_publish(message, "nameko-rpc", "lost.open_box")
        stranger.send(CALL, **JSON)
        stranger.reply()
        until(lambda: boxes.messages() == 0)
        assert not stranger.replies
    assert boxes.opened(label) == 0


def by_dead_letter(stranger: Sender, body: str) -> None:
    """Let a queue of one's own pass a call on, to a key that nobody compares with rights."""
    to_boxes = {"x-dead-letter-exchange": "nameko-rpc", "x-dead-letter-routing-key": "boxes.who"}
    queue = stranger.channel.queue_declare("", exclusive=True, arguments=to_boxes).queue
    message = amqp.Message(body, reply_to=stranger.key, expiration="0", **JSON)
    stranger.channel.basic_publish(message, "", queue)
    until(lambda: stranger.channel.queue_declare(queue, passive=True).message_count == 0)


def test_a_reply_that_the_broker_refuses_is_dropped(
    broker: Broker, postgres_server: Server
) -> None:
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    with own_boxes(broker, postgres_server) as boxes:
        broker.ctl("add_user", "boxes", "boxes")
        boxes.ctl("set_permissions", "boxes", ".*", ".*", ".*")
        boxes.ctl("set_topic_permissions", "boxes", "nameko-rpc", r"^reply\.guest\.", ".*")
        try:
            with boxes.served(boxes.uri_of("boxes")), sender(boxes) as stranger:
                stranger.send(CALL, **JSON)
                until(lambda: boxes.messages() == 0)
                with closing(Rpc(boxes.uri, timeout_s=PATIENCE_S)) as rpc:
                    assert rpc.port("boxes").call("who", label="x")["label"] == "x"
                assert not stranger.replies
        finally:
            broker.ctl("delete_user", "boxes")


@pytest.mark.parametrize(
    "properties",
    [
        {"correlation_id": b"\xff\xfe"},
        {"type": b"\xff"},
    ],
    ids=str,
)
def test_properties_that_cannot_be_read_do_not_stop_the_queue(
    boxes: Boxes, rpc: Rpc, properties: dict[str, Any]
) -> None:
    with sender(boxes) as stranger:
        stranger.send(CALL, **JSON, **properties)
        stranger.send(CALL, **JSON, correlation_id="next")
        assert stranger.reply().properties["correlation_id"] == "next"
