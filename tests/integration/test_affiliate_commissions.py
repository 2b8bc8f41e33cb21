"""What is earned on real invoices of billing, credited, bounced and paid again, on PostgreSQL."""

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.errors import Invalid, NotFound, Rejected, ServiceError
from integration.stages.affiliate_shop import Affiliate, affiliate_shop
from integration.stages.billing_shop import NUMBER, OTHER_NUMBER
from servers.postgres import Server

NET_ORE, GROSS_ORE = 100_000, 125_000  # of one project
DAY = "2026-04-15"


@pytest.fixture(scope="module")
def opened(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Affiliate]:
    with affiliate_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield shop
        assert shop.disagreements() == {}
        assert shop.changed_by_a_rebuild() == {}


@pytest.fixture
def shop(opened: Affiliate) -> Iterator[Affiliate]:
    yield opened
    opened.hear_all()
    assert opened.broken() == {}


def affiliate(shop: Affiliate, number: str = OTHER_NUMBER) -> UUID:
    """Return a workspace that may earn."""
    return shop.knows(uuid4(), number)


def buyer(shop: Affiliate) -> UUID:
    """Return a customer of billing that affiliate knows, too."""
    return shop.knows(UUID(shop.shop.customer(0)), NUMBER)


def bind(shop: Affiliate, referrer: UUID, referred: UUID, percent: int = 20) -> str:
    shop.shop.pass_seconds(1)
    made = shop.call(
        "create_relationship",
        affiliate_workspace_id=str(referrer),
        referred_workspace_id=str(referred),
        commission_percent=percent,
        notes="promised",
    )
    id: str = made["id"]
    return id


def invoiced(shop: Affiliate, workspace_id: UUID, projects: int = 1) -> str:
    """Return an invoice that was issued."""
    shop.shop.pass_seconds(1)
    for _ in range(projects):
        shop.shop.deliver(shop.shop.start(str(workspace_id)))
    (draft,) = shop.shop.do("create_invoices", workspace_id=str(workspace_id))["items"]
    shop.shop.do("issue_invoice", invoice_id=draft["invoice_id"])
    id: str = draft["invoice_id"]
    return id


def pay(shop: Affiliate, invoice_id: str, name: str = "T-1") -> None:
    shop.shop.pass_seconds(1)
    shop.shop.pay(invoice_id, shop.shop.remaining(invoice_id), name)


def earned(shop: Affiliate, invoice_id: str) -> list[tuple[str, int]]:
    """Return the state and amount of each entry of an invoice."""
    entries = shop.call("explain_earning", invoice_id=invoice_id)["entries"]
    return [(each["state"], each["earning_amount_ore"]) for each in entries]


def pay_out(shop: Affiliate, workspace_id: UUID) -> Any:
    shop.owner(workspace_id).call(
        "set_payout_details",
        legal_name="En AS",
        organization_number=OTHER_NUMBER,
        vat_registered=False,
        account="12345678903",
        invoice_email="a@example.com",
    )
    return shop.do("create_payout", cutoff=DAY, affiliate_workspace_id=str(workspace_id))


def test_a_paid_and_credited_invoice_earns_though_both_are_heard_in_one_batch(
    shop: Affiliate,
) -> None:
    one, two = affiliate(shop), buyer(shop)
    relationship_id = bind(shop, one, two)
    invoice_id = invoiced(shop, two)
    pay(shop, invoice_id)
    shop.credit(invoice_id, 30_000)
    shop.hear_all()

    said = shop.call("explain_earning", invoice_id=invoice_id)

    assert earned(shop, invoice_id) == [("available", 14_000)]
    assert (said["outcome"], said["percent"], said["base_ore"]) == ("earned", 20, 70_000)
    assert said["relationship_id"] == relationship_id


def test_what_is_in_a_payout_stands_and_its_corrections_stand_beside_it(shop: Affiliate) -> None:
    one, two = affiliate(shop), buyer(shop)
    bind(shop, one, two)
    invoice_id = invoiced(shop, two)
    pay(shop, invoice_id)
    shop.hear_all()
    (payout,) = pay_out(shop, one)["items"]
    assert payout["amount_ore"] == 20_000

    shop.credit(invoice_id, 40_000)
    shop.shop.bounce(invoice_id)
    shop.hear(1)
    shop.hear_all()
    pay(shop, invoice_id, "T-2")
    shop.hear_all()

    amounts = [amount for _, amount in earned(shop, invoice_id)]
    assert amounts[0] == 20_000
    assert sum(amounts) == 12_000
    shop.do("cancel_payout", payout_id=payout["id"])
    assert [state for state, _ in earned(shop, invoice_id)] == ["available"] * len(amounts)


def test_the_percentage_and_the_affiliate_are_those_of_the_payment(shop: Affiliate) -> None:
    one, other, two = affiliate(shop), affiliate(shop), buyer(shop)
    relationship_id = bind(shop, one, two)
    before, after, others = (invoiced(shop, two) for _ in range(3))
    pay(shop, before)
    shop.shop.pass_seconds(1)
    changed = shop.call("change_commission", relationship_id=relationship_id, commission_percent=33)
    pay(shop, after)
    shop.shop.pass_seconds(1)
    shop.call("end_relationship", relationship_id=relationship_id, reason="Avtalen er over")
    again = bind(shop, other, two, 50)
    pay(shop, others)
    theirs = invoiced(shop, two)
    pay(shop, theirs)
    shop.shop.bounce(before)
    pay(shop, before, "T-2")  # while the other refers the customer
    shop.hear_all()

    assert earned(shop, before) == [("available", 20_000)]
    assert earned(shop, after) == [("available", 33_000)]
    said = shop.call("explain_earning", invoice_id=after)
    assert (said["percent"], said["percent_since"]) == (33, changed["valid_from"])
    skipped = shop.call("explain_earning", invoice_id=others)
    assert (skipped["outcome"], skipped["reason"]) == ("skipped", "issued_before_relationship")
    assert shop.call("explain_earning", invoice_id=theirs)["relationship_id"] == again
    assert earned(shop, theirs) == [("available", 50_000)]

    with pytest.raises(Rejected, match="relationship_ended"):
        shop.call("change_commission", relationship_id=relationship_id, commission_percent=9)
    once = shop.call("end_relationship", relationship_id=relationship_id, reason="En gang til")
    assert once["id"] == relationship_id
    (ended,) = shop.call("list_relationships", affiliate_workspace_id=str(one))["items"]
    assert (ended["is_active"], ended["commission_percent"]) == (False, 33)
    assert [each["percent"] for each in ended["percents"]] == [20, 33]
    assert ended["ended_at"] is not None
    reasons = shop.rows("select value from personal where field = 'end_reason'")
    assert reasons == [{"value": "Avtalen er over"}]


def test_the_same_company_found_out_after_the_bind_earns_nothing(shop: Affiliate) -> None:
    one, two = affiliate(shop), buyer(shop)
    bind(shop, one, two)
    owner = uuid4()
    for workspace_id in (one, two):
        shop.hear_auth("member_joined", workspace_id=workspace_id, user_id=owner, role="owner")
    invoice_id = invoiced(shop, two)
    pay(shop, invoice_id)
    shop.hear_all()

    said = shop.call("explain_earning", invoice_id=invoice_id)
    assert (said["outcome"], said["reason"], said["entries"]) == ("skipped", "self_referral", [])


def test_an_entry_is_held_rejected_and_released(shop: Affiliate) -> None:
    one, two = affiliate(shop), buyer(shop)
    bind(shop, one, two)
    invoice_id = invoiced(shop, two)
    pay(shop, invoice_id)
    shop.hear_all()
    (entry,) = shop.call("explain_earning", invoice_id=invoice_id)["entries"]
    id = entry["id"]

    with pytest.raises(Rejected, match="hold_first"):
        shop.call("reject_earning", earning_id=id, reason="Feil")
    assert shop.call("hold_earning", earning_id=id, reason="Må sjekkes")["state"] == "on_hold"
    assert pay_out(shop, one)["items"] == []
    assert shop.call("reject_earning", earning_id=id, reason="Feil")["state"] == "rejected"
    shop.credit(invoice_id, 50_000)
    shop.hear_all()
    assert earned(shop, invoice_id) == [("rejected", 0)]
    assert shop.call("release_earning", earning_id=id)["state"] == "available"
    assert earned(shop, invoice_id) == [("available", 10_000)]
    (entry,) = shop.call("explain_earning", invoice_id=invoice_id)["entries"]
    assert (entry["invoice_amount_ore"], entry["credited_net_ore"]) == (50_000, 50_000)
    (payout,) = pay_out(shop, one)["items"]
    with pytest.raises(Rejected, match="earning_reserved"):
        shop.call("hold_earning", earning_id=id, reason="For sent")
    assert payout["amount_ore"] == 10_000
    assert [each["value"] for each in shop.rows(REASONS, id=id)] == ["Feil"]
    with pytest.raises(NotFound):
        shop.call("release_earning", earning_id=str(uuid4()))


REASONS = "select value from personal where row_id = %(id)s"


def test_an_owner_is_told_of_its_own_alone(shop: Affiliate) -> None:
    one, two, other = affiliate(shop), buyer(shop), affiliate(shop)
    bind(shop, one, two)
    invoice_id, unreferred = invoiced(shop, two), invoiced(shop, buyer(shop))
    for each in (invoice_id, unreferred):
        pay(shop, each)
    shop.hear_all()

    def outcome(who: Any, of: str) -> str:
        said: str = who.call("explain_earning", invoice_id=of)["outcome"]
        return said

    assert outcome(shop.owner(one), invoice_id) == "earned"
    assert outcome(shop.owner(other), invoice_id) == outcome(shop.owner(two), invoice_id)
    assert outcome(shop.owner(other), invoice_id) == "unknown"
    assert outcome(shop.owner(one), unreferred) == "unknown"
    assert outcome(shop, unreferred) == "no_relationship"
    assert outcome(shop, str(uuid4())) == "unknown"
    with pytest.raises(NotFound):
        shop.owner(other).call("list_earnings", affiliate_workspace_id=str(one))
    mine = shop.owner(one).call("list_earnings")["items"]
    assert [each["earning_amount_ore"] for each in mine] == [20_000]


def test_earnings_are_listed_by_state_and_month(shop: Affiliate) -> None:
    one, two = affiliate(shop), buyer(shop)
    bind(shop, one, two)
    for percent in (0, 10):
        invoice_id = invoiced(shop, two)
        pay(shop, invoice_id)
        if percent:
            shop.shop.bounce(invoice_id)
    shop.hear_all()

    def amounts(**asked: Any) -> list[int]:
        whose = {"affiliate_workspace_id": str(one)}
        items = shop.call("list_earnings", **whose, **asked)["items"]
        return [each["earning_amount_ore"] for each in items]

    assert amounts(state="available", month="2026-04") == [20_000]
    assert amounts(state="reversed") == amounts(status="reversed") == [0]
    assert amounts(state="held") == amounts(month="2026-03") == []
    for wrong in ({"state": "gone"}, {"month": "2026-13"}, {"month": "2026-4"}):
        with pytest.raises(Invalid):
            amounts(**wrong)


def test_the_percentage_that_held_gives_the_real_figures(shop: Affiliate) -> None:
    one, two = affiliate(shop), buyer(shop)
    bind(shop, one, two, 25)
    for n in range(4):
        invoice_id = invoiced(shop, two)
        pay(shop, invoice_id)
        if n == 1:
            shop.credit(invoice_id, 33_300)
        if n == 2:
            shop.shop.bounce(invoice_id)
    shop.hear_all()

    def simulated(percent: int, day: str = DAY) -> dict[str, int]:
        said: dict[str, int] = shop.call(
            "simulate",
            commission_percent=percent,
            date_from=day,
            date_to=day,
            affiliate_workspace_id=str(one),
        )
        return {name: said[name] for name in ("real_ore", "simulated_ore")}

    real = 25_000 + 16_675 + 25_000
    assert simulated(25) == {"real_ore": real, "simulated_ore": real}
    assert simulated(50)["simulated_ore"] == 133_350
    assert simulated(25, "2026-04-14") == {"real_ore": 0, "simulated_ore": 0}
    for wrong in (0, 101, True, "20", 20.0):
        with pytest.raises(Invalid):
            simulated(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_to_real_invoices_their_entries_add_up(shop: Affiliate, seed: int) -> None:
    chance = random.Random(seed)
    print(f"seed {seed}")
    one, two = affiliate(shop), buyer(shop)
    relationship_id = bind(shop, one, two, chance.randint(1, 100))
    invoices = [invoiced(shop, two, chance.randint(1, 2)) for _ in range(3)]
    for n in range(14):
        invoice_id = chance.choice(invoices)
        shop.shop.pass_seconds(1)
        try:
            match chance.randrange(6):
                case 0 | 1:
                    pay(shop, invoice_id, f"T-{n}")
                case 2:
                    shop.credit(invoice_id, 100 * chance.randint(1, 300))
                case 3:
                    shop.shop.bounce(invoice_id, f"T-{chance.randrange(n + 1)}")
                case 4:
                    shop.call(
                        "change_commission",
                        relationship_id=relationship_id,
                        commission_percent=chance.randint(1, 100),
                    )
                case 5:
                    pay_out(shop, one)
        except ServiceError:
            continue
        if chance.random() < 0.4:
            shop.hear(chance.randint(1, 50))
            assert shop.broken() == {}
    shop.hear_all()
    assert shop.broken() == {}
