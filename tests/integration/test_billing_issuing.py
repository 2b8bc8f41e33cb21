"""Issuing, on PostgreSQL: what is refused, who the buyer is, and what credit pays of it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from billing.domain import oslo
from billing.domain.number_series import kid
from chassis.codec import plain
from chassis.errors import Conflict, Invalid, NotFound, Rejected
from integration.stages.billing_shop import NUMBER, OTHER_NUMBER, Billing, billing_shop
from servers.postgres import Server

GROSS_ORE = 125_000  # of one image project
BAD_NUMBER = "123456784"  # its check digit is another


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield shop


def refused(shop: Billing, invoice_id: str, **arguments: Any) -> Rejected:
    """Return what the issue of a draft is refused with. It stores nothing."""
    with pytest.raises(Rejected) as refusal:
        shop.do("issue_invoice", invoice_id=invoice_id, **arguments)
    assert shop.admin.call("get_invoice", invoice_id=invoice_id)["state"] == "Draft"
    assert shop.rows("select from buyer where document_id = %(id)s", id=invoice_id) == []
    return refusal.value


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"legal_name": None}, ["legal_name"]),
        ({"legal_name": " "}, ["legal_name"]),
        ({"organization_number": None}, ["organization_number"]),
        ({"organization_number": BAD_NUMBER}, ["organization_number"]),
        (
            {"legal_name": None, "organization_number": BAD_NUMBER, "invoice_eligible": False},
            ["legal_name", "organization_number"],
        ),
    ],
)
def test_all_that_a_document_would_lack_is_named_at_once_and_cannot_be_confirmed_away(
    shop: Billing, said: dict[str, Any], missing: list[str]
) -> None:
    customer = shop.customer(projects=1)
    invoice_id = shop.draft(customer)
    shop.auth.says[customer] = said
    for confirmed in (False, True):
        refusal = refused(shop, invoice_id, buyer_confirmed=confirmed)
        assert refusal.code == "billing.not_issuable"
        assert refusal.details == {"missing": missing}


@pytest.mark.parametrize(
    "said",
    [
        {"legal_name": "Eksempel Holding AS", "invoice_eligible": False},
        {"organization_number": OTHER_NUMBER},
        {"organization_number": OTHER_NUMBER, "invoice_eligible": False},
    ],
)
def test_a_buyer_who_is_not_whom_the_work_was_cleared_for_is_to_be_confirmed(
    shop: Billing, said: dict[str, Any]
) -> None:
    customer = shop.customer(projects=1)
    shop.auth.says[customer] = said
    invoice_id = shop.draft(customer)

    refusal = refused(shop, invoice_id)

    assert refusal.code == "billing.buyer_changed"
    now = {
        "organization_number": said.get("organization_number", NUMBER),
        "approved": said.get("invoice_eligible", True),
    }
    was = {"organization_number": NUMBER, "approved": True}
    assert refusal.details == {"was": was, "is": now}
    issued = shop.do("issue_invoice", invoice_id=invoice_id, buyer_confirmed=True)
    assert issued["state"] == "Issued"
    named = "select legal_name, organization_number from buyer where document_id = %(id)s"
    assert shop.rows(named, id=invoice_id) == [
        {
            "legal_name": said.get("legal_name", "Eksempel Bolig AS"),
            "organization_number": now["organization_number"],
        }
    ]


def test_an_issue_is_answered_again_as_it_stands_whatever_became_of_the_buyer(
    shop: Billing,
) -> None:
    customer = shop.customer(projects=1)
    invoice_id = shop.draft(customer)
    first = shop.do("issue_invoice", invoice_id=invoice_id)
    shop.auth.says[customer] = {"legal_name": None, "invoice_eligible": False}
    assert shop.do("issue_invoice", invoice_id=invoice_id) == first
    assert first["kid"] == kid(first["invoice_number"])
    assert (first["issue_date"], first["due_date"]) == ("2026-04-15", "2026-04-29")
    kept = (
        "select data->>'kid' as kid from events where type = 'InvoiceIssued' and stream_id = %(of)s"
    )
    assert shop.rows(kept, of=f"invoice-{invoice_id}") == [{"kid": first["kid"]}]


def test_the_version_that_an_issue_expects_is_its_invoices(shop: Billing) -> None:
    invoice_id = shop.draft(shop.customer(projects=1))
    version = shop.admin.call("get_invoice", invoice_id=invoice_id)["version"]
    with pytest.raises(Conflict) as refusal:
        shop.do("issue_invoice", invoice_id=invoice_id, expected_version=version + 1)
    assert refusal.value.details == {"current_version": version}
    issued = shop.do("issue_invoice", invoice_id=invoice_id, expected_version=version)
    assert issued["version"] == version + 1


def settled(shop: Billing, workspace_id: str) -> list[bool]:
    """Return of each target that was delivered to a workspace whether it is paid."""
    lines = shop.admin.call("list_line_items", workspace_id=workspace_id)["items"]
    of = "get_payment_status"
    return [
        shop.admin.call(of, target_kind="image_project", target_id=each["target_id"])["is_paid"]
        for each in lines
    ]


@pytest.mark.parametrize(
    ("credit_ore", "used_ore", "state"),
    [
        (1, 1, "PartPaid"),
        (2 * GROSS_ORE - 1, 2 * GROSS_ORE - 1, "PartPaid"),
        (2 * GROSS_ORE, 2 * GROSS_ORE, "Paid"),
        (9 * GROSS_ORE, 2 * GROSS_ORE, "Paid"),
    ],
)
def test_credit_pays_as_much_of_an_invoice_as_it_can_and_all_of_it_settles(
    shop: Billing, credit_ore: int, used_ore: int, state: str
) -> None:
    customer = shop.customer(projects=2)
    shop.grant(customer, credit_ore)
    invoice_id = shop.draft(customer)

    issued = shop.do("issue_invoice", invoice_id=invoice_id)

    assert (issued["state"], issued["credit_used_ore"]) == (state, used_ore)
    assert shop.do("issue_invoice", invoice_id=invoice_id) == issued
    assert shop.credit(customer) == credit_ore - used_ore
    invoice = shop.admin.call("get_invoice", invoice_id=invoice_id)
    (paid,) = invoice["payments"]
    assert {name: paid[name] for name in ("amount_ore", "paid_on", "source", "external_id")} == {
        "amount_ore": used_ore,
        "paid_on": issued["issue_date"],
        "source": "credit",
        "external_id": str(issued["invoice_number"]),
    }
    assert invoice["remaining_ore"] == 2 * GROSS_ORE - used_ore
    assert settled(shop, customer) == [state == "Paid"] * 2
    assert len(shop.told("invoice_paid", invoice_id)) == (state == "Paid")


def test_what_was_credited_whole_is_not_paid_with_the_rest_of_its_invoice(shop: Billing) -> None:
    """It may be on another invoice by then."""
    customer = shop.customer(projects=2)
    invoice_id = shop.draft(customer)
    shop.do("issue_invoice", invoice_id=invoice_id)
    line, other = shop.admin.call("get_invoice", invoice_id=invoice_id)["lines"]
    part = [{"line_item_id": line["id"], "net_ore": 100_000}]
    note = shop.do("credit_invoice", invoice_id=invoice_id, reason="twice", lines=part)
    shop.pay(invoice_id, GROSS_ORE)
    (shown,) = shop.admin.call("get_invoice", invoice_id=invoice_id)["credit_notes"]
    assert (shown["id"], shown["number"]) == (note["credit_note_id"], note["credit_note_number"])
    assert shown["gross_ore"] == GROSS_ORE
    for each, is_paid in ((line, False), (other, True)):
        target = {"target_kind": "image_project", "target_id": each["target_id"]}
        assert shop.admin.call("get_payment_status", **target)["is_paid"] == is_paid


def test_without_credit_none_is_used(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    issued = shop.do("issue_invoice", invoice_id=shop.draft(customer))
    assert (issued["state"], issued["credit_used_ore"]) == ("Issued", 0)
    assert settled(shop, customer) == [False]


def test_invoices_issued_at_once_share_a_workspaces_credit_to_the_ore(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    drafts = []
    for _ in range(12):
        shop.deliver(shop.start(customer))
        reply = shop.do("create_invoices", workspace_id=customer)
        drafts.append(reply["items"][0]["invoice_id"])
    shop.grant(customer, 5 * GROSS_ORE + 7)

    replies = shop.at_once("issue_invoice", [{"invoice_id": each} for each in drafts])

    used = sorted(each["credit_used_ore"] for each in replies)
    assert used == [0] * 6 + [7] + [GROSS_ORE] * 5
    assert shop.credit(customer) == 0
    assert sorted(settled(shop, customer)) == [False] * 7 + [True] * 5


def test_an_invoice_is_explained_from_its_prices_to_its_last_payment(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    cleared_at = shop.now
    shop.pass_seconds(60)
    shop.do("set_pricing", workspace_id=customer, image_project_price_ore=50_000)
    shop.deliver(shop.start(customer))
    shop.pass_seconds(60)
    invoice_id = shop.draft(customer)
    shop.grant(customer, 100)
    shop.do("issue_invoice", invoice_id=invoice_id)

    said = shop.owner(customer).call("explain_invoice", invoice_id=invoice_id)

    on_it = shop.admin.call("get_invoice", invoice_id=invoice_id)["lines"]
    assert [each["line_item_id"] for each in said["lines"]] == [each["id"] for each in on_it]
    one, other = said["lines"]
    assert one == {
        "line_item_id": on_it[0]["id"],
        "target_kind": "image_project",
        "target_id": on_it[0]["target_id"],
        "price_ore": 100_000,
        "price_version": 0,
        "price_set_by": None,
        "cleared_at": plain(cleared_at),
        "delivered_on": oslo.day(cleared_at).isoformat(),
        "vat_type": "HIGH",
        "vat_rate_bp": 2_500,
    }
    admin = str(shop.admin_id)
    assert (other["price_ore"], other["price_version"], other["price_set_by"]) == (50_000, 1, admin)
    gross_ore = GROSS_ORE + 62_500
    assert [(each["type"], each["amount_ore"]) for each in said["history"]] == [
        ("InvoiceDrafted", gross_ore),
        ("InvoiceIssued", gross_ore),
        ("InvoicePaymentRecorded", 100),
    ]
    assert [each["actor"] for each in said["history"]] == [f"person:{admin}"] * 3
    assert said["history"][-1]["at"] == plain(shop.now)
    for other_id in (invoice_id, str(uuid4())):
        with pytest.raises(NotFound, match="billing.invoice_not_found"):
            shop.owner(shop.customer(projects=0)).call("explain_invoice", invoice_id=other_id)


def test_invoices_are_listed_by_kind_with_what_became_of_them(shop: Billing) -> None:
    shop.pass_seconds(1)
    invoice_id = shop.issued(projects=1)
    row = shop.admin.call("list_invoices", kind="invoice")["items"][0]
    assert {each: row[each] for each in ("id", "kind", "delivery", "credited_ore")} == {
        "id": invoice_id,
        "kind": "invoice",
        "delivery": "pending",
        "credited_ore": 0,
    }
    assert shop.admin.call("list_invoices", kind="receipt")["items"] == []
    with pytest.raises(Invalid):
        shop.admin.call("list_invoices", kind="draft")


def test_after_all_of_it_every_invariant_holds(shop: Billing) -> None:
    assert shop.broken() == {}
