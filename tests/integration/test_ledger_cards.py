"""The books after each history of a sale by card: what Stripe has, and what is promised of it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from billing.domain.target import Target
from integration.stages.books_asked import Books, balances, books, emptied, failing
from integration.stages.card_till import GROSS_ORE, CardTill, Sale
from servers.postgres import Server


@pytest.fixture(scope="module")
def made(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books(postgres_server, tmp_path_factory.mktemp("blobs")) as made:
        yield made


@pytest.fixture
def till(made: Books, postgres_server: Server) -> Iterator[CardTill]:
    yield CardTill(emptied(made, postgres_server))
    assert made.all_broken() == {}


def must_be(sale: Sale, **expected: int) -> None:
    ledger = sale.till.books.ledger()
    assert (balances(ledger), failing(ledger)) == (expected, {})


SOLD = {"stripe": GROSS_ORE, "sales": -100_000, "vat_out": -25_000}


def delivered(till: CardTill) -> Sale:
    sale = till.paid()
    sale.deliver()
    return sale


def test_6_delivered_and_a_part_refunded(till: CardTill) -> None:
    sale = till.paid()
    must_be(sale, stripe=125_000, advances=-125_000)
    sale.deliver()
    must_be(sale, **SOLD)
    refund = sale.refund(20_000)
    must_be(sale, stripe=125_000, refunds=-25_000, sales=-80_000, vat_out=-20_000)
    sale.said(refund, "pending")
    must_be(sale, stripe=125_000, refunds=-25_000, sales=-80_000, vat_out=-20_000)
    sale.said(refund, "succeeded")
    must_be(sale, stripe=100_000, sales=-80_000, vat_out=-20_000)


def test_the_figures_and_the_status_say_what_the_books_say(till: CardTill) -> None:
    def figures() -> tuple[int, int]:
        waiting, sold = (till.books.admin.call(each) for each in ("billing_stats", "revenue_stats"))
        return waiting["advances_ore"], sold["card_ore"]

    def status() -> list[Any]:
        named = {"target_kind": sale.target.kind, "target_id": str(sale.target.id)}
        shown = till.books.admin.call("get_payment_status", **named)
        names = ("status", "is_paid", "amount_ore", "refunded_ore", "disputed")
        return [shown[each] for each in names]

    sale = till.paid()
    assert (figures(), status()) == ((125_000, 0), ["completed", True, 125_000, 0, False])
    sale.deliver()
    assert figures() == (0, 100_000)
    refund = sale.refund(20_000)
    sale.disputed("needs_response")
    expected = ["completed", True, 125_000, 25_000, True]
    assert (figures(), status()) == ((0, 80_000), expected)
    sale.said(refund, "failed")
    sale.disputed("won")
    assert status() == ["completed", True, 125_000, 0, False]
    sale.refund()
    assert (figures(), status()[3]) == ((0, 0), 100_000)
    receipt = till.books.admin.call("explain_invoice", invoice_id=str(sale.receipt))
    assert [each["price_ore"] for each in receipt["lines"]] == [100_000]
    assert [each["type"] for each in receipt["history"]][:2] == ["InvoiceDrafted", "InvoiceIssued"]


def test_7_the_project_fails_and_the_refund_comes_back_later(till: CardTill) -> None:
    sale = till.paid()
    refund = sale.fail()
    must_be(sale, stripe=125_000, refunds=-125_000)
    sale.said(refund, "succeeded")
    must_be(sale)
    sale.said(refund, "failed")
    must_be(sale, stripe=125_000, credit=-125_000)


def test_7a_a_refund_fails_before_it_was_sent(till: CardTill) -> None:
    sale = till.paid()
    sale.said(sale.fail(), "failed")
    must_be(sale, stripe=125_000, credit=-125_000)


def test_7b_paid_once_more_held_and_sent_back(till: CardTill) -> None:
    sale = delivered(till)
    refund = sale.capture("pi_twice")
    must_be(sale, **{**SOLD, "stripe": 250_000, "refunds": -125_000})
    sale.said(refund, "succeeded")
    must_be(sale, **SOLD)


def test_7c_another_amount_is_held_and_the_right_one_is_taken(till: CardTill) -> None:
    sale = Sale(till, Target(kind="image_project", id=uuid4()))
    sale.ask()
    refund = sale.capture("pi_other", GROSS_ORE + 1)
    must_be(sale, stripe=125_001, refunds=-125_001)
    sale.said(refund, "succeeded")
    sale.capture(sale.intent)
    must_be(sale, stripe=125_000, advances=-125_000)


def test_8_disputed_lost_then_credited(till: CardTill) -> None:
    sale = delivered(till)
    sale.disputed("warning_needs_response")
    must_be(sale, **SOLD)
    sale.disputed("needs_response", -125_000)
    must_be(sale, disputed=125_000, sales=-100_000, vat_out=-25_000)
    sale.disputed("lost", -125_000)
    must_be(sale, receivable=125_000, sales=-100_000, vat_out=-25_000)
    sale.credit()
    must_be(sale)


def test_8a_lost_before_delivery_in_whole_and_in_part(till: CardTill) -> None:
    whole = till.paid()
    whole.disputed("lost", -125_000)
    must_be(whole)
    part = till.paid()
    part.disputed("needs_response", -50_000)
    must_be(part, stripe=75_000, advances=-125_000, disputed=50_000)
    part.disputed("lost", -50_000)
    must_be(part, stripe=75_000, refunds=-75_000)


def test_8b_won_at_once_or_after_it_was_lost(till: CardTill) -> None:
    won = delivered(till)
    won.disputed("needs_response", -125_000)
    won.disputed("won", -125_000, 125_000)
    must_be(won, **SOLD)
    lost = delivered(till)
    lost.disputed("lost", -125_000)
    lost.disputed("won", -125_000, 125_000)
    must_be(lost, stripe=250_000, sales=-200_000, vat_out=-50_000)


def test_8c_won_after_it_was_lost_and_credited(till: CardTill) -> None:
    sale = delivered(till)
    sale.disputed("lost", -125_000)
    sale.credit()
    sale.disputed("won", -125_000, 125_000)
    must_be(sale, stripe=125_000, credit=-125_000)


def test_8d_a_part_refunded_then_disputed_in_full_and_lost(till: CardTill) -> None:
    sale = delivered(till)
    sale.said(sale.refund(20_000), "succeeded")
    sale.disputed("lost", -125_000)
    left = {"sales": -80_000, "vat_out": -20_000}
    must_be(sale, receivable=100_000, stripe=-25_000, losses=25_000, **left)
    sale.disputed("won", -125_000, 125_000)
    must_be(sale, stripe=100_000, **left)


def test_a_refund_made_in_the_dashboard_opens_the_claim_or_ends_the_advance(till: CardTill) -> None:
    sold = delivered(till)
    sold.by_hand(25_000)
    must_be(sold, receivable=25_000, stripe=100_000, sales=-100_000, vat_out=-25_000)
    sold.by_hand(100_000)
    sold.credit()
    must_be(sold)
    paid = till.paid()
    paid.by_hand(25_000)
    must_be(paid, stripe=100_000, refunds=-100_000)


def test_a_film_that_bears_a_projects_id_is_proven_all_the_same(till: CardTill) -> None:
    project = delivered(till)
    film = till.paid(Target(kind="video_project", id=project.target.id))
    must_be(film, stripe=250_000, advances=-125_000, sales=-100_000, vat_out=-25_000)
    film.said(film.fail(), "succeeded")
    must_be(film, **SOLD)
    rows = till.books.rows("select target_kind, captured_ore, refunded_ore from project_payment")
    assert rows == [("image_project", GROSS_ORE, 0)]
