"""Disputes, told by Stripe's stand-in: the books after each history of a card payment; øre."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from billing.applying import applied
from billing.domain import dispute, invoice, payment, wallet
from billing.domain.payment_states import Advance, Delivered, Refunded
from billing.domain.postings import postings
from billing.gateways.stripe_event import StripeEvent
from billing.gateways.stripe_heard import heard
from billing.names import dispute_id
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.card_sale import SOLD, Sale
from servers.postgres import Server
from stand_ins.stripe.stand_in import StandIn


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    folder = tmp_path_factory.mktemp("blobs")
    with StandIn() as stripe, billing_shop(postgres_server, folder, stripe) as shop:
        yield shop


def test_an_inquiry_moves_no_money(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    asked = sale.dispute("warning_needs_response")
    sale.must_be(stripe=125_000, **SOLD)
    assert sale.state() == ("Inquiry", None)
    sale.move(asked, "warning_closed")
    sale.must_be(stripe=125_000, **SOLD)
    assert sale.state() == ("Won", "warning_closed")


def test_an_inquiry_may_become_a_dispute_whose_money_is_taken(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    sale.move(sale.dispute("warning_needs_response"), "needs_response")
    sale.must_be(disputed=125_000, **SOLD)
    assert sale.state() == ("Open", None)


def test_what_is_won_comes_back(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    disputed = sale.dispute()
    sale.must_be(disputed=125_000, **SOLD)
    sale.move(disputed, "won")
    sale.must_be(stripe=125_000, **SOLD)
    assert sale.state() == ("Won", "won")


def test_lost_after_delivery_the_claim_is_open_again_and_no_refund_is_made(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    sale.dispute("lost")
    sale.must_be(receivable=125_000, **SOLD)
    assert sale.state() == ("Lost", "lost")
    sale.credit()
    sale.must_be()
    query = "select count(*) as n from refund where payment_id = %(id)s"
    assert shop.rows(query, id=str(sale.id)) == [{"n": 0}]


def test_lost_before_delivery_the_advance_is_gone(shop: Billing) -> None:
    sale = Sale(shop, delivered=False)
    sale.dispute("lost")
    sale.must_be()
    assert isinstance(sale.buyer.stands(sale.target), Refunded)
    assert sale.buyer.payer(sale.target) is None  # who would have been on a document
    sale.deliver()
    sale.must_be()


def test_lost_and_then_won_the_document_is_paid_again(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    disputed = sale.dispute("lost")
    sale.move(disputed, "won")
    sale.must_be(stripe=125_000, **SOLD)
    assert sale.state() == ("Won", "won")


def test_won_after_it_was_lost_and_credited_it_is_the_workspaces_credit(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    disputed = sale.dispute("lost")
    sale.credit()
    sale.move(disputed, "won")
    sale.must_be(stripe=125_000, credit=-125_000)


def test_won_after_the_advance_was_lost_it_is_the_workspaces_credit(shop: Billing) -> None:
    sale = Sale(shop, delivered=False)
    disputed = sale.dispute("lost")
    sale.move(disputed, "won")
    sale.must_be(stripe=125_000, credit=-125_000)


def test_lost_in_part_before_delivery_the_rest_goes_back(shop: Billing) -> None:
    sale = Sale(shop, delivered=False)
    sale.dispute("lost", amount=50_000)
    sale.must_be(stripe=75_000, refunds=-75_000)


def test_lost_in_part_after_delivery_that_part_is_owed_again(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    disputed = sale.dispute("lost", amount=50_000)
    sale.must_be(stripe=75_000, receivable=50_000, **SOLD)
    shop.stripe.move_funds(disputed, 20_000)  # late, and lost all the same
    sale.news.all()
    sale.must_be(stripe=95_000, receivable=30_000, **SOLD)
    assert sale.state() == ("Lost", "lost")


def test_lost_after_a_part_was_refunded_what_no_document_holds_is_a_loss(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    sale.credit(20_000, refund=True)
    disputed = sale.dispute("lost")
    lost = {"sales": -80_000, "vat_out": -20_000, "refunds": -25_000}  # promised, and not sent
    sale.must_be(receivable=100_000, losses=25_000, **lost)
    sale.move(disputed, "won")
    sale.must_be(stripe=125_000, **lost)


def test_of_a_document_that_was_written_off_all_is_a_loss(shop: Billing) -> None:
    sale = Sale(shop, delivered=True)
    first = sale.dispute("lost", amount=50_000)
    stands = sale.buyer.stands(sale.target)
    assert isinstance(stands, Delivered)
    shop.do("write_off_invoice", invoice_id=str(stands.invoice_id), reason="Tapt")
    sale.must_be(stripe=75_000, losses=50_000, **SOLD)
    shop.stripe.move_funds(first, -25_000)
    sale.news.all()
    sale.must_be(stripe=50_000, losses=75_000, **SOLD)


def test_an_advance_that_is_due_back_waits_for_the_end_of_its_dispute(shop: Billing) -> None:
    sale = Sale(shop, delivered=False)
    disputed = sale.dispute()
    sale.buyer.fail(sale.target)
    sale.must_be(disputed=125_000, advances=-125_000)
    assert isinstance(sale.buyer.stands(sale.target), Advance)
    sale.move(disputed, "won")
    sale.must_be(stripe=125_000, refunds=-125_000)


def test_all_orders_of_a_disputes_events_end_in_the_same_state_and_books(shop: Billing) -> None:
    """What was lost, some of it given back, then won by an appeal; and the same without it."""
    sale = Sale(shop, delivered=True)
    disputed = str(shop.stripe.dispute(sale.intent, "lost")["id"])
    shop.stripe.move_funds(disputed, 25_000)
    lost = [each for each in sale.news.new() if "dispute" in each["type"]]
    shop.stripe.move_dispute(disputed, "won")
    won = [each for each in sale.news.new() if "dispute" in each["type"]]

    for events, books in (
        (lost, {"stripe": -100_000, "receivable": 100_000}),
        ([*lost[1:], *won], {}),
    ):
        assert 4 <= len(events) <= 5
        orders = [*permutations(events)][:: len(events) - 2]  # of 24 half, of 120 a third
        ends = {_end(sale, order, disputed) for order in orders}
        assert len(ends) == 1
        ((_, moved),) = ends
        assert dict(moved) == books


class _Undone(Exception):
    pass


def _end(sale: Sale, events: Any, disputed: str) -> tuple[Any, Any]:
    """Return where all stands after these events, and what was posted; then undo it."""
    ended: list[tuple[Any, Any]] = []

    def work(unit: Unit) -> None:
        for each in events:
            assert applied(unit, heard(_read(each)), each["id"]) == "applied"
        paid: Delivered = unit.state(payment.decider, sale.id)
        ended_as: dispute.Dispute = unit.state(dispute.decider, dispute_id(disputed))
        document = unit.state(invoice.decider, paid.invoice_id)
        purse = unit.state(wallet.decider, paid.workspace_id)
        moved: dict[str, int] = {}
        for recorded, _ in unit.events:
            for entry in postings(recorded.event):
                moved[entry.account] = moved.get(entry.account, 0) + entry.amount_ore
        funds = ended_as.funds
        stands = (
            (ended_as.ended, frozenset(funds.movements), funds.settled_ore, funds.loss_ore),
            (type(document), document.money.remaining_ore, paid.card.disputes, purse.balance_ore),
        )
        ended.append((stands, tuple(sorted((w, ore) for w, ore in moved.items() if ore))))
        raise _Undone

    app = sale.shop.parts.app
    call = Call(id=uuid4(), at=app.clock(), actor=service_actor("billing"), correlation_id="order")
    with pytest.raises(_Undone):
        app.attempt(call, work)
    return ended[0]


def _read(event: dict[str, Any]) -> StripeEvent:
    names = ("id", "type", "livemode", "api_version", "created")
    about = event["data"]["object"]
    fields = {name: event[name] for name in names}
    return StripeEvent(**fields, object_id=about["id"], object=about)
