"""What each broker user may do, and what RabbitMQ refuses it; for all of them the same table."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import amqp
import pytest

from chassis.broker.link import Link
from chassis.broker.rpc import Rpc
from chassis.errors import Forbidden, Unavailable
from contracts import ASKS, BROKER_USERS, HEARS, SERVICES
from integration.stages.nameko_process import line, nameko_process
from integration.stages.suite_broker import VHOST, As, ctl_command, suite_broker
from servers.rabbit import Broker
from suitectl import keys, limits
from suitectl.broker_admin import Ctl
from suitectl.definitions import definitions
from suitectl.inventory import Inventory, Postgres, Rabbit
from suitectl.limits import OfUser
from waiting import until

RPC = "nameko-rpc"
ALLOWED, REFUSED, FORGED = 0, 403, 406
PATIENCE_S = 60.0
EFFECTIVE = r"""
[io:format("~s has ~s~n", [element(4, amqqueue:get_name(Queue)), Key])
    || Queue <- rabbit_amqqueue:list(<<"ai-studio">>),
    Key <- [<<"expires">>, <<"max-length">>, <<"max-length-bytes">>, <<"message-ttl">>,
        <<"overflow">>],
    rabbit_policy:get(Key, Queue) =/= undefined].
"""
Login = Callable[[str], As]

INVENTORY = Inventory(
    services=SERVICES,
    callers=("web",),
    nameko_callers=("old_web",),
    limits=(OfUser(user="small", connections=2, channels=3),),
    secrets="unused",
    postgres=Postgres(admin_url="postgresql://postgres@localhost/postgres"),
    rabbitmq=Rabbit(host="localhost", vhost=VHOST, definitions="unused"),
)
CONSUMERS = {
    "ledger": {"types": ["billing.invoice_paid", "billing.invoice_issued", "auth.user_banned"]},
    "oldstyle": {"types": ["billing.invoice_paid"], "declares": ["events", "rpc"]},
    "small": {"types": ["billing.invoice_paid"]},
}


@pytest.fixture(scope="module")
def own_broker(run_folder: Path) -> Iterator[Broker]:
    with suite_broker(run_folder / "rights") as broker:
        yield broker


@pytest.fixture(scope="module")
def login(own_broker: Broker) -> Iterator[Login]:
    """Connect as a user of a broker that was empty before the definitions were imported."""
    whole = keys.completed({"consumers": CONSUMERS}, SERVICES, INVENTORY.users)
    Ctl(command=ctl_command(own_broker)).import_(definitions(INVENTORY, whole))
    opened: dict[str, As] = {}

    def connected(user: str) -> As:
        if user not in opened:
            opened[user] = As(own_broker, user, whole["broker"][user])
        return opened[user]

    # every service has started once: its queue and its exchange are there
    for service in SERVICES:
        started = connected(service)
        assert started.declare(f"rpc-{service}") == ALLOWED
        assert started.bind(f"rpc-{service}", RPC, f"{service}.*") == ALLOWED
        for name in (f"{service}.told", f"{service}.events"):
            assert started.declare_exchange(name) == ALLOWED
    yield connected
    for each in opened.values():
        each.close()


def reply_key(user: str) -> str:
    return f"reply.{user}.{uuid4()}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_its_sources_and_no_other(login: Login, service: str) -> None:
    user = login(service)
    for source in SERVICES:
        for queue in (f"{service}.hears.{source}", f"{service}.12of16.hears.{source}"):
            assert user.declare(queue, **{"x-queue-type": "quorum"}) == ALLOWED
            heard = ALLOWED if source in HEARS[service] else REFUSED
            own = ALLOWED if source == service else heard  # its outlet is bound there
            assert user.bind(queue, f"{source}.told", "#") == own
            # as an older version did: to be unbound
            assert user.bind(queue, f"{source}.events", "#") == heard
            assert user.consume(queue) == ALLOWED
    if service != "auth":
        revocations = f"{service}.revocations.hears.auth"
        assert user.declare(revocations, **{"x-queue-type": "quorum"}) == ALLOWED
        assert user.bind(revocations, "auth.told", "#") == ALLOWED
    outlet = {"x-queue-type": "quorum", "x-dead-letter-exchange": f"{service}.events"}
    assert user.declare(f"{service}.outlet", **outlet) == ALLOWED


@pytest.mark.asvs("13.2.2")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_calls_whom_it_needs_and_nobody_else(login: Login, service: str) -> None:
    user = login(service)
    for target in SERVICES:
        expected = ALLOWED if target in HEARS[service] else REFUSED
        assert user.publish(RPC, f"{target}.describe", user_id=service) == expected, target
    for asked in ASKS[service]:
        target = asked.partition(".")[0]
        assert user.publish(RPC, asked) == ALLOWED, asked
        for not_asked in (f"{asked}s", f"{target}.me", f"{target}.create_project"):
            assert user.publish(RPC, not_asked) == REFUSED, not_asked
    for around in ("", "#", "*", "auth", "auth.", "authx.describe", "auth.describe.more"):
        assert user.publish(RPC, around) == REFUSED, around


def test_a_call_that_was_not_granted_is_forbidden_at_once(login: Login) -> None:
    with closing(Rpc(login("affiliate").uri, "affiliate", timeout_s=PATIENCE_S)) as rpc:
        with pytest.raises(Forbidden) as refused:
            rpc.port("billing").call("create_invoices")
        assert refused.value.code == "chassis.refused_by_broker"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_takes_its_own_calls_and_replies_to_whoever_called(
    login: Login, service: str
) -> None:
    user = login(service)
    assert user.bind(f"rpc-{service}", RPC, f"{service}.*") == ALLOWED
    assert user.consume(f"rpc-{service}") == ALLOWED
    for key in (*(reply_key(each) for each in (*BROKER_USERS, "web", "ledger")), str(uuid4())):
        assert user.publish(RPC, key) == ALLOWED, key


@pytest.mark.parametrize("user", [*BROKER_USERS, "web", "ledger"])
def test_a_caller_hears_its_own_replies_alone(login: Login, user: str) -> None:
    one = login(user)
    queue = f"rpc.reply-{user}-{uuid4()}"
    assert one.declare(queue, **{"x-expires": 60_000}) == ALLOWED
    assert one.bind(queue, RPC, reply_key(user)) == ALLOWED
    others = [each for each in BROKER_USERS if each != user]
    keys = ["#", "*", "*.*", "reply.#", "auth.*" if user != "auth" else "billing.*"]
    keys += [f"reply.{user}.#", f"reply.{user}.*", "reply.*.*", *map(reply_key, others)]
    keys += [f"{each}.*" for each in SERVICES if each != user]
    for key in keys:
        assert one.bind(queue, RPC, key) == REFUSED, key


@pytest.mark.parametrize("user", BROKER_USERS)
def test_only_who_has_an_exchange_tells_on_it(login: Login, user: str) -> None:
    one = login(user)
    for service in SERVICES:
        expected = ALLOWED if service == user else REFUSED
        for exchange in (f"{service}.told", f"{service}.events"):
            assert one.publish(exchange, "something_happened") == expected, exchange
    if user in SERVICES:
        # an alternate exchange would take this on to nameko-rpc
        assert one.publish(f"{user}.told", "auth.sign_in") == REFUSED
        assert one.publish(f"{user}.events", "auth.sign_in") == REFUSED


@pytest.mark.parametrize("user", [*BROKER_USERS, "web", "ledger"])
def test_nobody_reaches_into_what_another_declared(login: Login, user: str) -> None:
    one = login(user)
    for other in (each for each in SERVICES if each != user):
        queue = f"rpc-{other}"
        assert one.consume(queue) == REFUSED
        assert one.purge(queue) == REFUSED
        assert one.delete_queue(queue) == REFUSED
        assert one.declare(f"{other}.hears.auth") == REFUSED
        assert one.declare(f"rpc.reply-{other}-{uuid4()}") == REFUSED
        assert one.declare(f"{other}.outlet") == REFUSED
        for exchange in (f"{other}.told", f"{other}.events"):
            assert one.declare_exchange(exchange) == REFUSED
            assert one.delete_exchange(exchange) == REFUSED
        assert one.publish("", queue) == REFUSED  # the default exchange reaches every queue
    assert one.bind_exchange(f"{user}.events", RPC, "auth.sign_in") == REFUSED
    assert one.declare("anything") == REFUSED


@pytest.mark.parametrize("user", [*BROKER_USERS, "web", "ledger"])
def test_the_exchange_of_calls_is_found_but_not_made_or_taken_away(login: Login, user: str) -> None:
    one = login(user)
    assert one.declare_exchange(RPC, passive=True) == ALLOWED
    assert one.declare_exchange(RPC) == REFUSED
    assert one.delete_exchange(RPC) == REFUSED


@pytest.mark.asvs("13.2.1")
@pytest.mark.parametrize("user", ["affiliate", "operator", "web", "ledger"])
def test_a_call_in_the_name_of_another_is_refused(login: Login, user: str) -> None:
    assert login(user).publish(RPC, "billing.events_read", user_id=user) == ALLOWED
    assert login(user).publish(RPC, "billing.events_read", user_id="video") == FORGED


@pytest.mark.parametrize("target", SERVICES)
def test_the_operator_reads_feeds_and_a_caller_calls_everything(login: Login, target: str) -> None:
    assert login("operator").publish(RPC, f"{target}.events_read") == ALLOWED
    assert login("operator").publish(RPC, f"{target}.describe") == ALLOWED
    assert login("operator").publish(RPC, f"{target}.sign_in") == REFUSED
    assert login("web").publish(RPC, f"{target}.create_project") == ALLOWED
    assert login("old_web").publish(RPC, f"{target}.create_project") == ALLOWED
    for caller in ("web", "old_web"):
        assert login(caller).publish(RPC, reply_key("billing")) == REFUSED  # it answers nobody


def test_another_teams_service_hears_the_types_it_was_given(login: Login) -> None:
    ledger = login("ledger")
    for queue in ("evt-billing-invoice_paid--ledger.on_paid", "ledger.hears.billing"):
        assert ledger.declare(queue) == ALLOWED
        assert ledger.bind(queue, "billing.events", "invoice_paid") == ALLOWED
        assert ledger.bind(queue, "billing.events", "invoice_issued") == ALLOWED
        assert ledger.bind(queue, "auth.events", "user_banned") == ALLOWED
        for key in ("#", "*", "invoice_*", "payment_cleared", "user_banned"):
            assert ledger.bind(queue, "billing.events", key) == REFUSED, key
        assert ledger.bind(queue, "auth.events", "workspace_created") == REFUSED
        # of that one it could stop the suite
        assert ledger.bind(queue, "billing.told", "invoice_paid") == REFUSED
        assert ledger.bind(queue, "media.events", "project_completed") == REFUSED
        assert ledger.consume(queue) == ALLOWED
    for queue in (
        "evt-billing-invoice_paid",
        "evt-billing-invoice_paid--billing.on_paid",
        "evt-billing-payment_cleared--ledger.on_cleared",
        "evt-auth-user_banned--other.on_ban",
    ):
        assert ledger.declare(queue) == REFUSED, queue


def test_another_teams_service_calls_its_sources_and_tells_nobody(login: Login) -> None:
    ledger = login("ledger")
    assert ledger.publish(RPC, "billing.events_read", user_id="ledger") == ALLOWED
    assert ledger.publish(RPC, "media.describe") == REFUSED
    assert ledger.publish(RPC, "auth.sign_in") == REFUSED
    assert ledger.publish("billing.events", "invoice_paid") == REFUSED
    queue = f"rpc.reply-ledger-{uuid4()}"
    assert ledger.declare(queue) == ALLOWED
    assert ledger.bind(queue, RPC, str(uuid4())) == ALLOWED  # a plain nameko caller's reply key


def test_what_nameko_declares_is_granted_by_name_alone(login: Login) -> None:
    for name in (RPC, "billing.events"):
        assert login("ledger").declare_exchange(name) == REFUSED
        assert login("oldstyle").declare_exchange(name) == ALLOWED
    assert login("oldstyle").declare_exchange("auth.events") == REFUSED


PLAIN = """
import sys
from nameko.containers import ServiceContainer
from nameko.events import event_handler

class Ledger:
    name = "ledger"

    @event_handler("billing", "invoice_paid")
    def on_paid(self, data):
        print(data["series"], flush=True)

container = ServiceContainer(
    Ledger, {"AMQP_URI": sys.argv[1], "DECLARE_EVENT_EXCHANGES": False}
)
"""


def test_a_plain_nameko_service_hears_what_it_was_given(login: Login) -> None:
    with nameko_process(PLAIN, login("ledger").uri) as ledger:
        data = '{"series": "A"}'
        assert login("billing").publish("billing.events", "invoice_paid", data) == ALLOWED
        assert line(ledger) == "A"


CALLER = """
import sys
from nameko.standalone.rpc import ClusterRpcProxy

print("ready", flush=True)
with ClusterRpcProxy({"AMQP_URI": sys.argv[1]}, timeout=20) as cluster:
    waiting = cluster.billing.describe.call_async()
    print("called", flush=True)
    print(waiting.result())
"""


@pytest.mark.parametrize("user", ["oldstyle", "old_web"])
def test_nameko_calls_by_itself_where_it_may_declare(login: Login, user: str) -> None:
    billing = login("billing")
    billing.purge("rpc-billing")
    with python(CALLER, login(user).uri) as caller:
        assert (line(caller), line(caller)) == ("ready", "called")  # and confirmed
        call = billing.take("rpc-billing")
        assert call is not None
        assert UUID(call.properties["reply_to"])
        answer = '{"result": "it is billing", "error": null}'
        named = {"correlation_id": call.properties["correlation_id"], "content_encoding": "utf-8"}
        assert billing.publish(RPC, call.properties["reply_to"], answer, **named) == ALLOWED
        assert line(caller) == "it is billing"


def test_nameko_does_not_call_by_itself_elsewhere(login: Login) -> None:
    with python(CALLER, login("ledger").uri) as caller:
        assert line(caller) == "ready"
        with pytest.raises(AssertionError, match="the process ended: b''"):
            line(caller)


def python(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    return subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, bufsize=0)


def test_a_call_reaches_its_service_and_the_reply_its_caller(login: Login) -> None:
    affiliate, billing = login("affiliate"), login("billing")
    queue, key = f"rpc.reply-affiliate-{uuid4()}", reply_key("affiliate")
    affiliate.declare(queue)
    affiliate.bind(queue, RPC, key)
    billing.purge("rpc-billing")

    sent = affiliate.publish(
        RPC, "billing.describe", mandatory=True, user_id="affiliate", reply_to=key
    )

    assert sent == ALLOWED
    call = billing.take("rpc-billing")
    assert call is not None
    assert call.properties["user_id"] == "affiliate"
    assert billing.publish(RPC, call.properties["reply_to"], mandatory=True) == ALLOWED
    assert affiliate.take(queue) is not None


def test_what_passes_by_the_topics_is_still_in_its_senders_name(login: Login) -> None:
    """RabbitMQ does not ask for topics when a queue's messages expire into an exchange."""
    affiliate, media = login("affiliate"), login("media")
    queue, key = f"rpc.reply-affiliate-{uuid4()}", reply_key("affiliate")
    to_media = {"x-dead-letter-exchange": RPC, "x-dead-letter-routing-key": "media.describe"}
    assert affiliate.declare(queue, **{"x-message-ttl": 0, **to_media}) == ALLOWED
    assert affiliate.bind(queue, RPC, key) == ALLOWED
    media.purge("rpc-media")

    assert affiliate.publish(RPC, key, user_id="affiliate") == ALLOWED

    deadline, call = time.monotonic() + 20, None
    while call is None and time.monotonic() < deadline:
        call = media.take("rpc-media")
    assert call is not None
    assert call.properties["user_id"] == "affiliate"
    to_events = {"x-dead-letter-exchange": "billing.events"}
    assert affiliate.declare(f"rpc.reply-affiliate-{uuid4()}", **to_events) == REFUSED


def test_calls_wait_a_minute_at_the_most(own_broker: Broker, login: Login) -> None:
    login("auth")
    listed = own_broker.ctl("list_queues", "-p", VHOST, "--no-table-headers", "name", "policy")
    policies = dict(line.split("\t") for line in listed.splitlines())
    assert {policies[f"rpc-{service}"] for service in SERVICES} == {"rpc-expires"}
    assert {policies[each] for each in policies if ".hears." in each} == {""}
    (each,) = json.loads(own_broker.ctl("list_policies", "-p", VHOST, "--formatter=json"))
    assert json.loads(each["definition"])["message-ttl"] == 60_000


def test_what_the_suite_did_not_declare_is_bounded_though_it_was_there_before(
    own_broker: Broker, login: Login
) -> None:
    ledger = login("ledger")
    for kind in ("classic", "quorum", "stream"):
        assert ledger.declare(f"ledger.{kind}", **{"x-queue-type": kind}) == ALLOWED
    assert ledger.declare("rpc-ledger") == ALLOWED
    assert login("auth").declare("auth.hears.media", **{"x-queue-type": "quorum"}) == ALLOWED
    for name in limits.OTHERS:
        own_broker.ctl("clear_operator_policy", "-p", VHOST, name)

    whole = keys.completed({"consumers": CONSUMERS}, SERVICES, INVENTORY.users)
    part = {"parameters": definitions(INVENTORY, whole)["parameters"]}
    Ctl(command=ctl_command(own_broker)).import_(part)

    found: dict[str, set[str]] = {}
    for listed in own_broker.ctl("eval", EFFECTIVE).splitlines():
        queue, _, key = listed.partition(" has ")
        found.setdefault(queue, set()).add(key)
    bounded = {"expires", "max-length", "max-length-bytes"}
    assert found["ledger.classic"] == found["ledger.quorum"] == bounded
    assert found["ledger.stream"] == {"max-length-bytes"}
    assert found["rpc-ledger"] == found["rpc-auth"] == {*bounded, "message-ttl", "overflow"}
    assert "auth.hears.media" not in found


def test_who_opens_one_too_many_is_refused(login: Login) -> None:
    uri = login("small").uri  # the first of two
    with (
        closing(Link(uri, lambda channel: None)) as second,
        closing(Link(uri, lambda channel: None)) as third,
        second.channel(),
    ):
        until(lambda: "user connection limit (2) is reached" in refusal_of(third))
    with closing(Link(uri, three_more)) as one:
        until(lambda: "maximum allowed user limit of (3)" in refusal_of(one))
    login("ledger")  # nobody else is held up


def three_more(channel: amqp.Channel) -> None:
    for _ in range(3):
        channel.connection.channel()


def refusal_of(link: Link) -> str:
    """Return why the broker lets nobody in, once there is a reason; the broker counts late."""
    try:
        with link.channel():
            link.close()
    except Unavailable as refused:
        return refused.message
    return ""


def test_no_user_of_the_suite_administers_or_impersonates(own_broker: Broker, login: Login) -> None:
    login("auth")
    listed = own_broker.ctl("list_users", "--no-table-headers")
    tags = dict(line.split("\t") for line in listed.splitlines())
    assert {tags[user] for user in (*BROKER_USERS, "web", "ledger")} == {"[]"}
