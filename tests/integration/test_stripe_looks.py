"""Stripe is asked what it has: refunds made there by hand, what was never told, what differs."""

from collections.abc import Iterator
from typing import Any

import pytest

from billing.domain.payment_states import Advance, Refunded, Required
from billing.jobs.look import look_again
from chassis.errors import Invalid
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.card_sale import SOLD, Sale
from servers.postgres import Server
from stand_ins.stripe.stand_in import StandIn


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    folder = tmp_path_factory.mktemp("blobs")
    with StandIn() as stripe, billing_shop(postgres_server, folder, stripe) as shop:
        yield shop


def refunds(sale: Sale) -> list[tuple[str, int, str]]:
    """Return the refunds of a sale, the largest first, and of equal ones what is sent."""
    query = "select cause, amount_ore, state from refund where payment_id = %(id)s"
    rows = sale.shop.rows(f"{query} order by amount_ore desc, state desc", id=str(sale.id))
    return [(each["cause"], each["amount_ore"], each["state"]) for each in rows]


def test_an_advance_that_went_back_by_hand_is_returned(shop: Billing) -> None:
    sale = Sale(shop, delivered=False)
    shop.stripe.refund_in_dashboard(sale.intent)
    events = sale.news.new()
    sale.news.all([*events, *events])

    assert isinstance(sale.buyer.stands(sale.target), Refunded)
    assert refunds(sale) == [("dashboard", 125_000, "Sent")]
    assert sale.buyer.payer(sale.target) is None
    sale.must_be()


def test_of_an_advance_of_which_parts_went_back_by_hand_the_rest_goes_back_too(
    shop: Billing,
) -> None:
    sale = Sale(shop, delivered=False)
    for part in (50_000, 25_000):
        shop.stripe.refund_in_dashboard(sale.intent, part)
    sale.news.all()

    assert refunds(sale) == [
        *(("dashboard", 50_000, "Sent"), ("dashboard", 50_000, "Requested")),
        ("dashboard", 25_000, "Sent"),
    ]
    sale.must_be(stripe=50_000, refunds=-50_000)


def test_what_went_back_by_hand_after_delivery_is_owed_again_without_a_credit_note(
    shop: Billing,
) -> None:
    sale = Sale(shop, delivered=True)
    made = shop.stripe.refund_in_dashboard(sale.intent, 25_000)
    sale.news.all()

    assert refunds(sale) == [("dashboard", 25_000, "Sent")]
    sale.must_be(stripe=100_000, receivable=25_000, **SOLD)
    shop.stripe.settle_refund(made["id"], "failed")
    sale.news.all()
    assert refunds(sale) == [("dashboard", 25_000, "Returned")]
    sale.must_be(stripe=125_000, receivable=25_000, credit=-25_000, **SOLD)


def test_what_was_never_told_is_found_by_the_daily_look(shop: Billing) -> None:
    paid, unpaid = Sale(shop, delivered=False, told=False), Sale(shop, delivered=False, paid=False)
    shop.pass_seconds(26 * 3_600)
    look_again(shop.parts.app)
    paid.news.look()

    assert isinstance(paid.buyer.stands(paid.target), Advance)
    assert isinstance(unpaid.buyer.stands(unpaid.target), Required)


def test_a_refund_that_stripe_has_not_sent_yet_is_asked_for_daily(shop: Billing) -> None:
    sale = Sale(shop, delivered=False)
    shop.stripe.switch("refund_pending", None)
    sale.buyer.fail(sale.target)
    while shop.worker("refund").work():
        pass
    shop.stripe.unset()
    assert refunds(sale) == [("project_failed", 125_000, "Submitted")]
    (made,) = (e for e in shop.stripe.objects("refund") if e["payment_intent"] == sale.intent)
    shop.stripe.settle_refund(made["id"], "succeeded")
    sale.news.new()  # is never told
    look_again(shop.parts.app)
    sale.news.look()

    assert refunds(sale) == [("project_failed", 125_000, "Sent")]


def test_a_comparison_with_stripe_finds_nothing_where_all_was_told(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    shop.stripe.refund_in_dashboard(sale.intent, 25_000)
    disputed = Sale(shop, delivered=True)
    disputed.dispute("lost")
    sale.news.all()
    found = compared(shop)

    assert found["matched"] >= 4
    assert (found["missing_here"], found["missing_there"], found["different"]) == ([], [], [])


def test_a_refund_by_hand_that_failed_before_anybody_heard_of_it_is_not_missing(
    shop: Billing,
) -> None:
    sale = Sale(shop, delivered=True)
    made = shop.stripe.refund_in_dashboard(sale.intent, 25_000)
    shop.stripe.settle_refund(made["id"], "failed")
    sale.news.all()

    assert refunds(sale) == []
    assert made["id"] not in [each["provider_id"] for each in compared(shop)["missing_here"]]


def compared(shop: Billing) -> Any:
    day = shop.now.date().isoformat()
    return shop.admin.call("reconcile", against="stripe", date_from=day, date_to=day)


def test_a_comparison_with_stripe_names_what_was_not_told(shop: Billing) -> None:
    shop.pass_seconds(10 * 24 * 3_600)  # to a day of its own
    sale = Sale(shop, delivered=True)
    untold = Sale(shop, delivered=False, told=False)
    refunded = shop.stripe.refund_in_dashboard(sale.intent, 25_000)
    disputed = shop.stripe.dispute(sale.intent, "needs_response", 50_000)
    found = compared(shop)

    assert {(e["what"], e["provider_id"], e["ours"]) for e in found["missing_here"]} == {
        ("payment", untold.intent, None),
        ("refund", refunded["id"], None),
        ("dispute", disputed["id"], None),
    }
    assert (found["matched"], found["different"], found["missing_there"]) == (1, [], [])
    sale.news.all()
    shop.stripe.move_dispute(disputed["id"], "won")
    (differs,) = compared(shop)["different"]
    assert (differs["what"], differs["ours"], differs["theirs"]) == (
        *("dispute", "50000 NOK open", "0 NOK won"),
    )


def test_what_stripe_does_not_have_is_missing_there(shop: Billing) -> None:
    shop.pass_seconds(10 * 24 * 3_600)
    sale = Sale(shop, delivered=True)
    for kind in ("charge", "payment_intent"):
        shop.stripe.state.objects[kind].clear()
    (missing,) = compared(shop)["missing_there"]

    assert (missing["what"], missing["provider_id"]) == ("payment", sale.intent)
    assert missing["id"] == str(sale.id)


@pytest.mark.parametrize("days", [("2026-05-02", "2026-05-01"), ("2026-01-01", "2026-02-01")])
def test_too_many_days_are_not_compared(shop: Billing, days: tuple[str, str]) -> None:
    with pytest.raises(Invalid):
        shop.admin.call("reconcile", against="stripe", date_from=days[0], date_to=days[1])
