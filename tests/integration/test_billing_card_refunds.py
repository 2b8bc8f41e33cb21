"""What a card paid goes back by card: whole before delivery, after it with its credit note."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from billing.domain import oslo
from billing.jobs.look import look_again
from chassis.codec import plain
from chassis.errors import Forbidden, Invalid, Rejected, ServiceError
from chassis.jobs.jobs import MOST_DEATHS
from integration.stages.box_database import all_at_once
from integration.stages.card_buyers import GROSS_ORE, Buyer
from integration.stages.card_sales import Sales, Target, about, card_sales
from integration.stages.killed_refunds import refunded
from servers.postgres import Server


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sales]:
    with card_sales(postgres_server, tmp_path_factory.mktemp("refunds")) as sales:
        yield sales
        sales.tell()
        assert sales.broken() == {}


@pytest.fixture
def sales(opened: Sales) -> Iterator[Sales]:
    yield opened
    opened.shop.stripe.unset()


@pytest.fixture
def buyer(sales: Sales) -> Buyer:
    return Buyer(sales.shop)


def test_before_delivery_all_of_it_goes_back_without_a_credit_note(
    sales: Sales, buyer: Buyer
) -> None:
    target = sales.paid(buyer)

    reply = sales.refund(target)
    sales.work()

    assert (reply["state"], reply["amount_ore"]) == ("Requested", GROSS_ORE)
    assert not {"credit_note_id", "credit_note_number"} & reply.keys()
    (refund,) = sales.refunds(target)
    assert (refund["id"], refund["state"], refund["of"]) == (reply["id"], "Sent", "advances")
    assert refund["reason"] == "Uskarpe bilder."
    assert sales.sent_back(buyer) == [(GROSS_ORE, "succeeded", reply["id"])]
    assert told(sales, reply["id"]) == {
        "refund_id": reply["id"],
        "workspace_id": buyer.workspace_id,
        **target,
        "amount_ore": GROSS_ORE,
        "whole": True,
    }
    assert sales.status(target)["status"] == "refunded"
    sales.tell()
    assert code(sales, target) == "already_refunded"
    sales.deliver(buyer, target)
    assert (
        sales.rows("select * from invoice_line_item where target_id = %s", target["target_id"])
        == []
    )


def told(sales: Sales, refund_id: str) -> dict[str, Any]:
    """Return what was told when a refund was sent."""
    query = "select outbox from events where stream_id = %s and type = 'RefundSent'"
    (sent,) = sales.rows(query, f"refund-{refund_id}")
    data: dict[str, Any] = sent["outbox"]["data"]
    return data


def code(sales: Sales, target: Target, net_ore: int | None = None) -> str:
    """Return what a refund is refused with."""
    with pytest.raises(ServiceError) as refusal:
        sales.refund(target, net_ore)
    return refusal.value.code.removeprefix("billing.")


def test_after_delivery_a_part_goes_back_with_its_credit_note(sales: Sales, buyer: Buyer) -> None:
    target, receipt = sales.sold(buyer)

    reply = sales.refund(target, 20_000)
    sales.work()

    number = sales.document(receipt, "invoice_number")[0]
    assert (reply["amount_ore"], reply["credit_note_number"]) == (25_000, number + 1)
    assert sales.sent_back(buyer) == [(25_000, "succeeded", reply["id"])]
    assert sales.document(receipt, "state", "credited_ore", "paid_ore") == ("Paid", 25_000, 100_000)
    shown = sales.status(target)
    assert (shown["status"], shown["refunded_ore"]) == ("completed", 25_000)
    assert told(sales, reply["id"])["whole"] is False
    rest = sales.refund(target)
    sales.work()
    assert rest["amount_ore"] == 100_000
    assert sales.status(target)["status"] == "refunded"
    assert code(sales, target) == "already_refunded"


def test_what_cannot_go_back_is_refused_and_nothing_is_written(sales: Sales, buyer: Buyer) -> None:
    waits = buyer.want()
    advance, (sold, receipt) = sales.paid(buyer), sales.sold(buyer)
    invoice_id = sales.issued()
    (line,) = sales.rows("select * from invoice_line_item where invoice_id = %s", invoice_id)
    invoiced = {"target_kind": "image_project", "target_id": line["target_id"]}
    nobodys = {"target_kind": "image_project", "target_id": str(uuid4())}
    before = sales.rows("select count(*) from events")

    assert code(sales, waits) == "nothing_captured"
    assert code(sales, nobodys) == "payment_not_found"
    assert code(sales, invoiced) == "not_a_card_payment"
    assert code(sales, advance, 20_000) == "not_delivered_yet"
    assert code(sales, sold, 100_100) == "refund_too_large"
    assert code(sales, sold, 150) == "not_whole_kroner"
    for net_ore in (0, -100):
        with pytest.raises(Invalid):
            sales.refund(sold, net_ore)
    with pytest.raises(Invalid):
        sales.refund(sold, reason="x" * 501)
    assert sales.rows("select count(*) from events") == before
    with pytest.raises(Forbidden):
        buyer.owner.call("refund_payment", **sold, reason="r", idempotency_key=str(uuid4()))
    assert sales.document(receipt, "credited_ore") == (0,)


def test_under_a_dispute_nothing_goes_back_and_an_advance_waits(sales: Sales, buyer: Buyer) -> None:
    target, receipt = sales.sold(buyer)
    disputed(sales, target)

    assert code(sales, target, 20_000) == "disputed"
    with pytest.raises(Rejected, match="disputed"):
        sales.credit(receipt, refund=True)
    failing = sales.paid(buyer)
    dispute = disputed(sales, failing)
    assert code(sales, failing) == "disputed"

    sales.fail(buyer, failing)
    sales.work()
    assert sales.refunds(failing) == []
    sales.shop.stripe.move_dispute(dispute, "won")
    sales.tell()
    sales.work()

    (refund,) = sales.refunds(failing)
    assert (refund["state"], refund["amount_ore"]) == ("Sent", GROSS_ORE)


def disputed(sales: Sales, target: Target, amount_ore: int | None = None) -> str:
    """Let the customer's bank dispute what was paid for a target; return the dispute at Stripe."""
    (row,) = sales.rows(
        "select data->>'payment_intent_id' as id from events where type = 'CardPaymentCaptured'"
        " and stream_id in (select stream_id from events where type = 'TargetCleared'"
        " and data->'target'->>'id' = %s)",
        target["target_id"],
    )
    dispute: str = sales.shop.stripe.dispute(row["id"], amount=amount_ore)["id"]
    sales.tell()
    return dispute


def test_of_two_refunds_of_60_per_cent_at_once_one_is_made(sales: Sales, buyer: Buyer) -> None:
    target, receipt = sales.sold(buyer)

    replies = all_at_once([partial(sales.refund, target, 60_000)] * 2)
    sales.work()

    refused = [each.code for each in replies if isinstance(each, ServiceError)]
    assert refused == ["billing.refund_too_large"]
    assert [amount for amount, *_ in sales.sent_back(buyer)] == [75_000]
    assert len(sales.rows("select id from credit_note where invoice_id = %s", receipt)) == 1


@pytest.mark.parametrize(
    ("fault", "state", "origin"),
    [
        ("refund_pending_then_failed", "Failed", "refund_failed"),
        ("refund_succeeded_then_failed", "Returned", "card_refund_returned"),
    ],
)
@pytest.mark.parametrize("delivered", [False, True])
def test_a_refund_that_fails_is_the_workspaces_credit_and_is_paid_by_bank(
    sales: Sales, buyer: Buyer, fault: Any, state: str, origin: str, delivered: bool
) -> None:
    target = sales.paid(buyer)
    if delivered:
        sales.deliver(buyer, target)
    sales.shop.stripe.switch(fault)
    refund_id = sales.refund(target)["id"]
    sales.work()
    assert sales.balance(buyer.workspace_id) == 0
    sales.tell()

    assert sales.balance(buyer.workspace_id) == GROSS_ORE
    listed = sales.call("list_refunds", workspace_id=buyer.workspace_id, state=state)["items"]
    assert [each["id"] for each in listed] == [refund_id]
    query = "select data from events where type = 'CreditGranted' and data->>'reference' = %s"
    assert [each["data"]["origin"] for each in sales.rows(query, refund_id)] == [origin]
    for method, more in (
        ("confirm_refund", {"reference": "B-1", "paid_on": plain(oslo.day(sales.shop.now))}),
        ("fail_refund", {"reason": "r"}),
    ):
        with pytest.raises(Rejected, match="refund_is_stripes"):
            sales.do(method, refund_id=refund_id, **more)

    asked = {"workspace_id": buyer.workspace_id, "amount_ore": GROSS_ORE, "reason": "r"}
    by_bank = sales.do("refund_credit", **asked)
    assert by_bank["state"] == "Requested"
    assert sales.balance(buyer.workspace_id) == 0


def test_what_stripe_refuses_is_the_workspaces_credit(sales: Sales, buyer: Buyer) -> None:
    target = sales.paid(buyer)
    (intent,) = buyer.at_stripe("payment_intent")
    sales.shop.stripe.dispute(intent["id"], "needs_response")  # billing has not heard of it yet

    sales.refund(target)
    sales.work()

    assert sales.balance(buyer.workspace_id) == GROSS_ORE
    assert [each["state"] for each in sales.refunds(target)] == ["Failed"]


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("heard", [False, True])
def test_what_was_promised_and_was_sent_by_hand_goes_back_once(
    sales: Sales, buyer: Buyer, heard: bool, delivered: bool
) -> None:
    target = sales.paid(buyer)
    if delivered:
        sales.deliver(buyer, target)
    (intent,) = buyer.at_stripe("payment_intent")
    sales.refund(target)

    made = sales.shop.stripe.refund_in_dashboard(intent["id"])
    if heard:
        sales.tell()
    sales.work()
    sales.tell()

    (refund,) = sales.refunds(target)
    assert (refund["state"], refund["reference"]) == ("Sent", made["id"])
    assert sales.balance(buyer.workspace_id) == 0
    assert sales.sent_back(buyer) == [(GROSS_ORE, "succeeded", None)]
    sales.shop.stripe.settle_refund(made["id"], "failed")
    sales.tell()
    assert sales.balance(buyer.workspace_id) == GROSS_ORE


@pytest.mark.parametrize("given_up", ["unanswered", "killed"])
def test_what_was_promised_is_sent_though_its_job_was_given_up(
    sales: Sales, buyer: Buyer, given_up: str
) -> None:
    target, taken = sales.paid(buyer), sales.paid(buyer)
    for each in (target, taken):
        sales.refund(each)
    sales.shop.stripe.switch("reply_lost", on="POST /v1/refunds")
    assert sales.shop.worker("refund").work()  # Stripe has one of them
    waits = "where kind = 'refund' and state = 'waiting'"
    if given_up == "killed":  # three times, perhaps when Stripe had it
        sales.change(f"update jobs set deaths = {MOST_DEATHS}, run_at = now() {waits}")
        while sales.shop.worker("refund").work():
            pass
    else:
        sales.change(f"update jobs set state = 'dead' {waits}")
    sales.shop.pass_seconds(25 * 3_600)  # Stripe knows no key of then

    look_again(sales.shop.parts.app)
    sales.news.look()
    sales.work()

    states = [each["state"] for what in (target, taken) for each in sales.refunds(what)]
    assert states == ["Sent", "Sent"]
    assert [each[:2] for each in sales.sent_back(buyer)] == [(GROSS_ORE, "succeeded")] * 2


@pytest.mark.parametrize("ending", ["failed", "deleted"])
def test_what_nothing_came_of_goes_back_by_itself(sales: Sales, buyer: Buyer, ending: str) -> None:
    target = sales.paid(buyer)

    if ending == "failed":
        sales.fail(buyer, target)
    else:
        buyer.delete(target)
    sales.work()

    (refund,) = sales.refunds(target)
    assert (refund["state"], refund["cause"]) == ("Sent", f"project_{ending}")
    assert buyer.payer(target) is None
    expected = "already_refunded"
    assert code(sales, target) == expected
    if ending == "failed":  # wanted again, it is to be paid again
        wanted = {**about(buyer, target), "run": 2, "max_price_ore": None}
        sales.shop.hear("media", "project_start_requested", **wanted)
        assert buyer.start(target)["amount_ore"] == GROSS_ORE


def test_of_a_workspace_suspended_before_the_work_begins_the_advance_waits(
    sales: Sales, buyer: Buyer
) -> None:
    target = sales.paid(buyer)
    whose = {"workspace_id": UUID(buyer.workspace_id)}
    sales.shop.hear("auth", "workspace_suspended", **whose, status="suspended")
    sales.work()
    assert sales.refunds(target) == []

    sales.deliver(buyer, target)

    assert sales.document(sales.document_of(target), "state") == ("Paid",)


def test_where_a_dispute_took_a_part_the_rest_goes_back_as_a_whole_or_not_at_all(
    sales: Sales, buyer: Buyer
) -> None:
    target, receipt = sales.sold(buyer)
    sales.shop.stripe.move_dispute(disputed(sales, target, 50_000), "lost")
    sales.tell()
    assert sales.document(receipt, "paid_ore") == (75_000,)

    assert code(sales, target, 20_000) == code(sales, target, 100_100) == "refund_too_large"
    reply = sales.refund(target)
    sales.work()

    assert reply["amount_ore"] == 75_000
    assert [amount for amount, *_ in sales.sent_back(buyer)] == [75_000]
    assert sales.document(receipt, "credited_ore", "paid_ore") == (GROSS_ORE, 0)
    assert sales.balance(buyer.workspace_id) == 0
    taken, lost = sales.sold(Buyer(sales.shop))
    sales.shop.stripe.move_dispute(disputed(sales, taken), "lost")
    sales.tell()
    assert code(sales, taken) == "refund_too_large"
    assert sales.document(lost, "credited_ore") == (0,)


@pytest.mark.filterwarnings("ignore:Using fork:DeprecationWarning")  # nothing here is green
def test_a_process_may_die_between_any_two_steps_of_a_refund(sales: Sales) -> None:
    for seed in range(5):
        way, wrong = refunded(sales, seed)
        assert wrong == [], (seed, way)


@pytest.fixture
def claim(sales: Sales, buyer: Buyer) -> str:
    """A sales document whose money a dispute took: its claim is open again."""
    target, receipt = sales.sold(buyer)
    sales.shop.stripe.move_dispute(disputed(sales, target), "lost")
    sales.tell()
    assert sales.document(receipt, "state", "paid_ore") == ("Issued", 0)
    return receipt


def test_a_claim_that_is_open_again_is_paid_by_transfer_and_the_rest_is_credit(
    sales: Sales, buyer: Buyer, claim: str
) -> None:
    came = {
        "external_id": claim,
        "paid_on": plain(oslo.day(sales.shop.now)),
        "amount_ore": GROSS_ORE + 5_000,
        "kid": sales.document(claim, "kid")[0],
    }

    sales.do("import_bank_payments", payments=[came])

    assert sales.document(claim, "state", "paid_ore") == ("Paid", GROSS_ORE)
    assert sales.balance(buyer.workspace_id) == 5_000


def test_a_claim_that_is_open_again_is_written_off_or_credited_and_nothing_goes_back(
    sales: Sales, buyer: Buyer, claim: str
) -> None:
    other, receipt = sales.sold(buyer)
    sales.shop.stripe.move_dispute(disputed(sales, other), "lost")
    sales.tell()

    sales.do("write_off_invoice", invoice_id=claim, reason="Bestridt.")
    reply = sales.credit(receipt, refund=True)

    assert sales.document(claim, "state", "written_off_ore") == ("WrittenOff", GROSS_ORE)
    assert sales.document(receipt, "state") == ("Credited",)
    assert (reply["refund_id"], reply["credited_to_workspace_ore"]) == (None, 0)
    assert sales.balance(buyer.workspace_id) == 0
    assert sales.refunds(other) == []
    assert code(sales, other) == "already_refunded"


def test_what_is_credited_and_billed_anew_is_paid_by_what_the_card_paid(
    sales: Sales, buyer: Buyer
) -> None:
    _, receipt = sales.sold(buyer)

    reply = sales.credit(receipt, rebill=True)

    assert reply["credited_to_workspace_ore"] == GROSS_ORE
    (line_id,) = reply["new_line_item_ids"]
    (line,) = sales.rows("select * from invoice_line_item where id = %s", line_id)
    assert (line["rail"], line["gross_ore"], line["status"]) == ("invoice", GROSS_ORE, "pending")
    drafted = sales.do("create_invoices", workspace_id=buyer.workspace_id)
    invoice_id = drafted["items"][0]["invoice_id"]
    with pytest.raises(Rejected, match="buyer_changed"):  # nobody has approved one who paid by card
        sales.do("issue_invoice", invoice_id=invoice_id)

    sales.do("issue_invoice", invoice_id=invoice_id, buyer_confirmed=True)

    assert sales.document(invoice_id, "state", "kind") == ("Paid", "invoice")
    assert sales.balance(buyer.workspace_id) == 0
