"""What Stripe tells is kept and done once, in whatever order and however often it is told."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from itertools import permutations
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.serving import make_server

from billing.domain import payment
from billing.domain.payment_messages import OpenCheckout
from billing.domain.payment_states import Advance, Required
from billing.domain.pricing import Price
from billing.gateways.stripe_client import client
from billing.names import payment_id
from chassis.identity import service_actor
from chassis.unit.calls import Call
from integration.stages.billing_shop import STRIPE_SECRET, Billing, billing_shop
from integration.stages.box_database import all_at_once
from integration.stages.card_buyers import Buyer
from integration.stages.card_news import News
from servers.postgres import Server
from stand_ins.stripe.deliveries import signature
from stand_ins.stripe.stand_in import StandIn

Target = dict[str, Any]


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    folder = tmp_path_factory.mktemp("blobs")
    with StandIn() as stripe, billing_shop(postgres_server, folder, stripe) as shop:
        yield shop


@pytest.fixture
def news(shop: Billing) -> News:
    return News(shop)


@pytest.fixture
def buyer(shop: Billing) -> Buyer:
    return Buyer(shop)


def opened(buyer: Buyer, target: Target) -> str:
    """Begin a Checkout; return Stripe's id of it."""
    buyer.start(target)
    return str(buyer.at_stripe("checkout.session", "open")[-1]["id"])


def row(shop: Billing, target: Target) -> dict[str, Any]:
    """Return what is shown of a payment, but when it was."""
    query = "select * from project_payment where project_id = %(id)s"
    (found,) = shop.rows(query, id=target["target_id"])
    passing = ("id", "project_id", "workspace_id", "created_at", "updated_at", "cleared_at")
    ids = ("stripe_checkout_session_id", "stripe_payment_intent_id", "paid_at", "expires_at")
    return {name: value for name, value in found.items() if name not in (*passing, *ids)}


def payment_of(target: Target) -> UUID:
    return payment_id(target["target_kind"], UUID(target["target_id"]))


def events_of(shop: Billing, target: Target) -> list[str]:
    """Return the types of what happened to a payment."""
    query = "select type from events where stream_id = %(name)s order by version"
    return [each["type"] for each in shop.rows(query, name=f"payment-{payment_of(target)}")]


def test_a_paid_checkout_clears_its_target_once(shop: Billing, buyer: Buyer, news: News) -> None:
    target = buyer.want()
    shop.stripe.pay(opened(buyer, target))
    events = news.new()
    news.all([*events, *events])

    assert isinstance(buyer.stands(target), Advance)
    assert events_of(shop, target).count("TargetCleared") == 1
    told = {each["type"]: news.outcome(each) for each in events}
    assert told["checkout.session.completed"] == told["payment_intent.succeeded"] == "applied"
    assert told["payment_intent.created"] == "ignored"


def test_all_orders_of_the_four_checkout_events_end_in_the_same_row(shop: Billing) -> None:
    """As an attempt is paid and expires at once, and fails before: what is paid is paid."""
    buyer, news, rows = Buyer(shop), News(shop), []
    for order in permutations(range(4)):
        target = buyer.want()
        _tried(shop, target)
        paid = {
            "id": "cs_1",
            "status": "complete",
            "payment_status": "paid",
            "amount_total": 125_000,
            "currency": "nok",
            "payment_intent": f"pi_{payment_of(target).hex}",
            "metadata": {"payment_id": str(payment_of(target)), "attempt": "1"},
        }
        unpaid = {**paid, "payment_status": "unpaid"}
        four = [
            _event("checkout.session.completed", paid),
            _event("checkout.session.async_payment_succeeded", paid),
            _event("checkout.session.async_payment_failed", unpaid),
            _event("checkout.session.expired", {**unpaid, "status": "expired"}),
        ]
        for n in order:
            assert news.tell(four[n])[0] == 200
        assert isinstance(buyer.stands(target), Advance)
        rows.append(row(shop, target))

    assert all(each == rows[0] for each in rows)


def _tried(shop: Billing, target: Target) -> None:
    """Note a session as its first attempt."""
    command = OpenCheckout(
        attempt=1,
        session_id="cs_1",
        price=Price(price_ore=100_000, price_version=0),
        vat_rate_bp=2_500,
        amount_ore=125_000,
        expires_at=shop.now + timedelta(hours=24),
    )
    app = shop.parts.app
    call = Call(id=uuid4(), at=shop.now, actor=service_actor("billing"), correlation_id="tried")
    app.attempt(call, lambda unit: unit.decide(payment.decider, payment_of(target), command))


def _event(type: str, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"evt_{uuid4().hex}",
        "type": type,
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "created": 1_772_000_000,
        "data": {"object": about},
    }


def test_a_checkout_that_expires_lets_the_next_one_begin(
    shop: Billing, buyer: Buyer, news: News
) -> None:
    target = buyer.want()
    opened(buyer, target)
    shop.pass_seconds(24 * 3_600)
    news.all()

    assert isinstance(buyer.stands(target), Required)
    shop.stripe.pay(opened(buyer, target))
    news.all()
    assert isinstance(buyer.stands(target), Advance)


def test_a_hundred_copies_at_once_over_http_clear_once(
    shop: Billing, buyer: Buyer, news: News
) -> None:
    target = buyer.want()
    shop.stripe.pay(opened(buyer, target))
    (completed,) = (e for e in news.new() if e["type"] == "checkout.session.completed")
    body = json.dumps(completed).encode()
    headers = {"Stripe-Signature": signature(body, STRIPE_SECRET, int(shop.now.timestamp()))}
    server = make_server("127.0.0.1", 0, shop.parts.web, threaded=True)
    serving = Thread(target=server.serve_forever, args=(0.02,))
    serving.start()

    def post() -> int:
        link = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        link.request("POST", "/webhooks/stripe", body, headers)
        status = link.getresponse().status
        link.close()
        return status

    try:
        assert all_at_once([post] * 100) == [200] * 100
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
    assert events_of(shop, target).count("TargetCleared") == 1
    query = (
        "select outbox from events where outbox ->> 'type' = 'billing.payment_cleared'"
        " and outbox -> 'data' ->> 'target_id' = %(id)s"
    )
    assert len(shop.rows(query, id=target["target_id"])) == 1


def test_of_two_sessions_that_are_paid_one_clears_and_the_other_goes_back(
    shop: Billing, buyer: Buyer, news: News
) -> None:
    target = buyer.want()
    shop.stripe.pay(opened(buyer, target))
    shop.pass_seconds(24 * 3_600)  # and its word is late
    shop.stripe.pay(opened(buyer, target))
    events = [e for e in news.new() if e["type"] == "payment_intent.succeeded"]
    assert len(events) == 2
    news.all(reversed(events))

    assert events_of(shop, target).count("TargetCleared") == 1
    query = "select amount_ore, cause, payment_intent_id from refund where target_id = %(id)s"
    (back,) = shop.rows(query, id=target["target_id"])
    first = events[0]["data"]["object"]["id"]
    assert back == {"amount_ore": 125_000, "cause": "paid_twice", "payment_intent_id": first}
    assert shop.broken() == {}


@pytest.mark.parametrize(
    ("paid", "became", "held"),
    [
        ({"amount": 124_999}, "applied", ["amount_mismatch"]),
        ({"currency": "sek"}, "other_currency", []),
    ],
)
def test_another_amount_goes_back_and_of_another_currency_nothing_is_written(
    shop: Billing, buyer: Buyer, news: News, paid: Any, became: str, held: list[str]
) -> None:
    target = buyer.want()
    session_id = opened(buyer, target)
    first = buyer.start(target)
    shop.stripe.pay(session_id, **paid)
    events = [e for e in news.new() if e["type"] == "checkout.session.completed"]
    news.all(events)

    assert [news.outcome(each) for each in events] == [became]
    assert "TargetCleared" not in events_of(shop, target)
    query = "select cause from refund where target_id = %(id)s"
    assert [each["cause"] for each in shop.rows(query, id=target["target_id"])] == held
    if held:  # nobody is sent to a page that was paid already
        assert buyer.start(target)["url"] != first["url"]


def test_what_is_paid_for_a_deleted_target_goes_back(
    shop: Billing, buyer: Buyer, news: News
) -> None:
    target = buyer.want()
    session_id = opened(buyer, target)
    buyer.delete(target)
    shop.stripe.pay(session_id)
    news.all()

    query = "select cause from refund where payment_id = %(id)s"
    assert [e["cause"] for e in shop.rows(query, id=str(payment_of(target)))] == ["target_gone"]


def test_an_unknown_payment_is_kept_and_somebody_elses_ignored(news: News) -> None:
    session = {
        "id": "cs_1",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 125_000,
        "currency": "nok",
        "payment_intent": "pi_nobodys",
        "metadata": {"payment_id": str(uuid4()), "attempt": "1"},
    }
    unknown = _event("checkout.session.completed", session)
    not_ours = _event("checkout.session.completed", {**session, "metadata": {"shop": "2"}})
    lost = {"id": "re_1", "amount": 1, "currency": "nok", "payment_intent": "pi_1"}
    ours = {"status": "failed", "created": 1, "metadata": {"refund_id": str(uuid4())}}
    no_refund = _event("refund.failed", {**lost, **ours})
    for event in (unknown, not_ours, no_refund):
        assert news.tell(event)[0] == 200

    became = [news.outcome(each) for each in (unknown, not_ours, no_refund)]
    assert became == ["unknown", "ignored", "unknown"]


def test_what_only_names_an_intent_of_somebody_else_is_asked_for_and_ignored(
    shop: Billing, news: News
) -> None:
    intent = _paid_by_others(shop)
    shop.stripe.refund_in_dashboard(intent)
    shop.stripe.dispute(intent, "lost")
    events = [e for e in news.new() if e["type"].startswith(("charge.", "refund."))]
    assert len(events) > 3
    for event in events:
        assert news.tell(event)[0] == 200
    assert {news.outcome(each) for each in events} == {"asked", "ignored"}  # charge.succeeded
    news.look()

    assert {news.outcome(each) for each in events} == {"ignored"}
    assert shop.rows("select * from dispute") == []


def _paid_by_others(shop: Billing) -> str:
    made = client("rk_test_only_for_tests", shop.stripe.url).v1.payment_intents.create(
        {
            "amount": 5_000,
            "currency": "nok",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    return made.id


def test_an_event_that_is_told_twice_is_done_once(shop: Billing, news: News) -> None:
    intent_id = f"pi_{uuid4().hex}"
    refunded = {"id": "ch_1", "object": "charge", "payment_intent": intent_id}
    event = _event("charge.refunded", refunded)
    for _ in range(2):
        assert news.tell(event)[0] == 200

    query = "select count(*) as n from jobs where args ->> 'intent_id' = %(id)s"
    assert shop.rows(query, id=intent_id) == [{"n": 1}]


def test_bad_input_is_refused_and_nothing_is_kept(shop: Billing, news: News) -> None:
    event = _event("checkout.session.completed", {"id": "cs_1"})
    body = json.dumps(event).encode()
    before = shop.rows("select count(*) as n from stripe_event")

    assert news.post(body, secret="whsec_of_others")[0] == 400
    assert news.post(body, seconds_off=-301)[0] == 400
    assert news.post(body, seconds_off=301)[0] == 400
    assert news.post(b"{" + b" " * (2 << 20))[0] == 413
    assert news.tell(event, livemode=True)[0] == 400
    assert news.tell(event, api_version="2026-12-01.clover")[0] == 400
    broken = {**event, "data": {"object": {"id": "cs_1", "metadata": _OURS}}}
    assert news.tell(broken)[0] == 400
    assert shop.rows("select count(*) as n from stripe_event") == before


_OURS = {"payment_id": str(uuid4()), "attempt": "1"}
