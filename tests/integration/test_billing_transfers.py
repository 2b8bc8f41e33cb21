"""Transfers on PostgreSQL: brought by the bank, paid in by KID, allocated by hand, returned."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from billing.domain import number_series
from chassis.errors import Invalid, NotFound
from integration.stages.billing_money import GROSS_ORE, Money, payment, soundly, transfer
from integration.stages.billing_shop import Billing, billing_shop
from servers.postgres import Server

IMPORT, ALLOCATE, RETURN = (
    "import_bank_payments",
    "allocate_bank_payment",
    "return_bank_payment",
)


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as working:
        yield working


@pytest.fixture
def money(shop: Billing) -> Iterator[Money]:
    yield from soundly(shop)


def told(item: dict[str, Any]) -> tuple[str, str | None, int, int]:
    return item["state"], item["reason"], item["applied_ore"], item["credited_ore"]


def waiting(money: Money, amount_ore: int) -> str:
    """Return a transfer that nobody claims."""
    (item,) = money.bring(transfer(str(uuid4()), amount_ore))
    id: str = item["bank_payment_id"]
    return id


def test_each_transfer_of_a_call_has_its_own_answer(money: Money) -> None:
    invoice_id, paid_id = money.shop.issued(1), money.shop.issued(1)
    kid, paid_kid = money.kid(invoice_id), money.kid(paid_id)
    money.record(paid_id, GROSS_ORE, "before the file")
    wrong = kid[:-1] + str((int(kid[-1]) + 1) % 10)
    brought = [
        (transfer("a-1", 50_000, kid), ("allocated", None, 50_000, 0)),
        (transfer("a-2", 80_000, f" {kid[:3]} {kid[3:]} "), ("allocated", None, 75_000, 5_000)),
        (transfer("a-3", 700, paid_kid), ("allocated", None, 0, 700)),
        (transfer("a-4", 900), ("unallocated", "no_kid", 0, 0)),
        (transfer("a-5", 900, " "), ("unallocated", "no_kid", 0, 0)),
        (transfer("a-6", 900, wrong), ("unallocated", "kid_invalid", 0, 0)),
        (transfer("a-7", 900, "Faktura 12, Ola"), ("unallocated", "kid_invalid", 0, 0)),
        (transfer("a-8", 900, number_series.kid(777_777)), ("unallocated", "kid_unknown", 0, 0)),
        (
            transfer("a-9", 900, kid, paid_on="1970-01-01", text="hei"),
            ("unallocated", "paid_on_implausible", 0, 0),
        ),
        (transfer("b-1", 900, kid, paid_on="2026-04-16"), ("refused", "paid_in_future", 0, 0)),
        (transfer("b-2", 0, kid), ("refused", "amount_not_positive", 0, 0)),
        (transfer("b-3", -900, kid), ("refused", "amount_not_positive", 0, 0)),
        (transfer(" A-1\u200b", 50_000, kid), ("known", None, 0, 0)),
        (transfer("A-1", 50_001, kid), ("refused", "payment_mismatch", 0, 0)),
        (transfer("a-1", 50_000, kid, paid_on="2026-04-14"), ("refused", "payment_mismatch", 0, 0)),
    ]
    asked = [each for each, _ in brought]

    items = money.bring(*asked)

    assert [told(item) for item in items] == [expected for _, expected in brought]
    assert [item["external_id"] for item in items] == [each["external_id"] for each in asked]
    assert [item["invoice_id"] for item in items][:3] == [invoice_id, invoice_id, paid_id]
    assert money.invoice(invoice_id)["state"] == "Paid"
    before = money.events()
    again = money.bring(*asked)
    assert [each["state"] for each in again[:9]] == ["known"] * 9
    assert [told(each) for each in again[9:]] == [told(each) for each in items[9:]]
    assert [each["bank_payment_id"] for each in again] == [
        each["bank_payment_id"] for each in items
    ]
    assert money.events() == before
    listed = money.shop.admin.call("list_bank_payments", state="unallocated", limit=200)["items"]
    by_name = {each["external_id"]: each for each in listed}
    assert {f"a-{n}" for n in range(4, 10)} <= set(by_name)
    assert by_name["a-9"]["text"] == "hei"
    assert by_name["a-7"]["kid"] == "Faktura 12, Ola"
    stored = money.rows("select data::text as data from events where type like 'BankPayment%%'")
    assert not any("Ola" in each["data"] or "hei" in each["data"] for each in stored)


def test_a_call_of_the_same_key_is_answered_as_the_first_time(money: Money) -> None:
    key, brought = str(uuid4()), [transfer(str(uuid4()), 900), transfer(str(uuid4()), 800)]

    def bring(*payments: dict[str, Any]) -> Any:
        return money.shop.admin.call(IMPORT, payments=list(payments), idempotency_key=key)

    first = bring(*brought)
    assert bring(*brought) == first
    assert [each["state"] for each in first["items"]] == ["unallocated"] * 2
    with pytest.raises(Exception, match="idempotency_mismatch"):
        bring(transfer("never", 1))
    assert money.rows("select id from bank_payment where external_id = 'never'") == []


def test_what_can_be_no_transfer_is_refused_whole_with_its_place(money: Money) -> None:
    before = money.events()
    good = transfer("fine", 900)
    for field, values in {
        "external_id": ("", "\u200d", "a\nb", "x" * 201, "\ufdfa" * 20, 7),
        "amount_ore": (True, "1", 1.0, 2**63),
        "paid_on": ("15.04.2026", None),
        "kid": ("1" * 51, 5),
        "text": ("x" * 501, "a\x07b"),
    }.items():
        for value in values:
            refusal = money.refused(IMPORT, payments=[good, good | {field: value}])
            assert isinstance(refusal, Invalid), (field, value)
            assert list(refusal.details["fields"]["payments"]["1"]) == [field]
    for many in ([], [good] * 1_001):
        refusal = money.refused(IMPORT, payments=many)
        assert isinstance(refusal, Invalid) and list(refusal.details["fields"]) == ["payments"]
    assert money.events() == before


def test_a_transfer_pays_several_and_what_they_do_not_need_stays_left(money: Money) -> None:
    first_id, second_id = money.shop.issued(1), money.shop.issued(1)
    workspace_id = money.invoice(second_id)["workspace_id"]
    id = waiting(money, 300_000)

    part = money.call(ALLOCATE, bank_payment_id=id, invoice_id=first_id, amount_ore=25_000)
    assert (part["left_ore"], part["invoice"]["state"]) == (275_000, "PartPaid")
    next_ = money.call(ALLOCATE, bank_payment_id=id, invoice_id=first_id, amount_ore=20_000)
    assert (next_["left_ore"], next_["invoice"]["remaining_ore"]) == (255_000, 80_000)
    more = money.call(ALLOCATE, bank_payment_id=id, invoice_id=first_id)
    assert (more["left_ore"], more["invoice"]["remaining_ore"]) == (175_000, 0)
    none = money.refused(ALLOCATE, bank_payment_id=id, invoice_id=first_id)
    assert none.code == "billing.nothing_remains"
    other = money.call(ALLOCATE, bank_payment_id=id, invoice_id=second_id, amount_ore=130_000)
    assert (other["left_ore"], other["invoice"]["state"]) == (50_000, "Paid")
    credited = money.call(ALLOCATE, bank_payment_id=id, workspace_id=workspace_id, amount_ore=1)
    assert (credited["left_ore"], credited["invoice"]) == (49_999, None)
    assert money.credit(workspace_id)["balance_ore"] == 1
    above = money.refused(ALLOCATE, bank_payment_id=id, invoice_id=first_id, amount_ore=50_000)
    assert (above.code, above.details) == ("billing.not_enough_left", {"left_ore": 49_999})

    still = money.refused("reverse_invoice_payment", **bounced(money, id, first_id))
    assert (still.code, still.details) == (
        "billing.still_allocated",
        {"invoice_ids": [second_id]},
    )
    name = money.transfer(id)["external_id"]
    money.take_back(second_id, name, "misallocated")
    money.take_back(first_id, name, "bounced")
    assert [money.invoice(each)["state"] for each in (first_id, second_id)] == ["Issued"] * 2
    assert money.transfer(id)["state"] == "reversed"
    assert money.credit(workspace_id)["balance_ore"] == 0


def bounced(money: Money, id: str, invoice_id: str) -> dict[str, Any]:
    name = money.transfer(id)["external_id"]
    return {
        "invoice_id": invoice_id,
        "source": "bank",
        "external_id": name,
        "reason": "bounced",
    }


def test_what_can_be_no_allocation_is_refused_and_nothing_is_stored(money: Money) -> None:
    invoice_id, draft_id = money.shop.issued(1), money.shop.draft(money.shop.customer(1))
    workspace_id = money.invoice(invoice_id)["workspace_id"]
    (old,) = money.bring(transfer(str(uuid4()), 900, paid_on="2026-03-15"))
    id, before = waiting(money, 900), money.events()
    for code, asked in (
        ("chassis.invalid_argument", {}),
        ("chassis.invalid_argument", {"invoice_id": invoice_id, "workspace_id": workspace_id}),
        ("chassis.invalid_argument", {"invoice_id": invoice_id, "amount_ore": 0}),
        ("billing.not_enough_left", {"invoice_id": invoice_id, "amount_ore": 901}),
        ("billing.invalid_transition", {"invoice_id": draft_id}),
        ("billing.invoice_not_found", {"invoice_id": str(uuid4())}),
        ("billing.workspace_not_found", {"workspace_id": str(uuid4())}),
        (
            "billing.bank_payment_not_found",
            {"bank_payment_id": str(uuid4()), "invoice_id": invoice_id},
        ),
        (
            "billing.paid_on_implausible",
            {"bank_payment_id": old["bank_payment_id"], "invoice_id": invoice_id},
        ),
    ):
        refusal = money.refused(ALLOCATE, **{"bank_payment_id": id, **asked})
        assert refusal.code == code, asked
    assert money.events() == before
    with pytest.raises(Exception, match="version_mismatch"):
        money.call(ALLOCATE, bank_payment_id=id, invoice_id=invoice_id, expected_version=2)
    reply = money.call(ALLOCATE, bank_payment_id=id, invoice_id=invoice_id, expected_version=1)
    assert reply["version"] == 2


def test_what_is_left_goes_back_once_under_one_reference(money: Money) -> None:
    invoice_id = money.shop.issued(1)
    id, name = waiting(money, 900), str(uuid4())
    money.call(ALLOCATE, bank_payment_id=id, invoice_id=invoice_id, amount_ore=200)

    def back(reference: str, on: str = "2026-04-15") -> dict[str, Any]:
        return {"bank_payment_id": id, "reference": reference, "paid_on": on}

    for code, asked in (
        ("billing.paid_in_future", back(name, "2026-04-16")),
        ("billing.paid_on_implausible", back(name, "2026-04-14")),
        ("chassis.invalid_argument", back("\u200d")),
        ("billing.bank_payment_not_found", back(name) | {"bank_payment_id": str(uuid4())}),
    ):
        assert money.refused(RETURN, **asked).code == code
    gone = money.call(RETURN, **back(name))
    assert gone["left_ore"] == 0
    assert money.call(RETURN, **back(f" {name.upper()}")) == gone
    for asked in (back("another"), back(name, "2026-04-13")):
        assert money.refused(RETURN, **asked).code == "billing.payment_mismatch"
    row = money.transfer(id)
    assert (row["state"], row["invoiced_ore"], row["reversed_ore"]) == ("allocated", 200, 700)
    nothing = waiting(money, 900)
    money.call(ALLOCATE, bank_payment_id=nothing, invoice_id=invoice_id)
    refusal = money.refused(RETURN, **back(name) | {"bank_payment_id": nothing})
    assert (refusal.code, refusal.details) == ("billing.not_enough_left", {"left_ore": 0})


def test_what_nobody_claims_and_what_customers_may_use_is_summed_up(money: Money) -> None:
    before = money.shop.admin.call("billing_stats")
    workspace_id, id = money.shop.customer(0), waiting(money, 900)
    money.call(ALLOCATE, bank_payment_id=id, workspace_id=workspace_id, amount_ore=200)
    after = money.shop.admin.call("billing_stats")
    assert after["unallocated_ore"] - before["unallocated_ore"] == 700
    assert after["customer_credit_ore"] - before["customer_credit_ore"] == 200


def test_members_neither_record_nor_see_transfers(money: Money) -> None:
    owner = money.shop.owner(money.shop.customer(0))
    for method, asked in (
        ("list_bank_payments", {}),
        (RETURN, {"bank_payment_id": str(uuid4()), "reference": "r", "paid_on": "2026-04-15"}),
        (ALLOCATE, {"bank_payment_id": str(uuid4()), "invoice_id": str(uuid4())}),
        (IMPORT, {"payments": [transfer("x", 1)]}),
        ("record_invoice_payment", payment(str(uuid4()), 1, "x")),
        ("reverse_invoice_payment", {"invoice_id": str(uuid4()), "source": "bank"}),
    ):
        key = {} if method.startswith("list") else {"idempotency_key": str(uuid4())}
        with pytest.raises(Exception, match="not_allowed"):
            owner.call(method, **asked, **key)
    with pytest.raises(NotFound):
        owner.call("get_credit", workspace_id=str(uuid4()))


def test_of_fifty_who_import_the_same_at_once_one_does(money: Money) -> None:
    invoice_id = money.shop.issued(1)
    kid, name = money.kid(invoice_id), str(uuid4())
    brought = [transfer(f"{name}-{n}", 50_000, kid) for n in range(3)]

    replies = money.shop.at_once(IMPORT, [{"payments": brought}] * 50)

    counted = Counter((n, i["state"]) for r in replies for n, i in enumerate(r["items"]))
    assert counted == {(n, s): c for n in range(3) for s, c in (("allocated", 1), ("known", 49))}
    row = money.invoice(invoice_id)
    assert (row["state"], row["paid_ore"]) == ("Paid", GROSS_ORE)
    assert money.credit(row["workspace_id"])["balance_ore"] == 25_000
    assert len(money.shop.told("invoice_paid", invoice_id)) == 1


def test_of_fifty_who_allocate_more_than_half_at_once_one_does(money: Money) -> None:
    invoices, id = [money.shop.issued(1) for _ in range(5)], waiting(money, 100_000)
    asked = {"bank_payment_id": id, "amount_ore": 60_000}

    replies = money.shop.at_once(ALLOCATE, [asked | {"invoice_id": e} for e in invoices] * 10)

    refused = [each for each in replies if isinstance(each, Exception)]
    assert {getattr(each, "code", each) for each in refused} == {"billing.not_enough_left"}
    assert len(refused) == 49
    assert sum(money.invoice(each)["paid_ore"] for each in invoices) == 60_000
    assert money.transfer(id)["left_ore"] == 40_000


def test_one_transfer_for_many_invoices_at_once_is_on_one(money: Money) -> None:
    invoices, name = [money.shop.issued(1) for _ in range(8)], str(uuid4())

    replies = money.shop.at_once(
        "record_invoice_payment", [payment(each, 1_000, name) for each in invoices]
    )

    refused = [each for each in replies if isinstance(each, Exception)]
    assert [getattr(each, "code", each) for each in refused] == [
        "billing.payment_already_recorded"
    ] * 7
    assert sum(money.invoice(each)["paid_ore"] for each in invoices) == 1_000
