"""RPC over RabbitMQ: answers within the deadline, lost replies, cut connections, bad messages."""

import json
import random
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from uuid import UUID, uuid4

import kombu
import pytest

from chassis import deadline
from chassis.errors import (
    KINDS,
    DeadlineExceeded,
    Forbidden,
    Internal,
    Invalid,
    Rejected,
    Unauthenticated,
    Unavailable,
)
from chassis.green.nameko_ext import register_errors  # before nameko: it filters eventlet's warning

# isort: split
from nameko.standalone.rpc import ClusterRpcProxy
from prometheus_client import REGISTRY

from chassis.broker import link
from chassis.broker.link import Link
from chassis.broker.rpc import Rpc
from chassis.running import readiness
from integration.stages.a_freezing_net import freezing
from integration.stages.served_boxes import EXCHANGE, PATIENCE_S, Boxes, own_boxes
from servers.postgres import Server
from servers.rabbit import Broker
from suitectl import broker_findings, limits
from waiting import until


@pytest.fixture
def boxes(broker: Broker, postgres_server: Server) -> Iterator[Boxes]:
    """A service of this test's own, not served yet."""
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    with own_boxes(broker, postgres_server) as own:
        yield own


@pytest.fixture(scope="module")
def common_or_none(
    broker_or_none: Broker | None, postgres_server: Server
) -> Iterator[Boxes | None]:
    if broker_or_none is None or broker_or_none.node is None:
        yield None
        return
    with own_boxes(broker_or_none, postgres_server) as common, common.served():
        yield common


@pytest.fixture
def common(broker: Broker, common_or_none: Boxes | None) -> Boxes:
    """A service that is served for all tests which leave it as it was."""
    if common_or_none is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    return common_or_none


@pytest.fixture
def rpc(common: Boxes) -> Iterator[Rpc]:
    with closing(Rpc(common.uri, timeout_s=PATIENCE_S)) as rpc:
        yield rpc


@pytest.fixture
def caller(common: Boxes) -> Iterator[str]:
    """The URI of a broker user named caller."""
    common.broker.ctl("add_user", "caller", "caller")
    common.ctl("set_permissions", "caller", ".*", ".*", ".*")
    yield common.uri_of("caller")
    common.broker.ctl("delete_user", "caller")


def test_a_call_is_answered_and_knows_its_correlation_id_and_its_deadline(rpc: Rpc) -> None:
    answer = rpc.port("boxes", timeout_s=PATIENCE_S, correlation_id="order-7").call(
        "who", label="æ☃"
    )
    assert answer["label"] == "æ☃"
    assert answer["actor"] == "anyone:anonymous"
    assert answer["correlation_id"] == "order-7"
    assert 0 < answer["remaining_s"] < PATIENCE_S


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"Unavailable"}))
def test_the_services_own_error_arrives_as_what_it_was(rpc: Rpc, kind: str) -> None:
    with pytest.raises(KINDS[kind]) as raised:
        rpc.port("boxes").call("fail", label=kind)
    assert type(raised.value) is KINDS[kind]
    assert (raised.value.code, raised.value.message) == ("boxes.failed", "on purpose")
    assert (raised.value.details, raised.value.retry_after_s) == ({"at": [1]}, 7)
    assert UUID(raised.value.request_id)


def test_what_does_not_fit_is_invalid_and_a_bug_shows_nothing(rpc: Rpc) -> None:
    plain = rpc.port("plain")
    assert plain.call("add", a=1, b=2) == 3
    for service, method, code in (
        ("boxes", "no_such_method", "chassis.method_not_found"),
        ("plain", "no_such_method", "chassis.method_not_found"),
        ("plain", "add", "chassis.invalid_argument"),
    ):
        with pytest.raises(Invalid) as invalid:
            rpc.port(service).call(method)
        assert invalid.value.code == code
        assert UUID(invalid.value.request_id)
    for service in ("boxes", "plain"):
        with pytest.raises(Internal) as bug:
            rpc.port(service).call("fail")
        assert "secret" not in str(bug.value)
        assert UUID(bug.value.request_id)


def test_a_call_is_its_broker_users_and_a_token_goes_before_that(caller: str) -> None:
    with closing(Rpc(caller, "caller")) as rpc:
        assert rpc.port("boxes").call("who")["actor"] == "service:caller"
        with pytest.raises(Unauthenticated) as refused:
            rpc.port("boxes", auth_token="forged").call("who")
    assert refused.value.code == "chassis.token_invalid"


def test_the_broker_refuses_a_forged_user_and_it_is_not_tried_again(common: Boxes) -> None:
    with closing(Rpc(common.uri, "caller")) as forger:
        started = time.monotonic()
        with pytest.raises(Forbidden) as refused:
            forger.port("boxes", timeout_s=2 * PATIENCE_S).call("who")
    assert refused.value.code == "chassis.refused_by_broker"
    assert time.monotonic() - started < PATIENCE_S


def test_who_the_broker_does_not_let_in_is_told_at_once_and_a_service_tries_on(
    common: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "sample", lambda hosts, count: hosts)  # the node that is down last
    server, _, vhost = common.uri.replace("guest:guest", "guest:wrong").rpartition("/")
    wrong = {
        "password": f"{server}/{vhost}",
        "password, where a node is down": f"{server},127.0.0.1:1/{vhost}",
        "user": common.uri_of("nobody"),
        "virtual host": f"{common.uri}-of-others",
    }
    for what, uri in wrong.items():
        with closing(Rpc(uri)) as rpc, deadline.within(PATIENCE_S):
            with pytest.raises(Forbidden) as refused:
                rpc.port("boxes", timeout_s=PATIENCE_S).call("who")
            left_s = deadline.remaining()
        assert (refused.value.code, refused.value.retryable) == ("chassis.refused_by_broker", False)
        assert refused.value.request_id, what
        assert left_s is not None and left_s > PATIENCE_S / 2, what
    with (
        closing(Rpc(wrong["password"], timeout_s=1, patient=True)) as rpc,
        pytest.raises(Unavailable, match="ACCESS_REFUSED"),
    ):
        rpc.port("boxes").call("who")


def test_a_user_that_no_server_would_answer_cannot_call() -> None:
    with pytest.raises(ValueError, match="no name"):
        Rpc("amqp://x@127.0.0.1:1//", "Shop-1")


def test_the_deadline_travels_as_what_remains(rpc: Rpc) -> None:
    with deadline.within(PATIENCE_S):
        answer = rpc.port("boxes", timeout_s=3_600).call("ask_on")
    assert 0 < answer["there"] < answer["here"] < PATIENCE_S


def test_where_nothing_remains_nothing_is_sent(rpc: Rpc) -> None:
    with deadline.within(0), pytest.raises(DeadlineExceeded) as refused:
        rpc.port("boxes").call("who")
    assert refused.value.code == "chassis.deadline_exceeded"


def test_a_late_reply_is_dropped_and_not_given_to_the_next_call(common: Boxes) -> None:
    with closing(Rpc(common.uri, lines=1)) as rpc:
        boxes = rpc.port("boxes", timeout_s=PATIENCE_S)
        assert boxes.call("who", label="first")["label"] == "first"
        with common.held_up(), pytest.raises(DeadlineExceeded) as late:
            rpc.port("boxes", timeout_s=0.5).call("wait")
        assert (late.value.code, late.value.retryable) == ("chassis.no_reply", True)
        until(lambda: common.messages() == 0)  # it is acknowledged after the reply is sent
        assert boxes.call("who", label="next")["label"] == "next"


@pytest.mark.long  # an attempt waits 3 s
def test_a_connection_that_freezes_costs_one_attempt_and_the_call_goes_by_another(
    common: Boxes,
) -> None:
    with (
        freezing(common.uri) as (uri, freeze),
        closing(Rpc(uri, lines=1)) as rpc,
    ):
        boxes = rpc.port("boxes", timeout_s=PATIENCE_S)
        assert boxes.call("who", label="first")["label"] == "first"
        freeze()
        hurried = rpc.port("boxes", timeout_s=6)
        assert hurried.call("who", label="next")["label"] == "next"


def test_a_broker_that_says_nothing_costs_no_more_than_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(link, "TIMEOUT_S", 2 * PATIENCE_S)  # without a deadline
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"amqp://guest:guest@127.0.0.1:{silent.getsockname()[1]}/"
        with closing(Rpc(uri, timeout_s=1)) as rpc:
            started = time.monotonic()
            with pytest.raises((Unavailable, DeadlineExceeded)):
                rpc.port("boxes").call("who")
    assert time.monotonic() - started < PATIENCE_S


def test_a_call_that_meets_its_own_earlier_attempt_waits_for_it(rpc: Rpc) -> None:
    assert rpc.port("boxes").call("be_in_progress_once", label=str(uuid4())) == "done"


def test_threads_share_few_lines_and_each_gets_its_own_answer(common: Boxes) -> None:
    labels = [str(number) for number in range(100)]
    with closing(Rpc(common.uri, timeout_s=PATIENCE_S, lines=3)) as rpc:
        boxes = rpc.port("boxes")
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda label: boxes.call("who", label=label), labels))
        queues = [
            name for name in common.ctl("list_queues", "name").split() if "reply-guest" in name
        ]
    assert [each["label"] for each in answers] == labels
    assert len(queues) <= 3 + 10  # the service itself calls in one test


def test_who_finds_no_free_line_in_time_is_told(common: Boxes) -> None:
    with (
        closing(Rpc(common.uri, lines=1)) as rpc,
        ThreadPoolExecutor(1) as thread,
    ):
        with common.held_up():
            waiting = thread.submit(rpc.port("boxes", timeout_s=PATIENCE_S).call, "wait")
            until(common.waiting)
            with pytest.raises(DeadlineExceeded) as busy:
                rpc.port("boxes", timeout_s=0.1).call("who")
        assert busy.value.code == "chassis.no_line"
        assert waiting.result() == "waited"


def test_nobody_there_is_unavailable_and_so_is_a_broker_without_rpc(boxes: Boxes) -> None:
    with closing(Rpc(boxes.uri, timeout_s=0.5)) as rpc:
        with pytest.raises(Unavailable) as no_exchange:
            rpc.port("boxes").call("who")
        assert no_exchange.value.code == "chassis.broker_unavailable"
        with kombu.Connection(boxes.uri) as connection:
            EXCHANGE(connection.default_channel).declare()
        with pytest.raises(Unavailable) as nobody:
            rpc.port("boxes").call("who")
        assert nobody.value.code == "chassis.service_unavailable"
    nowhere = Rpc("amqp://x:x@127.0.0.1:1//", timeout_s=0.5)
    with pytest.raises(Unavailable, match="refused"):
        nowhere.port("boxes").call("who")


def test_where_too_many_calls_wait_one_more_is_refused_at_once(broker: Broker) -> None:
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not change")
    one = json.dumps({**limits.CALLS["definition"], "max-length": 1})
    with (
        broker.vhost() as uri,
        kombu.Connection(uri, transport_options={"confirm_publish": True}) as connection,
        connection.SimpleQueue(kombu.Queue("rpc-boxes", EXCHANGE, "boxes.*")) as queue,
        closing(Rpc(uri)) as rpc,
    ):
        where = ("-p", uri.rpartition("/")[2], "--apply-to", "queues")
        broker.ctl("set_policy", *where, "one", limits.CALLS["pattern"], one)
        queue.put("a call that waits", exchange=EXCHANGE, routing_key="boxes.who")
        with deadline.within(PATIENCE_S):
            with pytest.raises(Unavailable) as refused:
                rpc.port("boxes", timeout_s=PATIENCE_S).call("who")
            left_s = deadline.remaining()
        assert refused.value.code == "chassis.service_overloaded"
        assert left_s is not None
        assert left_s > PATIENCE_S / 2  # not only when the deadline was over
        queue.get(timeout=PATIENCE_S).ack()
        with pytest.raises(DeadlineExceeded):  # it is taken, if by nobody's server
            rpc.port("boxes", timeout_s=0.2).call("who")


def test_a_broker_short_of_memory_is_known_at_once_and_nothing_is_run_later(
    common: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "TIMEOUT_S", 2 * PATIENCE_S)  # who is waited for is noticed
    labels = {name: str(uuid4()) for name in ("used", "fresh", "hot")}
    used, fresh, hot = (Rpc(common.uri, timeout_s=PATIENCE_S, lines=1) for _ in labels)
    unknown = Link(common.uri, lambda channel: None)

    def opens(rpc: Rpc, name: str) -> bool:
        more = {"idempotency_key": "hot"} if rpc is hot else {}
        reply = rpc.port("boxes").call("open_box", label=labels[name], **more)
        return bool(reply["version"] == 1)

    def asks_by_an_unknown_exchange() -> bool:
        with unknown.channel():
            unknown.must_take("nowhere", "nobody")
        return True

    def refused(ask: Callable[[], bool]) -> None:
        with deadline.within(PATIENCE_S):
            with pytest.raises(Unavailable) as blocked:
                ask()
            left_s = deadline.remaining()
        assert (blocked.value.code, blocked.value.retryable) == ("chassis.broker_blocked", True)
        assert left_s is not None and left_s > PATIENCE_S / 2

    def goes_on(ask: Callable[[], bool]) -> bool:
        with suppress(Unavailable):
            return ask()
        return False

    def told() -> tuple[float | None, bool]:
        """Return what `/metrics` of a process and the operators' doctor say of the broker."""
        with closing(Link(common.uri, lambda channel: None)) as asking, suppress(Unavailable):
            readiness.ask_broker(asking, "boxes")
        with closing(Link(common.uri, lambda channel: None)) as asking, asking.channel():
            takes = broker_findings.takes_messages(asking).ok
        return REGISTRY.get_sample_value("service_broker_blocked", {"service": "boxes"}), takes

    asks = [
        partial(opens, used, "used"),
        partial(opens, fresh, "fresh"),
        partial(opens, hot, "hot"),
    ]
    with closing(used), closing(fresh), closing(hot), closing(unknown):
        for rpc in (used, hot):
            rpc.port("boxes").call("who")
        assert asks_by_an_unknown_exchange()
        assert told() == (0, True)
        common.broker.ctl("set_vm_memory_high_watermark", "absolute", "1")
        try:
            monkeypatch.setattr(link, "TRUSTED_S", PATIENCE_S)
            refused(asks[-1])  # its message waits in the broker
            monkeypatch.setattr(link, "TRUSTED_S", 0)
            for _ in range(2):
                for ask in asks:
                    refused(ask)
                refused(asks_by_an_unknown_exchange)
            assert told() == (1, False)
        finally:
            common.broker.ctl("set_vm_memory_high_watermark", "0.4")
        for ask in asks:
            until(partial(goes_on, ask))
        assert told() == (0, True)
    assert [common.opened(label) for label in labels.values()] == [1, 1, 1]


def test_a_call_does_not_touch_the_disk_and_names_its_sender(boxes: Boxes) -> None:
    with (
        kombu.Connection(boxes.uri) as connection,
        ThreadPoolExecutor(1) as thread,
        closing(Rpc(boxes.uri, "guest", timeout_s=4)) as rpc,
        connection.SimpleQueue(kombu.Queue("rpc-boxes", EXCHANGE, "boxes.*")) as queue,
    ):
        called = thread.submit(rpc.port("boxes", auth_token="a token").call, "who", label="x")
        message = queue.get(timeout=PATIENCE_S)
        assert message.payload == {"args": [], "kwargs": {"label": "x"}}
        assert message.properties["delivery_mode"] == 1
        assert message.properties["user_id"] == "guest"
        assert message.properties["reply_to"].startswith("reply.guest.")
        assert 1_000 < int(message.properties["expiration"]) <= 2_000  # of the first attempt
        assert 0 < message.headers["nameko.deadline_s"] <= 4
        assert message.headers["nameko.auth_token"] == "a token"
        message.ack()
        again = queue.get(timeout=PATIENCE_S)
        assert again.properties["correlation_id"] == message.properties["correlation_id"]
        again.ack()
        with pytest.raises(DeadlineExceeded):
            called.result()


def test_a_message_that_has_expired_is_never_run(boxes: Boxes) -> None:
    with closing(Rpc(boxes.uri, timeout_s=PATIENCE_S)) as rpc:
        with boxes.served():
            rpc.port("boxes").call("who")
        with pytest.raises(DeadlineExceeded):
            rpc.port("boxes", timeout_s=0.3).call("open_box", label="too late")
        with boxes.served():
            rpc.port("boxes").call("open_box", label="in time")
        assert (boxes.opened("too late"), boxes.opened("in time")) == (0, 1)


def test_a_message_that_was_lost_is_sent_again(common: Boxes, rpc: Rpc) -> None:
    own = ("rpc-boxes", "nameko-rpc", "boxes.*")
    lost = kombu.Queue("lost", EXCHANGE, "boxes.*", auto_delete=True)
    with (
        kombu.Connection(common.uri) as connection,
        ThreadPoolExecutor(1) as thread,
        connection.SimpleQueue(lost) as queue,
    ):
        connection.default_channel.queue_unbind(*own)
        label = str(uuid4())
        called = thread.submit(rpc.port("boxes", timeout_s=10).call, "open_box", label=label)
        first = queue.get(timeout=PATIENCE_S)
        connection.default_channel.queue_bind(*own)
        assert called.result()["version"] == 1
        second = queue.get(timeout=PATIENCE_S)
    assert first.properties["correlation_id"] == second.properties["correlation_id"]
    assert common.opened(label) == 1


def test_a_server_killed_after_the_commit_has_run_the_command_once(boxes: Boxes) -> None:
    with closing(Rpc(boxes.uri, timeout_s=120)) as rpc, ThreadPoolExecutor(1) as thread:
        with boxes.served(DIE="after the commit") as first:
            called = thread.submit(rpc.port("boxes").call, "open_and_die", label="once")
            until(lambda: first.poll() is not None)
        assert boxes.opened("once") == 1
        with boxes.served():
            assert called.result()["version"] == 1
        assert boxes.opened("once") == 1


def test_connections_cut_between_calls_and_in_a_call_change_nothing(boxes: Boxes) -> None:
    with (
        boxes.served(),
        closing(Rpc(boxes.uri, timeout_s=120)) as rpc,
        ThreadPoolExecutor(1) as thread,
    ):
        port = rpc.port("boxes")
        for label in ("first", "second", "third"):
            assert port.call("open_box", label=label)["version"] == 1
            boxes.ctl("close_all_connections", "a test")
        with boxes.held_up():
            called = thread.submit(port.call, "wait")
            until(boxes.waiting)
            boxes.ctl("close_all_connections", "a test")
        assert called.result() == "waited"
        assert [boxes.opened(label) for label in ("first", "second", "third")] == [1, 1, 1]


def test_strangers_share_no_keys_and_services_do(rpc: Rpc, common: Boxes, caller: str) -> None:
    boxes, key = rpc.port("boxes"), str(uuid4())
    one, other = str(uuid4()), str(uuid4())
    first = boxes.call("open_box", label=one, idempotency_key=key)
    assert boxes.call("open_box", label=one, idempotency_key=key) == first
    second = boxes.call("open_box", label=other, idempotency_key=key)
    assert second["id"] != first["id"]
    with closing(Rpc(caller, "caller")) as service:
        port = service.port("boxes")
        port.call("open_box", label=str(uuid4()), idempotency_key=key)
        with pytest.raises(Rejected) as mismatch:
            port.call("open_box", label=str(uuid4()), idempotency_key=key)
    assert mismatch.value.code == "chassis.idempotency_mismatch"


def test_a_plain_nameko_client_is_served(common: Boxes) -> None:
    register_errors()
    with ClusterRpcProxy({"AMQP_URI": common.uri}, timeout=PATIENCE_S) as cluster:
        assert cluster.boxes.who(label="plain")["label"] == "plain"
        with pytest.raises(Rejected, match="on purpose"):
            cluster.boxes.fail(label="Rejected")
        label = uuid4()  # kombu sends it as what it is
        assert cluster.boxes.who(label=str(label))["remaining_s"] is None
        with pytest.raises(Invalid):
            cluster.boxes.open_box(label=label)
