"""Paying by card, on PostgreSQL and against the stand-in for Stripe, through billing's methods."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from billing.domain.payment_states import Advance, ChargeAwaited, Cleared, Forgotten, Required
from billing.gateways.card_values import NewCharge, NewSession
from billing.names import payment_id
from chassis.errors import Unavailable
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.box_database import all_at_once
from integration.stages.card_buyers import GROSS_ORE, Buyer
from integration.stages.card_kills import ASKED, ENDED, NOTED, Death, die
from integration.stages.card_news import News
from integration.stages.lost_replies import (
    A_DAY_AND_AN_HOUR,
    INTENTS,
    SESSIONS,
    made_once,
    waiting,
)
from servers.postgres import Server
from stand_ins.stripe import cards as test_cards
from stand_ins.stripe.stand_in import StandIn

A_DAY = 24 * 3600
SWEDEN = {"street": "Gatan 1", "postal_code": "111 22", "city": "Stockholm", "country": "SE"}
FOREIGN = {"organization_number": None, "billing_address": SWEDEN}


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    folder = tmp_path_factory.mktemp("blobs")
    with StandIn() as stripe, billing_shop(postgres_server, folder, stripe) as working:
        yield working


@pytest.fixture
def buyer(shop: Billing) -> Iterator[Buyer]:
    yield Buyer(shop)
    shop.stripe.unset()


def test_a_checkout_is_answered_again_until_it_expires(shop: Billing, buyer: Buyer) -> None:
    target, key = buyer.want(), str(uuid4())
    first = buyer.start(target, key)
    assert (first["amount_ore"], first["currency"]) == (GROSS_ORE, "NOK")
    shop.pass_seconds(A_DAY - 600)
    assert buyer.start(target, key) == buyer.start(target) == first

    shop.pass_seconds(600)
    second = buyer.start(target, key)

    assert second["url"] != first["url"]
    assert [each["status"] for each in buyer.at_stripe("checkout.session")] == ["expired", "open"]
    assert [each["metadata"]["attempt"] for each in buyer.at_stripe("checkout.session")] == [
        "1",
        "2",
    ]
    assert len(buyer.at_stripe("customer")) == 1


def test_two_at_once_are_sent_to_the_same_checkout(buyer: Buyer) -> None:
    target = buyer.want()

    replies = all_at_once([partial(buyer.start, target)] * 4)

    assert {str(each) for each in replies} == {str(buyer.start(target))}
    assert len(buyer.at_stripe("checkout.session")) == 1


def test_a_price_that_changed_after_a_lost_reply_leaves_one_checkout_open(
    shop: Billing, buyer: Buyer
) -> None:
    buyer.save()
    target, before = buyer.want(), len(buyer.at_stripe("checkout.session", "open"))
    shop.stripe.switch("reply_lost", on=SESSIONS)
    with pytest.raises(Unavailable):
        buyer.start(target)
    shop.do("set_pricing", workspace_id=buyer.workspace_id, image_project_price_ore=90_000)

    assert buyer.start(target)["amount_ore"] == 112_500

    assert len(buyer.at_stripe("checkout.session", "open")) == before + 1


def test_the_price_is_ours_at_the_buyers_rate_and_the_buyer_is_kept_before_anybody_can_pay(
    shop: Billing, buyer: Buyer
) -> None:
    shop.do("set_pricing", workspace_id=buyer.workspace_id, image_project_price_ore=80_000)
    assert buyer.start(target := buyer.want())["amount_ore"] == 100_000
    abroad = Buyer(shop, **FOREIGN)
    elsewhere = abroad.want()
    assert abroad.start(elsewhere)["amount_ore"] == 100_000

    (session,) = abroad.at_stripe("checkout.session")
    assert (session["currency"], session["locale"]) == ("nok", "en")
    payer, foreigner = buyer.payer(target), abroad.payer(elsewhere)
    assert payer is not None and foreigner is not None
    assert (payer["legal_name"], payer["organization_number"]) == (
        "Eksempel Bolig AS",
        "701730496",
    )
    assert (foreigner["billing_address"], foreigner["organization_number"]) == (SWEDEN, None)
    assert (payer["retention_until"], payer["unpaid_since"]) == (None, shop.now)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"legal_name": " "}, ["legal_name"]),
        ({"organization_number": None}, ["country", "address"]),
        (
            {**FOREIGN, "billing_address": {**SWEDEN, "country": ""}},
            ["country"],
        ),
        (
            {**FOREIGN, "billing_address": {**SWEDEN, "city": ""}, "legal_name": None},
            ["legal_name", "address"],
        ),
    ],
)
def test_what_a_sales_document_would_lack_is_refused_before_stripe_is_asked(
    shop: Billing, facts: dict[str, Any], missing: list[str]
) -> None:
    buyer = Buyer(shop, **facts)
    target, before = buyer.want(), len(shop.stripe.calls())

    for method in ("start_checkout", "charge_saved_card"):
        refusal = buyer.refused(method, **target)
        assert (refusal.code, refusal.details) == ("billing.not_issuable", {"missing": missing})
    assert len(shop.stripe.calls()) == before
    assert buyer.payer(target) is None


def test_only_what_waits_for_its_own_buyer_to_pay_is_paid_by_card(
    shop: Billing, buyer: Buyer
) -> None:
    target, stranger = buyer.want(), Buyer(shop)
    buyer.save()
    for method in ("start_checkout", "charge_saved_card"):
        never = {"target_kind": "image_project", "target_id": str(uuid4())}
        for asked in (never, stranger.want()):
            assert buyer.refused(method, **asked).code == "billing.payment_not_found"
        shop.do("set_pricing", workspace_id=stranger.workspace_id, image_project_price_ore=0)
        assert stranger.refused(method, **stranger.want()).code == "billing.already_billed"
    shop.do("set_pricing", workspace_id=buyer.workspace_id, image_project_price_ore=0)
    assert buyer.refused("start_checkout", **target).code == "billing.free"
    shop.do("set_pricing", workspace_id=buyer.workspace_id, image_project_price_ore=100_000)

    assert buyer.charge(target)["clearance"] == "cleared"

    assert buyer.refused("start_checkout", **target).code == "billing.already_billed"
    assert buyer.refused("charge_saved_card", **target).code == "billing.already_billed"
    buyer.fail(target)
    assert buyer.refused("start_checkout", **target).code == "billing.not_requested"
    assert buyer.payer(target) is None  # who got it back is on no document


@pytest.mark.parametrize("seed", range(1, 6))
def test_whatever_becomes_of_replies_there_is_one_customer_one_open_checkout_and_one_charge(
    shop: Billing, seed: int
) -> None:
    lost, wrong = made_once(shop, seed)
    print(lost)
    assert wrong == []


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (test_cards.DECLINED, "card_declined"),
        (test_cards.ALWAYS_AUTHENTICATES, "authentication_required"),
    ],
)
def test_a_card_that_does_not_pay_says_why_and_a_checkout_may_pay_then(
    shop: Billing, buyer: Buyer, card: str, reason: str
) -> None:
    buyer.save(card)
    target, key = buyer.want(), str(uuid4())

    reply = buyer.charge(target, key)

    assert (reply["clearance"], reply["reason"]) == ("payment_required", reason)
    assert isinstance(buyer.stands(target), Required)
    assert buyer.charge(target, key) == reply
    assert waiting(shop, target) == []
    started = buyer.start(target)
    assert buyer.refused("charge_saved_card", **target).code == "billing.checkout_open"
    assert [each["url"] for each in buyer.at_stripe("checkout.session", "open")][-1:] == [
        started["url"]
    ]


def test_an_amount_is_never_the_callers(buyer: Buyer) -> None:
    for method in ("start_checkout", "charge_saved_card"):
        refusal = buyer.refused(method, **buyer.want(), amount_ore=100)
        assert refusal.details == {"fields": {"amount_ore": ["Unknown field."]}}


def test_a_card_is_known_once_it_was_saved_and_only_its_owners_is_charged(
    shop: Billing, buyer: Buyer
) -> None:
    target = buyer.want()
    assert buyer.owner.call("list_payment_methods") == {"items": [], "next_cursor": None}
    assert buyer.refused("create_billing_portal_session").code == "billing.no_saved_card"
    assert buyer.refused("charge_saved_card", **target).code == "billing.no_saved_card"
    assert buyer.refused("set_auto_charge", enabled=True).code == "billing.no_saved_card"
    assert buyer.owner.call("set_auto_charge", enabled=False)["version"] == 0

    card, stranger = buyer.save(), Buyer(shop)
    (shown,) = buyer.owner.call("list_payment_methods")["items"]
    assert (shown["payment_method_id"], shown["last4"]) == (card, "4242")
    foreign = {**target, "payment_method_id": stranger.save()}
    assert buyer.refused("charge_saved_card", **foreign).code == "billing.no_saved_card"
    assert buyer.charge(target, payment_method_id=card)["clearance"] == "cleared"


def test_work_is_charged_by_itself_where_its_owner_wants_it(shop: Billing, buyer: Buyer) -> None:
    buyer.save()
    buyer.owner.call("set_auto_charge", enabled=True)
    target = buyer.want()
    assert isinstance(buyer.stands(target), ChargeAwaited)
    assert buyer.refused("charge_saved_card", **target).code == "billing.charge_running"

    assert shop.worker("charge_due").work()

    assert isinstance(buyer.stands(target), Advance)
    assert waiting(shop, target) == []
    shop.auth.says[buyer.workspace_id] = {"legal_name": None}
    lacking = buyer.want()
    assert shop.worker("charge_due").work()
    stands = buyer.stands(lacking)
    assert isinstance(stands, Required) and stands.reason == "no_method"
    assert len(buyer.at_stripe("payment_intent")) == 1
    buyer.owner.call("set_auto_charge", enabled=False)
    assert isinstance(buyer.stands(buyer.want()), Required)


def test_who_may_be_invoiced_by_now_and_pays_by_card_at_once_is_on_one_rail(shop: Billing) -> None:
    for _ in range(5):
        buyer = Buyer(shop)
        buyer.save()
        target = buyer.want()

        all_at_once([partial(buyer.charge, target), partial(shop.approve, buyer.workspace_id)])

        stands, paid = buyer.stands(target), buyer.at_stripe("payment_intent", "succeeded")
        if isinstance(stands, Advance):
            assert len(paid) == 1
        else:
            assert isinstance(stands, Cleared) and stands.sale.method == "invoice"
            assert paid == []


def test_an_open_checkout_stays_when_its_buyer_may_be_invoiced_and_a_cleared_target_has_none(
    shop: Billing, buyer: Buyer
) -> None:
    target, other = buyer.want(), buyer.want()
    started = buyer.start(target)

    shop.approve(buyer.workspace_id)

    assert buyer.start(target) == started
    assert buyer.refused("start_checkout", **other).code == "billing.already_billed"


def test_a_charge_that_nobody_saw_the_end_of_is_ended_by_a_job(shop: Billing, buyer: Buyer) -> None:
    buyer.save()
    targets = {fault: buyer.want() for fault in ("reply_lost", "rate_limited")}
    for fault, target in targets.items():
        shop.stripe.switch(fault, on=INTENTS)  # type: ignore[arg-type]
        with pytest.raises(Unavailable):
            buyer.charge(target)
        assert not shop.worker("charge").work()  # it looks after a minute

        _hurry(shop)
        assert shop.worker("charge").work()

        assert isinstance(buyer.stands(target), Advance)
    assert len(buyer.at_stripe("payment_intent", "succeeded")) == 2


@pytest.mark.filterwarnings("ignore:Using fork:DeprecationWarning")  # nothing here is green
def test_a_process_may_die_between_any_two_steps_of_a_charge(shop: Billing) -> None:
    """By hand and by itself: noted, asked of Stripe, and what came of it."""
    deaths, paying = [], []
    for after in (NOTED, ASKED, ENDED):
        buyer, key = Buyer(shop), str(uuid4())
        buyer.save()
        target = buyer.want()
        asked = {**target, "idempotency_key": key}
        deaths.append(Death(after=after, asked=asked, token=str(buyer.owner.caller.auth_token)))
        paying.append((buyer, target, key))
    for after in (NOTED, ASKED, ENDED):
        buyer = Buyer(shop)
        buyer.save()
        buyer.owner.call("set_auto_charge", enabled=True)
        deaths.append(Death(after=after, asked=None, token=""))
        paying.append((buyer, buyer.want(), ""))
    die(shop.variables, shop.now, deaths)

    assert paying[0][0].charge(paying[0][1], paying[0][2])["clearance"] == "cleared"
    _hurry(shop)
    worker = shop.worker("charge_due")
    worker.release()
    while worker.work() or shop.worker("charge").work():
        pass
    for buyer, target, key in paying:
        assert isinstance(buyer.stands(target), Advance)
        assert len(buyer.at_stripe("payment_intent", "succeeded")) == 1
        if key:
            assert buyer.charge(target, key)["clearance"] == "cleared"


@pytest.mark.parametrize("switched_off", ["by its owner", "here"])
def test_nothing_is_charged_by_itself_that_is_not_wanted_any_more_or_not_possible(
    shop: Billing, buyer: Buyer, switched_off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer.save()
    buyer.owner.call("set_auto_charge", enabled=True)
    target = buyer.want()

    if switched_off == "here":
        (kind,) = (each for each in shop.parts.kinds if each.name == "charge_due")
        monkeypatch.setattr(kind.run.__self__, "_cards", None)  # type: ignore[attr-defined]
    else:
        buyer.owner.call("set_auto_charge", enabled=False)
    assert shop.worker("charge_due").work()

    assert isinstance(buyer.stands(target), Required)
    assert buyer.at_stripe("payment_intent") == []


@pytest.mark.parametrize("told", [False, True])
def test_what_was_paid_and_then_forgotten_by_a_restore_is_found_by_who_tries_again(
    shop: Billing, buyer: Buyer, told: bool
) -> None:
    buyer.save()
    target, news, cards = buyer.want(), News(shop), shop.parts.door.tools.cards
    id = payment_id("image_project", UUID(target["target_id"]))
    session = cards.open_session(
        NewSession(
            payment_id=id,
            attempt=1,
            customer_id=str(buyer.customer),
            amount_ore=GROSS_ORE,
            description="Bilder",
            target_kind="image_project",
            target_id=UUID(target["target_id"]),
            expires_at=shop.now + timedelta(hours=1),
            return_url="https://studio.example/billing",
            locale="nb",
        ),
        again=False,
    )
    shop.stripe.pay(session.session_id)
    if told:
        news.all()  # is nobody's: it goes back

    assert buyer.refused("start_checkout", **target).code == "chassis.busy"
    news.look()

    if told:
        assert buyer.start(target)["url"] != session.url
    else:
        assert isinstance(buyer.stands(target), Advance)
        assert buyer.payer(target) is not None


def test_a_charge_that_a_restore_forgot_is_not_made_again(shop: Billing, buyer: Buyer) -> None:
    method, target = buyer.save(), buyer.want()
    shop.parts.door.tools.cards.charge(
        NewCharge(
            payment_id=payment_id("image_project", UUID(target["target_id"])),
            attempt=1,
            customer_id=str(buyer.customer),
            payment_method_id=method,
            amount_ore=GROSS_ORE,
            description="Bilder",
        ),
        again=False,
    )
    shop.pass_seconds(A_DAY_AND_AN_HOUR)  # Stripe knows no key of then

    assert buyer.charge(target)["clearance"] == "cleared"
    assert len(buyer.at_stripe("payment_intent", "succeeded")) == 1


def test_what_was_paid_for_what_was_deleted_goes_back_though_stripes_word_is_lost(
    shop: Billing, buyer: Buyer
) -> None:
    target = buyer.want()
    buyer.start(target)
    (session,) = buyer.at_stripe("checkout.session", "open")
    buyer.delete(target)
    shop.stripe.pay(session["id"])

    assert shop.worker("expire_session").work()
    News(shop).look()

    query = "select cause from refund where payment_id = %(id)s"
    id = payment_id("image_project", UUID(target["target_id"]))
    assert shop.rows(query, id=str(id)) == [{"cause": "target_gone"}]


def test_the_session_of_what_was_deleted_is_closed(shop: Billing, buyer: Buyer) -> None:
    target = buyer.want()
    buyer.start(target)

    buyer.delete(target)

    assert isinstance(buyer.stands(target), Forgotten)
    assert buyer.payer(target) is None
    query = "select status, expires_at from project_payment where project_id = %(id)s"
    gone = {"status": "failed", "expires_at": None}
    assert shop.rows(query, id=target["target_id"]) == [gone]
    assert buyer.refused("start_checkout", **target).code == "billing.payment_not_found"
    assert shop.worker("expire_session").work()
    assert [each["status"] for each in buyer.at_stripe("checkout.session")] == ["expired"]


def test_who_never_paid_is_forgotten_after_90_days_and_who_paid_stays_for_the_document(
    shop: Billing, buyer: Buyer
) -> None:
    buyer.save()
    paid, unpaid = buyer.want(), buyer.want()
    buyer.charge(paid)
    buyer.start(unpaid)
    prune = next(each for each in shop.parts.schedules if each.name == "prune_payers")

    shop.pass_seconds(91 * A_DAY)
    prune.run(shop.parts.app)

    assert buyer.payer(unpaid) is None
    assert buyer.payer(paid) is not None


def _hurry(shop: Billing) -> None:
    """Let what waits be due."""
    with psycopg.connect(shop.owner_url) as connection:
        connection.execute("update jobs set run_at = now() where state = 'waiting'")
