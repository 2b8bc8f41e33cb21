"""Each thing is made once at Stripe, whatever becomes of the replies."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from billing.gateways.card_port import Cards
from chassis.errors import Unavailable
from integration.stages.card_gateway import (
    BACK,
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

A_SECOND, A_DAY_AND_AN_HOUR = 1, 25 * 3600
Try = Callable[[bool], object]  # again -> what the gateway says


@pytest.fixture
def both() -> Iterator[tuple[Cards, StandIn]]:
    with opened() as gateway_and_stand_in:
        yield gateway_and_stand_in


def tries(name: str, cards: Cards, stand_in: StandIn) -> tuple[str, str, Try]:
    """Return the call that makes a thing, the kind of what is made, and how it is tried."""
    if name == "customer":
        path = "POST /v1/customers"
        return path, "customer", lambda again: cards.customer(WORKSPACE, "AS", None, again)
    owner = customer(cards)
    if name == "session":
        kind = "checkout.session"
        return (
            f"POST /v1/{kind.replace('.', '/')}s",
            kind,
            lambda again: cards.open_session(new_session(owner, stand_in), again),
        )
    card = saved_card(cards, stand_in, owner, test_cards.GOOD)
    if name == "charge":
        wanted = new_charge(owner, card)
        return "POST /v1/payment_intents", "charge", lambda again: cards.charge(wanted, again)
    intent_id = cards.charge(new_charge(owner, card), again=False).intent_id
    assert intent_id is not None
    return "POST /v1/refunds", "refund", lambda again: cards.refund(new_refund(intent_id), again)


def made(stand_in: StandIn, kind: str) -> list[Any]:
    """Return what there is of that kind and counts."""
    found = stand_in.objects(kind)
    if kind == "customer":
        return [each for each in found if each["metadata"]["workspace_id"] == str(WORKSPACE)]
    return [each for each in found if each["status"] in ("open", "succeeded")]


@pytest.mark.parametrize("later_s", [A_SECOND, A_DAY_AND_AN_HOUR])
@pytest.mark.parametrize("fault", ["reply_lost", "kept_500", "kept_500_done"])
@pytest.mark.parametrize("name", ["customer", "session", "charge", "refund"])
def test_after_a_try_that_nobody_knows_of_there_is_one_of_each_thing(
    both: tuple[Cards, StandIn], name: str, fault: Any, later_s: int
) -> None:
    cards, stand_in = both
    path, kind, attempt = tries(name, cards, stand_in)
    stand_in.switch(fault, on=path)
    with pytest.raises(Unavailable):
        attempt(False)
    stand_in.advance(later_s)

    first = attempt(True)

    assert len(made(stand_in, kind)) == 1
    assert attempt(True) == first
    assert len(made(stand_in, kind)) == 1


@pytest.mark.parametrize("fault", ["reply_lost", "kept_500_done"])
def test_a_charge_is_found_before_a_search_would_find_it(
    both: tuple[Cards, StandIn], fault: Any
) -> None:
    cards, stand_in = both
    stand_in.lag_search(3600)
    path, kind, attempt = tries("charge", cards, stand_in)
    stand_in.switch(fault, on=path)
    with pytest.raises(Unavailable):
        attempt(False)

    attempt(True)

    assert len(made(stand_in, kind)) == 1


def test_a_customer_that_a_search_does_not_find_yet_is_known_by_its_key(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    stand_in.lag_search(60)
    first = cards.customer(WORKSPACE, "AS", "a@b.example", again=False)

    assert cards.customer(WORKSPACE, "AS", "a@b.example", again=True) == first


def test_the_portal_is_opened_once_a_request(both: tuple[Cards, StandIn]) -> None:
    cards, stand_in = both
    owner = customer(cards)
    stand_in.switch("reply_lost", on="POST /v1/billing_portal/sessions")
    with pytest.raises(Unavailable):
        cards.portal(owner, BACK, "one")

    assert cards.portal(owner, BACK, "one") == cards.portal(owner, BACK, "one")
    assert cards.portal(owner, BACK, "one") != cards.portal(owner, BACK, "two")
    assert len(stand_in.objects("billing_portal.session")) == 2


def test_a_first_try_looks_for_nothing_and_its_key_names_kind_id_and_attempt(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    keys = []
    for name in ("customer", "session", "charge", "refund"):
        _, _, attempt = tries(name, cards, stand_in)
        before = len(stand_in.calls())
        attempt(False)
        (call,) = stand_in.calls()[before:]
        keys.append(call["idempotency_key"])
    assert keys == [
        f"customer:{WORKSPACE}:1",
        f"checkout:{PAYMENT}:1:{PRICE_ORE}",
        f"charge:{PAYMENT}:1",
        f"refund:{REFUND}:1",
    ]


@pytest.mark.parametrize("name", ["customer", "session", "charge", "refund"])
def test_of_rivals_at_once_all_are_told_of_the_same_thing(
    both: tuple[Cards, StandIn], name: str
) -> None:
    cards, stand_in = both
    _, kind, attempt = tries(name, cards, stand_in)
    with ThreadPoolExecutor(4) as rivals:
        said = list(rivals.map(attempt, [False, True, False, True]))

    assert len(made(stand_in, kind)) == 1
    assert all(each == said[0] for each in said)


def test_whoever_did_not_know_of_an_earlier_try_learns_it_from_the_key(
    both: tuple[Cards, StandIn],
) -> None:
    cards, stand_in = both
    owner = customer(cards)
    first = cards.open_session(new_session(owner, stand_in), again=False)
    stand_in.advance(1)  # it would expire a second later: other parameters

    assert cards.open_session(new_session(owner, stand_in), again=False) == first


def test_a_key_whose_answers_are_all_broken_is_given_up(both: tuple[Cards, StandIn]) -> None:
    cards, stand_in = both
    path, _, attempt = tries("refund", cards, stand_in)
    stand_in.switch("kept_500", times=None, on=path)
    for _ in range(7):
        with pytest.raises(Unavailable):
            attempt(True)
    stand_in.unset()
    stand_in.advance(A_DAY_AND_AN_HOUR)

    attempt(True)

    assert len(made(stand_in, "refund")) == 1
