"""What the card gateway makes of what Stripe says: sessions, charges, refunds, disputes, errors."""

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billing.gateways import stripe_cards, stripe_client
from billing.gateways.card_port import Cards
from billing.gateways.card_values import Charge
from billing.gateways.stripe_cards import StripeCards
from chassis.errors import Rejected, Unavailable
from integration.stages.card_gateway import (
    BACK,
    KEY,
    PAYMENT,
    PRICE_ORE,
    REFUND,
    WORKSPACE,
    customer,
    new_charge,
    new_refund,
    new_session,
    opened,
    saved_card,
)
from stand_ins.stripe import cards as test_cards
from stand_ins.stripe.stand_in import StandIn

EVER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def both() -> Iterator[tuple[Cards, StandIn]]:
    with opened() as gateway_and_stand_in:
        yield gateway_and_stand_in


def test_a_checkout_is_asked_for_as_it_should_be_and_has_its_metadata_twice(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    new = new_session(customer(cards), stand_in)
    session = cards.open_session(new, again=False)
    (asked,) = stand_in.calls("POST /v1/checkout/sessions")
    metadata = {
        "payment_id": str(PAYMENT),
        "attempt": "1",
        "target_kind": "video_project",
        "target_id": str(new.target_id),
    }
    assert asked["params"] == {
        "mode": "payment",
        "customer": new.customer_id,
        "client_reference_id": str(PAYMENT),
        "line_items": [
            {
                "quantity": "1",
                "price_data": {
                    "currency": "nok",
                    "unit_amount": "125000",
                    "product_data": {"name": "Film: Fjord"},
                },
            }
        ],
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": "false"},
        "metadata": metadata,
        "payment_intent_data": {
            "description": "Film: Fjord",
            "metadata": metadata,
            "setup_future_usage": "off_session",
        },
        "expires_at": str(int(new.expires_at.timestamp())),
        "success_url": BACK,
        "cancel_url": BACK,
        "locale": "nb",
    }
    assert asked["version"] == "2026-10-28.endive"
    assert (session.status, session.payment_status, session.intent_id) == ("open", "unpaid", None)
    assert (session.amount_ore, session.expires_at) == (
        PRICE_ORE,
        new.expires_at.replace(microsecond=0),
    )


def test_a_paid_checkout_names_its_payment_and_saves_the_card(both: tuple[Cards, StandIn]) -> None:
    cards, stand_in = both
    owner = customer(cards)
    session = cards.open_session(new_session(owner, stand_in), again=False)
    stand_in.pay(session.session_id)

    paid = cards.session(session.session_id)
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.intent_id is not None
    intent = cards.intent(paid.intent_id)
    assert (intent.status, intent.amount_ore, intent.currency) == ("succeeded", PRICE_ORE, "NOK")
    assert (intent.payment_id, intent.attempt) == (PAYMENT, 1)
    (card,) = cards.saved_cards(owner)
    assert (card.brand, card.last4) == ("visa", "4242")
    # whoever did not hear that it was paid does not let it be paid again
    assert cards.open_session(new_session(owner, stand_in), again=True) == paid
    assert cards.expire_session(session.session_id) == paid


def test_of_one_payment_one_checkout_is_open_at_the_price_of_today(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    owner = customer(cards)
    dear = cards.open_session(new_session(owner, stand_in, amount_ore=250_000), again=False)
    new = cards.open_session(new_session(owner, stand_in), again=True)
    later = cards.open_session(new_session(owner, stand_in, attempt=2), again=True)

    assert [cards.session(each.session_id).status for each in (dear, new, later)] == [
        "expired",
        "expired",
        "open",
    ]
    assert cards.expire_session(dear.session_id).status == "expired"
    assert cards.expire_session(later.session_id).status == "expired"
    assert cards.open_session(new_session(owner, stand_in, attempt=2), again=True).status == "open"


def test_saved_cards_are_told_the_newest_first(both: tuple[Cards, StandIn]) -> None:
    cards, stand_in = both
    owner = customer(cards)
    assert cards.saved_cards(owner) == ()
    old = saved_card(cards, stand_in, owner, test_cards.GOOD)
    stand_in.advance(1)
    new = saved_card(cards, stand_in, owner, "5555555555554444")

    assert [each.payment_method_id for each in cards.saved_cards(owner)] == [new, old]


@pytest.mark.parametrize(
    ("card", "outcome", "code"),
    [
        (test_cards.GOOD, "succeeded", None),
        (
            test_cards.NEEDS_AUTHENTICATION,
            "authentication_required",
            "authentication_required",
        ),
        (test_cards.DECLINED, "card_declined", "generic_decline"),
    ],
)
def test_a_charge_has_one_outcome_however_often_it_is_asked_for(
    both: tuple[Cards, StandIn], card: str, outcome: Any, code: str | None
) -> None:
    cards, stand_in = both
    owner = customer(cards)
    wanted = new_charge(owner, saved_card(cards, stand_in, owner, card))

    said = cards.charge(wanted, again=False)

    assert said.intent_id is not None
    assert said == Charge(intent_id=said.intent_id, outcome=outcome, code=code)
    assert cards.charge(wanted, again=False) == said
    assert cards.charge(wanted, again=True) == said
    assert len(stand_in.objects("payment_intent")) == 1


def test_a_card_that_is_gone_is_a_declined_one_and_another_attempt_another_charge(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    owner = customer(cards)
    gone = cards.charge(new_charge(owner, "pm_gone"), again=False)
    card = saved_card(cards, stand_in, owner, test_cards.GOOD)
    paid = cards.charge(new_charge(owner, card, attempt=2), again=True)

    assert gone == Charge(intent_id=None, outcome="card_declined", code="resource_missing")
    assert paid.outcome == "succeeded"


def paid_intent(cards: Cards, stand_in: StandIn) -> str:
    """Return the id of a captured payment."""
    owner = customer(cards)
    card = saved_card(cards, stand_in, owner, test_cards.GOOD)
    charged = cards.charge(new_charge(owner, card), again=False)
    assert charged.intent_id is not None
    return charged.intent_id


def test_refunds_are_told_with_whose_they_are_and_what_became_of_them(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    intent_id = paid_intent(cards, stand_in)
    stand_in.switch("refund_pending")
    said = cards.refund(new_refund(intent_id, 25_000), again=False)
    assert (said.status, said.amount_ore, said.currency) == ("pending", 25_000, "NOK")
    assert (said.refund_id, said.intent_id, said.failure_reason) == (REFUND, intent_id, None)

    stand_in.settle_refund(said.provider_id, "failed", "expired_or_canceled_card")
    failed = cards.refund_said(said.provider_id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert cards.refund(new_refund(intent_id, 25_000), again=True) == failed

    by_hand = stand_in.refund_in_dashboard(intent_id, 10_000)
    first, second = cards.refunds_of(intent_id)
    assert (first.provider_id, first.refund_id) == (by_hand["id"], None)
    assert second == failed
    assert [each.provider_id for each in cards.refunded(*EVER)] == [
        first.provider_id,
        second.provider_id,
    ]


def test_what_stripe_refuses_is_told_by_its_code_and_without_its_words(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    intent_id = paid_intent(cards, stand_in)
    cards.refund(new_refund(intent_id), again=False)
    another = replace(new_refund(intent_id), refund_id=PAYMENT)
    with pytest.raises(Rejected) as refused:
        cards.refund(another, again=True)

    assert refused.value.code == "billing.card_gateway_refused"
    assert refused.value.details["code"] == "charge_already_refunded"
    with pytest.raises(Rejected, match="resource_missing"):
        cards.intent("pi_of_nobody")


def test_disputes_are_told_with_the_money_that_went_and_came(both: tuple[Cards, StandIn]) -> None:
    cards, stand_in = both
    intent_id = paid_intent(cards, stand_in)
    assert cards.disputes_of(intent_id) == ()
    opened = stand_in.dispute(intent_id, amount=60_000)
    stand_in.move_dispute(opened["id"], "won")

    (said,) = cards.disputes_of(intent_id)
    assert (said.dispute_id, said.status, said.amount_ore) == (opened["id"], "won", 60_000)
    assert [each.amount_ore for each in said.movements] == [-60_000, 60_000]
    assert len({each.balance_transaction_id for each in said.movements}) == 2
    assert tuple(cards.disputed(*EVER)) == (said,)


def test_what_was_captured_in_a_time_is_told_over_all_pages(
    both: tuple[Cards, StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_cards, "PAGE", 2)
    cards, stand_in = both
    owner = customer(cards)
    card = saved_card(cards, stand_in, owner, test_cards.GOOD)
    paid = [cards.charge(new_charge(owner, card, n), again=False).intent_id for n in range(1, 6)]
    declined = saved_card(cards, stand_in, owner, test_cards.DECLINED)
    cards.charge(new_charge(owner, declined, 6), again=False)

    told = list(cards.captured(*EVER))

    assert [each.intent_id for each in told] == paid[::-1]
    assert [each.attempt for each in told] == [5, 4, 3, 2, 1]
    assert {(each.payment_id, each.amount_ore, each.currency) for each in told} == {
        (PAYMENT, PRICE_ORE, "NOK")
    }
    until = told[-1].at
    assert list(cards.captured(until - timedelta(days=1), until)) == []


def test_nobody_is_told_the_key_and_no_log_names_a_buyer(
    both: tuple[Cards, StandIn], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, stand_in = both
    wrong = StripeCards(stripe_client.client("rk_live_p4ssword", stand_in.url))
    nowhere = StripeCards(stripe_client.client("rk_test_p4ssword", "http://127.0.0.1:9"))
    for cards, code in ((wrong, "misconfigured"), (nowhere, "unavailable")):
        with pytest.raises(Unavailable, match=code) as raised:
            cards.customer(WORKSPACE, "Kari", "kari@example.no", again=False)
        assert raised.value.__context__ is None and raised.value.__cause__ is None
        told = "".join(traceback.format_exception(raised.value)) + repr(cards) + caplog.text
        assert "p4ssword" not in told
    assert "look at STRIPE_KEY" in caplog.text
    assert "Kari" not in caplog.text and "kari" not in caplog.text


def test_too_many_calls_are_worth_a_repeat(both: tuple[Cards, StandIn]) -> None:
    cards, stand_in = both
    stand_in.switch("rate_limited")
    with pytest.raises(Unavailable) as raised:
        cards.customer(WORKSPACE, "AS", None, again=False)
    assert raised.value.retryable
    assert cards.customer(WORKSPACE, "AS", None, again=False)


def test_a_key_without_a_right_is_for_an_operator_to_mend(both: tuple[Cards, StandIn]) -> None:
    cards, stand_in = both
    stand_in.switch("forbidden")
    with pytest.raises(Unavailable, match="card_gateway_misconfigured"):
        cards.customer(WORKSPACE, "AS", None, again=False)
    assert cards.customer(WORKSPACE, "AS", None, again=False)


def test_without_a_key_cards_are_not_accepted() -> None:
    assert stripe_cards.opened(None, "https://api.stripe.com") is None
    assert KEY not in repr(stripe_cards.opened(KEY, "https://api.stripe.com"))
