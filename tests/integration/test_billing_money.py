"""Money that comes for one invoice, on PostgreSQL: recorded once, credited, taken off again."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from chassis.errors import Invalid, NotFound
from integration.stages.billing_money import (
    GROSS_ORE,
    Money,
    payment,
    reversal,
    soundly,
)
from integration.stages.billing_shop import Billing, billing_shop
from servers.postgres import Server

RECORD, REVERSE = "record_invoice_payment", "reverse_invoice_payment"


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as working:
        yield working


@pytest.fixture
def money(shop: Billing) -> Iterator[Money]:
    yield from soundly(shop)


def stands(money: Money, invoice_id: str) -> tuple[str, int, int]:
    row = money.invoice(invoice_id)
    return row["state"], row["paid_ore"], row["excess_ore"]


def settled(money: Money, invoice_id: str) -> list[bool]:
    """Return, of each target on an invoice, whether its owner is told that it is paid."""
    lines = money.rows("select project_id from invoice_line_item where invoice_id = %s", invoice_id)
    asked = [{"target_kind": "image_project", "target_id": each["project_id"]} for each in lines]
    return [money.shop.admin.call("get_payment_status", **each)["is_paid"] for each in asked]


def test_an_invoice_takes_what_it_needs_and_the_rest_is_credit(money: Money) -> None:
    invoice_id = money.shop.issued(1)
    workspace_id = money.invoice(invoice_id)["workspace_id"]

    part = money.record(invoice_id, 50_000, "two-1")
    assert (part["state"], part["remaining_ore"], part["credited_ore"]) == ("PartPaid", 75_000, 0)
    assert settled(money, invoice_id) == [False]
    rest = money.record(invoice_id, 100_000, "two-2", source="manual")
    assert (rest["state"], rest["remaining_ore"], rest["credited_ore"]) == ("Paid", 0, 25_000)
    assert settled(money, invoice_id) == [True]
    more = money.record(invoice_id, 7_000, "two-3")  # of a paid one all is credit
    assert (more["state"], more["remaining_ore"], more["credited_ore"]) == ("Paid", 0, 7_000)

    assert stands(money, invoice_id) == ("Paid", GROSS_ORE, 0)
    shown = money.credit(workspace_id)
    assert shown["balance_ore"] == 32_000
    assert [(e["type"], e["amount_ore"]) for e in shown["entries"]] == [
        ("granted", 7_000),
        ("granted", 25_000),
    ]
    assert money.shop.owner(workspace_id).call("get_credit") == shown
    with pytest.raises(NotFound):
        money.shop.owner(str(uuid4())).call("get_credit", workspace_id=workspace_id)


def test_a_transfer_counts_once_however_its_name_is_written(money: Money) -> None:
    invoice_id, other_id = money.shop.issued(1), money.shop.issued(1)
    first = money.record(invoice_id, 10_000, "T-1 Ångström")
    for name in (
        " t-1 ångström ",
        "T-1\u200d Ångström",
        "Ｔ-1 A\u030angstro\u0308m",
        "T-1 ÅNGSTRÖM",
    ):
        assert money.record(invoice_id, 10_000, name) == first
        other = money.refused(RECORD, **payment(other_id, 10_000, name))
        assert other.code == "billing.payment_already_recorded"
        assert other.details == {"bank_payment_id": first["bank_payment_id"], "left_ore": 0}
        for changed in ({"amount_ore": 10_001}, {"paid_on": "2026-04-14"}):
            refusal = money.refused(RECORD, **payment(invoice_id, 10_000, name) | changed)
            assert refusal.code == "billing.payment_mismatch"
    assert stands(money, invoice_id) == ("PartPaid", 10_000, 0)
    later = money.record(invoice_id, 15_000, "another")
    assert money.record(invoice_id, 10_000, "t-1 ångström") == {
        **later,
        "bank_payment_id": first["bank_payment_id"],
    }
    assert money.transfer(first["bank_payment_id"])["external_id"] == "t-1 ångström"


def test_what_can_be_no_payment_is_refused_and_nothing_is_stored(money: Money) -> None:
    invoice_id, draft_id = money.shop.issued(1), money.shop.draft(money.shop.customer(1))
    before = money.events()
    for field, values in {
        "amount_ore": (True, "1", 1.0, 0, -1, 2**63, None),
        "source": ("Bank", "credit", "fiken", ""),
        "external_id": ("", "  ", "\u200d", "\u3164", "a\nb", "x" * 201, "\ufdfa" * 20),
        "paid_on": ("15.04.2026", 20260415, "2026-02-30"),
    }.items():
        for value in values:
            asked = payment(invoice_id, 1_000, "spoilt") | {field: value}
            refusal = money.refused(RECORD, **asked)
            assert isinstance(refusal, Invalid) and field in refusal.details["fields"], value
    for day, code in (
        ("1970-01-01", "paid_on_implausible"),
        ("0026-04-15", "paid_on_implausible"),
        ("2026-03-15", "paid_on_implausible"),
        ("2026-04-16", "paid_in_future"),
    ):
        refusal = money.refused(RECORD, **payment(invoice_id, 1_000, "spoilt", paid_on=day))
        assert refusal.code == f"billing.{code}", day
    drafted = money.refused(RECORD, **payment(draft_id, 1_000, "spoilt"))
    assert drafted.code == "billing.invalid_transition"
    assert drafted.details["from"] == "Draft"
    unknown = money.refused(RECORD, **payment(str(uuid4()), 1_000, "spoilt"))
    assert unknown.code == "billing.invoice_not_found"
    assert money.events() == before
    assert money.record(invoice_id, 1_000, "early", paid_on="2026-03-16")["state"] == "PartPaid"


def test_a_transfer_that_bounced_is_gone_with_what_it_credited(money: Money) -> None:
    invoice_id = money.shop.issued(1)
    workspace_id = money.invoice(invoice_id)["workspace_id"]
    paid = money.record(invoice_id, 150_000, "bounces")

    gone = money.take_back(invoice_id, " BOUNCES", "bounced")
    assert (gone["state"], gone["remaining_ore"]) == ("Issued", GROSS_ORE)
    assert money.take_back(invoice_id, "bounces", "bounced") == gone
    assert money.take_back(invoice_id, "bounces", "misallocated") == gone

    row = money.transfer(paid["bank_payment_id"])
    assert (row["state"], row["left_ore"], row["reversed_ore"]) == ("reversed", 0, 150_000)
    assert money.credit(workspace_id)["balance_ore"] == 0
    assert settled(money, invoice_id) == [False]
    (told,) = money.shop.told("invoice_payment_reversed", invoice_id)
    assert (told["outbox"]["data"]["amount_ore"], told["outbox"]["data"]["was_paid"]) == (
        GROSS_ORE,
        True,
    )
    again = money.refused(RECORD, **payment(invoice_id, 150_000, "bounces"))
    assert again.code == "billing.payment_already_recorded"
    assert money.record(invoice_id, GROSS_ORE, "comes")["state"] == "Paid"
    assert settled(money, invoice_id) == [True]
    settlements = [e["outbox"]["data"] for e in money.shop.told("invoice_paid", invoice_id)]
    assert [each["settlement"] for each in settlements] == [1, 2]


def test_a_transfer_for_another_invoice_is_unallocated_again(money: Money) -> None:
    wrong_id, right_id = money.shop.issued(1), money.shop.issued(2)
    paid = money.record(wrong_id, 150_000, "for-two")
    id = paid["bank_payment_id"]

    assert money.take_back(wrong_id, "for-two", "misallocated")["remaining_ore"] == GROSS_ORE
    row = money.transfer(id)
    assert (row["state"], row["left_ore"], row["reversed_ore"]) == ("unallocated", 150_000, 0)
    refusal = money.refused(RECORD, **payment(right_id, 150_000, "for-two"))
    assert refusal.details == {"bank_payment_id": id, "left_ore": 150_000}
    moved = money.call("allocate_bank_payment", bank_payment_id=id, invoice_id=right_id)
    assert moved["invoice"]["remaining_ore"] == 100_000
    back = money.take_back(right_id, "for-two", "misallocated")  # and once more to the first
    assert back["remaining_ore"] == 250_000
    money.call("allocate_bank_payment", bank_payment_id=id, invoice_id=wrong_id)
    assert stands(money, wrong_id) == ("Paid", GROSS_ORE, 0)
    assert money.transfer(id)["left_ore"] == 25_000


def test_credit_that_was_spent_does_not_come_back(money: Money) -> None:
    workspace_id = money.shop.customer(1)
    first_id = money.shop.draft(workspace_id)
    money.call("issue_invoice", invoice_id=first_id)
    paid = money.record(first_id, 150_000, "spent")
    second_id = another(money, workspace_id)  # uses the credit
    name = str(money.invoice(second_id)["invoice_number"])

    before = money.events()
    for reason in ("bounced", "misallocated"):
        refusal = money.refused(REVERSE, **reversal(first_id, "spent", reason))
        assert refusal.code == "billing.credit_already_used"
        assert refusal.details == {"invoice_ids": [second_id]}
    assert money.events() == before

    restored = money.take_back(second_id, name, "misallocated", source="credit")
    assert (restored["state"], restored["remaining_ore"]) == ("Issued", GROSS_ORE)
    assert money.take_back(second_id, name, "misallocated", source="credit") == restored
    assert money.credit(workspace_id)["balance_ore"] == 25_000
    money.take_back(first_id, "spent", "bounced")
    assert money.credit(workspace_id)["balance_ore"] == 0
    assert money.transfer(paid["bank_payment_id"])["state"] == "reversed"


def another(money: Money, workspace_id: str) -> str:
    """Return one more invoice of that workspace, issued."""
    money.shop.deliver(money.shop.start(workspace_id))
    asked = {"workspace_id": workspace_id}
    invoice_id: str = money.call("create_invoices", **asked)["items"][0]["invoice_id"]
    money.call("issue_invoice", invoice_id=invoice_id)
    return invoice_id


def test_what_a_credit_note_moved_off_an_invoice_leaves_with_the_transfer(money: Money) -> None:
    invoice_id = money.shop.issued(1)
    workspace_id = money.invoice(invoice_id)["workspace_id"]
    money.record(invoice_id, 50_000, "kept-1")
    paid = money.record(invoice_id, 80_000, "kept-2")
    (line,) = money.rows("select id from invoice_line_item where invoice_id = %s", invoice_id)
    part = [{"line_item_id": line["id"], "net_ore": 60_000}]
    money.call("credit_invoice", invoice_id=invoice_id, reason="spoilt", lines=part)
    assert stands(money, invoice_id) == ("Paid", 50_000, 75_000)
    assert money.credit(workspace_id)["balance_ore"] == 80_000

    money.take_back(invoice_id, "kept-2", "bounced")
    assert stands(money, invoice_id) == ("Issued", 0, 50_000)
    assert money.credit(workspace_id)["balance_ore"] == 50_000
    assert money.transfer(paid["bank_payment_id"])["state"] == "reversed"
    money.take_back(invoice_id, "kept-1", "bounced")  # all of it is credit by now
    assert stands(money, invoice_id) == ("Issued", 0, 0)
    assert money.credit(workspace_id)["balance_ore"] == 0


def test_what_became_credit_whole_is_taken_back_through_its_invoice_alone(money: Money) -> None:
    workspace_id = money.shop.customer(1)
    invoice_id = money.shop.draft(workspace_id)
    money.call("issue_invoice", invoice_id=invoice_id)
    other_id = another(money, workspace_id)
    money.record(invoice_id, GROSS_ORE, "needed")
    more = money.record(invoice_id, 9_000, "not-needed")
    assert money.record(invoice_id, 9_000, "not-needed") == more

    unknown = money.refused(REVERSE, **reversal(other_id, "not-needed"))
    assert unknown.code == "billing.payment_unknown"
    taken = money.take_back(invoice_id, "not-needed", "misallocated")
    assert (taken["state"], taken["version"]) == ("Paid", more["version"])
    assert money.take_back(invoice_id, "not-needed", "misallocated") == taken
    assert money.credit(workspace_id)["balance_ore"] == 0
    assert money.transfer(more["bank_payment_id"])["left_ore"] == 9_000


def test_what_was_never_on_an_invoice_is_not_taken_off_it(money: Money) -> None:
    invoice_id, draft_id = money.shop.issued(1), money.shop.draft(money.shop.customer(1))
    money.record(invoice_id, 1_000, "there")
    before = money.events()
    expected: dict[str, Any] = {
        "billing.payment_unknown": reversal(invoice_id, "elsewhere"),
        "billing.invalid_transition": reversal(draft_id, "there"),
        "billing.invoice_not_found": reversal(str(uuid4()), "there"),
        "chassis.invalid_argument": reversal(invoice_id, "there", "because"),
    }
    for code, asked in expected.items():
        assert money.refused(REVERSE, **asked).code == code
    manual = money.refused(REVERSE, **reversal(invoice_id, "there", source="manual"))
    assert manual.code == "billing.payment_unknown"
    assert money.events() == before
