"""Our stand-in for Stripe, asked by the official library, beside a Stripe that others wrote.

Nothing here has met Stripe itself: what is checked is that the library takes the answers for
Stripe's, and that two who read the same documentation agree.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from billing.gateways.stripe import verify
from integration.stages import card_witness
from integration.stages.stripe_shapes import OF, flaws
from integration.stages.stripe_webhook import SECRET, Webhook, webhook
from integration.stages.stripe_witness import asked, client, localstripe
from stand_ins.stripe import cards, server
from stand_ins.stripe.deliveries import signature
from stand_ins.stripe.refusals import Refused
from stand_ins.stripe.stand_in import StandIn
from stand_ins.stripe.state import API_VERSION

DAY_S = 24 * 3600
ITEM: Any = {
    "price_data": {"currency": "nok", "unit_amount": 125_000, "product_data": {"name": "Film"}},
    "quantity": 1,
}
ORDERED: Any = {
    "mode": "payment",
    "success_url": "http://studio.test/paid?session={CHECKOUT_SESSION_ID}",
    "line_items": [ITEM],
    "allowed_payment_method_types": ["card"],
    "adaptive_pricing": {"enabled": False},
    "client_reference_id": "p",
    "payment_intent_data": {"setup_future_usage": "off_session", "metadata": {"payment_id": "p"}},
    "metadata": {"payment_id": "p"},
}
NO_CODE = "its refusals have no code"
OTHERWISE = {  # what localstripe answers, and why ours does not
    "the same key again": ("another", "it knows no idempotency keys"),
    "unknown customer": ("InvalidRequestError 404 None", NO_CODE),
    "customers found": ("InvalidRequestError 404 None", "it knows no search"),
    "authenticated card": (
        "payment_intent requires_action 125000 nok",
        "it answers as if the buyer were there; Stripe refuses with authentication_required",
    ),
    "payments of a customer": ("InvalidRequestError 400 None", "it refuses `customer`"),
    "unknown card": ("InvalidRequestError 404 None", NO_CODE),
    "nothing to pay": ("InvalidRequestError 400 None", NO_CODE),
    "cancelled after it was paid": ("InvalidRequestError 400 None", NO_CODE),
    "refunded above what is left": ("refund succeeded 125000 nok", "it has no bound on refunds"),
    "unknown payment refunded": ("InvalidRequestError 404 None", NO_CODE),
    "disputes": ("APIError 404 None", "it knows none"),
}


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as made:
        yield made


@pytest.fixture
def v1(stand_in: StandIn) -> Any:
    return client(stand_in.url).v1


@pytest.fixture
def hook(stand_in: StandIn) -> Iterator[Webhook]:
    with webhook() as made:
        stand_in.listen(made.url, SECRET)
        yield made


def ordered(v1: Any, **changed: Any) -> Any:
    """Return an open session of a customer's."""
    customer = v1.customers.create({"name": "Kari", "email": "kari@example.com"})
    return v1.checkout.sessions.create({**ORDERED, "customer": customer.id, **changed})


def bought(stand_in: StandIn, v1: Any) -> str:
    """Return the intent of a payment of 1 250 kroner."""
    return str(stand_in.pay(ordered(v1).id)["payment_intent"])


def test_localstripe_answers_the_same_but_where_it_is_known_to_differ(stand_in: StandIn) -> None:
    with localstripe() as url:
        theirs = asked(url)
    ours = asked(stand_in.url)
    differing = {name: said for name, said in theirs.items() if ours[name] != said}
    assert differing == {name: said for name, (said, _) in OTHERWISE.items()}


def test_a_checkout_is_paid_by_one_call_and_saves_the_card(
    stand_in: StandIn, v1: Any, hook: Webhook
) -> None:
    session = ordered(v1)
    assert (session.status, session.payment_status, session.amount_total) == (
        "open",
        "unpaid",
        125_000,
    )
    stand_in.pay(session.id)
    paid = v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    intent = paid.payment_intent
    assert (intent.metadata["payment_id"], intent.latest_charge.amount) == ("p", 125_000)
    (saved,) = v1.payment_methods.list({"customer": session.customer}).data
    again: Any = {"amount": 125_000, "currency": "nok", "confirm": True, "off_session": True}
    again |= {"customer": session.customer, "payment_method": saved.id}
    assert v1.payment_intents.create(again).status == "succeeded"
    (listed,) = v1.checkout.sessions.list({"payment_intent": intent.id}).data
    assert listed.id == session.id
    assert stand_in.wait_told()
    assert hook.types[:4] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_its_pages_say_that_they_are_a_stand_ins_and_pay(stand_in: StandIn, v1: Any) -> None:
    session = ordered(v1)
    shown = requests.get(session.url, timeout=10)
    assert "This is a stand-in, not Stripe" in shown.text and "1250.00 NOK" in shown.text
    assert shown.headers["Stand-In"].startswith("stripe")
    declined = requests.post(session.url, {"card": cards.DECLINED}, timeout=10)
    assert "Your card was declined" in declined.text
    sent = requests.post(session.url, {"card": cards.GOOD}, allow_redirects=False, timeout=10)
    assert sent.headers["Location"] == f"http://studio.test/paid?session={session.id}"
    assert v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    portal = v1.billing_portal.sessions.create({"customer": session.customer})
    assert "This is a stand-in, not Stripe" in requests.get(portal.url, timeout=10).text


def test_a_declined_card_leaves_the_checkout_open(stand_in: StandIn, v1: Any) -> None:
    session = ordered(v1)
    with pytest.raises(Refused, match="declined"):
        stand_in.pay(session.id, cards.DECLINED)
    left = v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert left.status == "open"
    assert left.payment_intent.last_payment_error.code == "card_declined"
    assert stand_in.pay(session.id)["payment_intent"] == left.payment_intent.id


def test_a_card_that_needs_its_buyer_is_refused_off_session_and_good_once_it_was_set_up(
    stand_in: StandIn, v1: Any
) -> None:
    customer = v1.customers.create({"name": "Kari"})
    about: Any = {"amount": 125_000, "currency": "nok", "confirm": True, "off_session": True}
    about |= {"customer": customer.id, "payment_method": "pm_card_authenticationRequiredOnSetup"}
    with pytest.raises(stripe.CardError) as refused:
        v1.payment_intents.create(about)
    assert (refused.value.http_status, refused.value.code) == (402, "authentication_required")
    body: Any = refused.value.json_body
    named = body["error"]["payment_intent"]["id"]
    assert v1.payment_intents.retrieve(named).status == "requires_payment_method"
    session = ordered(v1, customer=customer.id)
    stand_in.pay(session.id, cards.NEEDS_AUTHENTICATION)
    (saved,) = v1.payment_methods.list({"customer": customer.id}).data
    assert v1.payment_intents.create({**about, "payment_method": saved.id}).status == "succeeded"


def test_a_session_ends_by_a_call_or_by_its_time(stand_in: StandIn, v1: Any, hook: Webhook) -> None:
    ended, left, paid = ordered(v1), ordered(v1), ordered(v1)
    stand_in.pay(paid.id)
    assert v1.checkout.sessions.expire(ended.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        v1.checkout.sessions.expire(paid.id)
    stand_in.advance(DAY_S)
    found = [v1.checkout.sessions.retrieve(each.id).status for each in (ended, left, paid)]
    assert found == ["expired", "expired", "complete"]
    with pytest.raises(Refused):
        stand_in.pay(left.id)
    assert stand_in.wait_told()
    assert hook.types.count("checkout.session.expired") == 2


def test_a_key_gives_its_first_answer_for_a_day_whatever_that_was(
    stand_in: StandIn, v1: Any
) -> None:
    key: Any = {"idempotency_key": "customer:w:1"}
    first = v1.customers.create({"name": "A"}, key)
    assert v1.customers.create({"name": "A"}, key).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        v1.customers.create({"name": "B"}, key)
    stand_in.switch("kept_500", on="POST /v1/customers")
    other: Any = {"idempotency_key": "customer:w:2"}
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            v1.customers.create({"name": "A"}, other)
    assert len(stand_in.objects("customer")) == 1
    stand_in.advance(DAY_S)
    assert v1.customers.create({"name": "A"}, other).id != first.id


@pytest.mark.parametrize(
    "fault,error",
    [("reply_lost", stripe.APIConnectionError), ("kept_500_done", stripe.APIError)],
)
def test_what_was_done_without_a_good_answer_is_found(
    stand_in: StandIn, v1: Any, fault: Any, error: type[Exception]
) -> None:
    intent = bought(stand_in, v1)
    about: Any = {"payment_intent": intent, "amount": 25_000, "metadata": {"refund_id": "r"}}
    stand_in.switch(fault, on="POST /v1/refunds")
    with pytest.raises(error):
        v1.refunds.create(about, {"idempotency_key": "refund:r:1"})
    (made,) = v1.refunds.list({"payment_intent": intent}).data
    assert made.metadata["refund_id"] == "r"
    calls = stand_in.calls("POST /v1/refunds")
    assert [(each["idempotency_key"], each["params"]["amount"]) for each in calls] == [
        ("refund:r:1", "25000")
    ]


@pytest.mark.parametrize(
    "fault,error",
    [("rate_limited", stripe.RateLimitError), ("forbidden", stripe.PermissionError)],
)
def test_nothing_is_kept_of_a_call_that_was_not_let_in(
    stand_in: StandIn, v1: Any, fault: Any, error: type[Exception]
) -> None:
    stand_in.switch(fault, times=2, on="POST /v1/customers")
    key: Any = {"idempotency_key": "k"}
    for _ in range(2):
        with pytest.raises(error):
            v1.customers.create({"name": "A"}, key)
    assert v1.customers.create({"name": "A"}, key).name == "A"


def test_no_more_is_refunded_than_is_left(stand_in: StandIn, v1: Any) -> None:
    intent = bought(stand_in, v1)
    v1.refunds.create({"payment_intent": intent, "amount": 100_000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        v1.refunds.create({"payment_intent": intent, "amount": 25_001})
    v1.refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"
    charge = v1.charges.list({"payment_intent": intent}).data[0]
    assert (charge.amount_refunded, charge.refunded) == (125_000, True)


@pytest.mark.parametrize(
    "fault,replied,becomes",
    [
        ("refund_pending", "pending", "pending"),
        ("refund_pending_then_succeeded", "pending", "succeeded"),
        ("refund_pending_then_failed", "pending", "failed"),
        ("refund_succeeded_then_failed", "succeeded", "failed"),
    ],
)
def test_a_refund_may_wait_and_fail_even_after_it_succeeded(
    stand_in: StandIn, v1: Any, hook: Webhook, fault: Any, replied: str, becomes: str
) -> None:
    intent = bought(stand_in, v1)
    stand_in.switch(fault)
    made = v1.refunds.create({"payment_intent": intent})
    refund = v1.refunds.retrieve(made.id)
    assert (made.status, refund.status) == (replied, becomes)
    charge = v1.charges.list({"payment_intent": intent}).data[0]
    assert charge.amount_refunded == (0 if becomes == "failed" else 125_000)
    moved = v1.balance_transactions.list({"source": refund.id}).data
    assert sum(each.amount for each in moved) == -charge.amount_refunded
    if becomes == "pending":
        stand_in.settle_refund(made.id, "failed", "lost_or_stolen_card")
        refund = v1.refunds.retrieve(made.id)
        assert (refund.status, refund.failure_reason) == ("failed", "lost_or_stolen_card")
    assert stand_in.wait_told()
    told = [each for each in hook.types if "refund" in each]
    assert told[:2] == ["refund.created", "charge.refunded"]
    later = ["refund.updated", "charge.refund.updated", "refund.failed"]
    assert told[2:] == later[: 2 if becomes == "succeeded" else 3]


def test_a_refund_of_the_dashboard_names_nothing_of_ours(
    stand_in: StandIn, v1: Any, hook: Webhook
) -> None:
    intent = bought(stand_in, v1)
    made = stand_in.refund_in_dashboard(intent, 25_000)
    assert v1.refunds.retrieve(made["id"]).metadata.to_dict() == {}
    assert stand_in.wait_told()
    told = next(each for each in hook.heard if each.type == "refund.created")
    assert told.to_dict()["request"] == {"id": None, "idempotency_key": None}


@pytest.mark.parametrize(
    "status,kept,told",
    [
        ("warning_needs_response", 125_000, ["created"]),
        ("warning_under_review", 125_000, ["created", "updated"]),
        ("warning_closed", 125_000, ["created", "closed"]),
        ("needs_response", 0, ["created", "funds_withdrawn"]),
        ("under_review", 0, ["created", "funds_withdrawn", "updated"]),
        ("won", 125_000, ["created", "funds_withdrawn", "funds_reinstated", "closed"]),
        ("lost", 0, ["created", "funds_withdrawn", "closed"]),
        ("prevented", 125_000, ["created", "closed"]),
    ],
)
def test_a_dispute_of_each_status_moves_the_money_it_has_to(
    stand_in: StandIn, v1: Any, hook: Webhook, status: str, kept: int, told: list[str]
) -> None:
    intent = bought(stand_in, v1)
    dispute = v1.disputes.retrieve(stand_in.dispute(intent, status)["id"])
    assert (dispute.status, dispute.payment_intent) == (status, intent)
    assert 125_000 + sum(each.amount for each in dispute.balance_transactions) == kept
    assert [each.id for each in v1.disputes.list({"payment_intent": intent}).data] == [dispute.id]
    assert stand_in.wait_told()
    assert [each for each in hook.types if "dispute" in each] == [
        f"charge.dispute.{each}" for each in told
    ]


def test_a_dispute_goes_on_is_partial_and_can_be_won_after_it_was_lost(
    stand_in: StandIn, v1: Any
) -> None:
    intent = bought(stand_in, v1)
    id = stand_in.dispute(intent, "warning_needs_response", amount=50_000)["id"]
    moved = []
    for status in ("needs_response", "under_review", "lost", "won"):
        found = stand_in.move_dispute(id, status)
        moved.append(sum(each["amount"] for each in found["balance_transactions"]))
    assert moved == [-50_000, -50_000, -50_000, 0]


def test_disputed_money_is_not_refunded_and_what_a_lost_dispute_left_is(
    stand_in: StandIn, v1: Any
) -> None:
    intent = bought(stand_in, v1)
    dispute = stand_in.dispute(intent, "needs_response", amount=50_000)["id"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_disputed"
    stand_in.move_dispute(dispute, "lost")
    assert v1.refunds.create({"payment_intent": intent}).amount == 75_000


def test_events_in_any_order_that_is_asked_for(stand_in: StandIn, v1: Any, hook: Webhook) -> None:
    types = ["payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"]
    for order in permutations(types):
        stand_in.switch("event_held", times=None)
        bought(stand_in, v1)
        held = {each["type"]: each["id"] for each in stand_in.held()}
        stand_in.unset("event_held")
        assert stand_in.wait_told() and hook.heard == []
        stand_in.release([held[each] for each in order])
        assert stand_in.wait_told()
        assert hook.types == list(order)
        hook.heard.clear()
        stand_in.release()
        assert stand_in.wait_told()
        hook.heard.clear()


def test_events_twice_late_and_of_another_version_or_mode(
    stand_in: StandIn, v1: Any, hook: Webhook
) -> None:
    stand_in.listen(hook.url, SECRET, ["payment_intent.succeeded", "checkout.session.completed"])
    stand_in.switch("event_doubled", on="checkout.")
    stand_in.switch("event_wrong_version", on="checkout.")
    stand_in.switch("event_late", on="payment_intent.succeeded")
    stand_in.switch("event_wrong_livemode", on="payment_intent.succeeded")
    bought(stand_in, v1)
    assert stand_in.wait_told()
    first, same, late = hook.heard
    assert first.type == "checkout.session.completed" and first.id == same.id
    assert first.api_version != API_VERSION == late.api_version
    assert (late.type, late.livemode, first.livemode) == ("payment_intent.succeeded", True, False)


def test_an_event_is_told_again_until_it_is_taken(
    stand_in: StandIn, v1: Any, hook: Webhook
) -> None:
    stand_in.listen(hook.url, SECRET, ["checkout.session.expired"])
    hook.answers += [500, 400]
    v1.checkout.sessions.expire(ordered(v1).id)
    assert stand_in.wait_told()
    assert len(hook.heard) == 3 and len({each.id for each in hook.heard}) == 1
    event = v1.events.retrieve(hook.heard[0].id)
    assert event.pending_webhooks == 0
    stand_in.resend(event.id)
    assert stand_in.wait_told() and len(hook.heard) == 4


def test_billing_takes_its_signature(stand_in: StandIn, v1: Any) -> None:
    bought(stand_in, v1)
    (event,) = v1.events.list({"type": "checkout.session.completed"}).data
    body, now = json.dumps(event.to_dict()).encode(), datetime.now(UTC)
    said = verify(body, signature(body, SECRET, int(now.timestamp())), SECRET, now)
    assert (said.id, said.type) == (event.id, "checkout.session.completed")


def test_every_object_has_what_the_official_library_says_it_has(
    stand_in: StandIn, v1: Any, hook: Webhook
) -> None:
    intent, session = bought(stand_in, v1), ordered(v1)
    with pytest.raises(Refused):
        stand_in.pay(session.id, cards.DECLINED)
    for fault in ("refund_pending", "refund_pending_then_failed"):
        stand_in.switch(fault)
        v1.refunds.create({"payment_intent": intent, "amount": 1_000})
    for status in ("won", "needs_response"):
        stand_in.dispute(intent, status, amount=1_000)
    v1.billing_portal.sessions.create({"customer": session.customer, "return_url": "http://x.test"})
    objects = [each for kind in OF if kind != "item" for each in stand_in.objects(kind)]
    objects += [each.to_dict() for each in v1.checkout.sessions.line_items.list(session.id).data]
    assert {each["object"] for each in objects} == set(OF)
    assert [flaw for each in objects for flaw in flaws(each)] == []


def test_lists_come_in_pages_newest_first(v1: Any) -> None:
    made = [v1.customers.create({"name": str(n), "metadata": {"w": "1"}}).id for n in range(5)]
    page = v1.customers.list({"limit": 2})
    assert ([each.id for each in page.data], page.has_more) == (made[:2:-1], True)
    assert [each.id for each in page.auto_paging_iter()] == made[::-1]
    after = v1.customers.list({"limit": 2, "ending_before": made[2]})
    assert ([each.id for each in after.data], after.has_more) == (made[:2:-1], False)
    found = v1.customers.search({"query": "metadata['w']:'1' AND name:'3'", "limit": 1})
    assert [each.id for each in found.data] == [made[3]]
    found = v1.customers.search({"query": "metadata['w']:'1'", "limit": 2})
    assert [each.id for each in found.auto_paging_iter()] == made[::-1]


def test_a_search_may_lag(stand_in: StandIn, v1: Any) -> None:
    v1.customers.create({"metadata": {"w": "1"}})
    stand_in.lag_search(60)
    query: Any = {"query": "metadata['w']:'1'"}
    assert v1.customers.search(query).data == []
    stand_in.advance(60)
    assert len(v1.customers.search(query).data) == 1


@pytest.mark.parametrize(
    "key,error",
    [
        ("sk_live_1", stripe.AuthenticationError),
        ("pk_test_1", stripe.AuthenticationError),
        ("rk_test_1", stripe.InvalidRequestError),
    ],
)
def test_keys_of_tests_alone_are_let_in(
    stand_in: StandIn, key: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        client(stand_in.url, key).v1.customers.retrieve("cus_none")


def test_what_stripe_would_not_take_is_refused(v1: Any) -> None:
    refused: list[Any] = [
        lambda: ordered(v1, payment_method_types=["card"], nonsense="1"),
        lambda: ordered(v1, line_items=[]),
        lambda: ordered(v1, mode="subscription"),
        lambda: ordered(v1, customer="cus_none"),
        lambda: ordered(v1, expires_at=1),
        lambda: v1.customers.retrieve("cus_none", {}, {"stripe_version": "2017-08-15"}),
        lambda: v1.customers.search({"query": "nonsense"}),
        lambda: v1.coupons.create({"percent_off": 1}),
    ]
    codes = []
    for call in refused:
        with pytest.raises(stripe.InvalidRequestError) as error:
            call()
        codes.append(error.value.code or error.value.param)
    assert codes == [
        *("parameter_unknown", "parameter_missing", "mode", "resource_missing", "expires_at"),
        *(None, "query", None),
    ]


def test_with_a_folder_another_goes_on_where_one_ended(tmp_path: Path) -> None:
    with StandIn(tmp_path) as first, webhook() as hook:
        first.listen("http://127.0.0.1:1/gone", SECRET, ["checkout.session.completed"])
        v1: Any = client(first.url).v1
        session = ordered(v1)
        key: Any = {"idempotency_key": "refund:r:1"}
        about: Any = {"payment_intent": bought(first, v1)}
        refund = v1.refunds.create(about, key)
        first.stop()
        with pytest.raises(stripe.APIConnectionError):
            v1.refunds.retrieve(refund.id)
        with StandIn(tmp_path) as second:
            v1 = client(second.url).v1
            assert v1.refunds.create(about, key).id == refund.id
            assert v1.checkout.sessions.retrieve(session.id).url.startswith(second.url)
            second.listen(hook.url, SECRET, ["checkout.session.completed"])
            assert second.wait_told()
            assert hook.types == ["checkout.session.completed"]
            assert len(v1.webhook_endpoints.list({}).data) == 1


def test_as_a_program_it_says_what_it_is_and_forgets_nothing_when_it_is_killed(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "stand_ins.stripe", "--port", "0", "--data", str(tmp_path)]
    made = ""
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "stand-in, and not Stripe" in line
            url = line.split()[-1]
            v1: Any = client(url).v1
            made = made or v1.customers.create({"name": "Kari"}).id
            assert v1.customers.retrieve(made).name == "Kari"
            requests.post(f"{url}/_stand_in/switch", '{"fault": "rate_limited"}', timeout=10)
            with pytest.raises(stripe.RateLimitError):
                v1.customers.retrieve(made)
            process.kill()


def test_every_reply_says_that_it_is_a_stand_ins(stand_in: StandIn) -> None:
    asked = (
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("PUT", "/v1/customers"),
        ("GET", "/v1/customers"),
        ("POST", "/c/pay/cs_1"),
    )
    replies = [requests.request(how, stand_in.url + path, timeout=10) for how, path in asked]
    assert [each.status_code for each in replies] == [200, 404, 501, 401, 404]
    assert {each.headers["Stand-In"] for each in replies} == {server.MARK["Stand-In"]}


def test_a_switch_that_is_not_there_is_said_to_be(stand_in: StandIn) -> None:
    for name, said in (("nonsense", "{}"), ("switch", '{"fault": "nonsense"}'), ("pay", "{}")):
        answer = requests.post(f"{stand_in.url}/_stand_in/{name}", said, timeout=10)
        assert answer.json()["error"]["type"] == "stand_in_error"


def test_the_card_gateway_hears_the_same_from_both(stand_in: StandIn) -> None:
    with localstripe() as url:
        theirs = card_witness.told(url)
    assert card_witness.told(stand_in.url) == theirs
