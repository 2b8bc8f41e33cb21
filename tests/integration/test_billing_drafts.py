"""Drafts, on PostgreSQL: what goes on which, what is left out, seen before, and discarded."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from chassis.errors import Invalid, NotFound, Rejected, ServiceError
from integration.stages.billing_shop import NUMBER, OTHER_NUMBER, Billing, billing_shop
from servers.postgres import Server

GROSS_ORE, NET_ORE, VAT_ORE = 125_000, 100_000, 25_000  # of one image project


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield shop


def lines(shop: Billing, workspace_id: str, status: str = "pending") -> list[str]:
    """Return the ids of a workspace's lines, the oldest first."""
    listed = shop.admin.call("list_line_items", workspace_id=workspace_id, status=status)
    return [each["id"] for each in reversed(listed["items"])]


def deliver(shop: Billing, workspace_id: str) -> None:
    """Let a project be delivered later than those before."""
    shop.pass_seconds(1)
    shop.deliver(shop.start(workspace_id))


def refusal(shop: Billing, method: str, **arguments: Any) -> ServiceError:
    """Return what a call is refused with. It stores nothing."""
    before = shop.rows("select count(*) from events")
    with pytest.raises(ServiceError) as refused:
        if method.startswith("preview"):
            shop.admin.call(method, **arguments)
        else:
            shop.do(method, **arguments)
    assert shop.rows("select count(*) from events") == before
    return refused.value


def test_a_draft_has_lines_of_one_workspace_and_of_one_number_that_they_were_cleared_for(
    shop: Billing,
) -> None:
    one, other = shop.customer(projects=2), shop.customer(projects=1)
    shop.approve(one, OTHER_NUMBER)
    deliver(shop, one)
    named = [*lines(shop, other), *reversed(lines(shop, one))]

    drafted = shop.do("create_invoices", line_item_ids=named)

    assert drafted["skipped"] == []
    invoices = [
        shop.admin.call("get_invoice", invoice_id=each["invoice_id"]) for each in drafted["items"]
    ]
    assert [
        (each["workspace_id"], {line["organization_number"] for line in each["lines"]})
        for each in invoices
    ] == [(other, {NUMBER}), (one, {OTHER_NUMBER}), (one, {NUMBER})]
    # in the order in which they were named
    assert [line["id"] for each in invoices for line in each["lines"]] == named
    assert [line["position"] for line in invoices[2]["lines"]] == [1, 2]


def test_what_was_delivered_is_drafted_whether_or_not_its_workspace_is_approved_still(
    shop: Billing,
) -> None:
    customer = shop.customer(projects=1)
    lost = {"organization_number": NUMBER, "invoice_eligible": False}
    shop.hear("auth", "workspace_profile_changed", workspace_id=customer, **lost)
    (drafted,) = shop.do("create_invoices", workspace_id=customer)["items"]
    assert drafted["gross_ore"] == GROSS_ORE


def test_what_is_left_out_says_why(shop: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.drafting.MOST_LINES", 2)
    customer, other = shop.customer(projects=4), shop.customer(projects=1)
    gone, first, second, third = lines(shop, customer)
    shop.do("cancel_line_item", line_item_id=gone, reason="twice")
    (others,), nobodys = lines(shop, other), str(uuid4())
    named = [nobodys, others, gone, first, second, first, third]

    drafted = shop.do("create_invoices", workspace_id=customer, line_item_ids=named)

    assert [each["net_ore"] for each in drafted["items"]] == [2 * NET_ORE]
    assert {each["line_item_id"]: each["reason"] for each in drafted["skipped"]} == {
        nobodys: "unknown",
        others: "other_workspace",
        gone: "not_pending",
        third: "invoice_full",
    }
    again = shop.do("create_invoices", workspace_id=customer)
    assert [each["net_ore"] for each in again["items"]] == [NET_ORE]


@pytest.mark.parametrize("method", ["create_invoices", "preview_invoice"])
@pytest.mark.parametrize("named", [[], [str(uuid4()) for _ in range(1_001)], ["x"], "x", [None]])
def test_a_thousand_lines_can_be_named_and_nothing_else(
    shop: Billing, method: str, named: Any
) -> None:
    refused = refusal(shop, method, line_item_ids=named)
    assert isinstance(refused, Invalid)
    assert list(refused.details["fields"]) == ["line_item_ids"]


def test_a_preview_is_what_is_issued_then(shop: Billing) -> None:
    customer = shop.customer(projects=2)
    shop.grant(customer, 40_000)
    shop.auth.says[customer] = {"invoice_reference": "Kari Åsen", "invoice_email": "kari@a.example"}

    seen = shop.owner(customer).call("preview_invoice")

    invoice_id = shop.draft(customer)
    issued = shop.do("issue_invoice", invoice_id=invoice_id)
    invoice = shop.admin.call("get_invoice", invoice_id=invoice_id)
    assert seen == {
        "workspace_id": customer,
        "lines": seen["lines"],
        **{name: invoice[name] for name in ("net_ore", "vat_ore", "gross_ore")},
        "credit_ore": issued["credit_used_ore"],
        "to_pay_ore": invoice["remaining_ore"],
        "due_date": issued["due_date"],
        "buyer": {
            "legal_name": "Eksempel Bolig AS",
            "organization_number": NUMBER,
            "billing_address": None,
            "invoice_email": "kari@a.example",
            "invoice_reference": "Kari Åsen",
        },
        "missing": [],
    }
    assert [each["id"] for each in seen["lines"]] == [each["id"] for each in invoice["lines"]]
    assert (invoice["remaining_ore"], issued["credit_used_ore"]) == (2 * GROSS_ORE - 40_000, 40_000)


def test_a_preview_names_all_that_is_missing_and_is_of_one_buyer(shop: Billing) -> None:
    customer = shop.customer(projects=1)
    shop.approve(customer, OTHER_NUMBER)
    deliver(shop, customer)
    first, second = lines(shop, customer)
    shop.auth.says[customer] = {"legal_name": " ", "organization_number": OTHER_NUMBER}

    seen = shop.admin.call("preview_invoice", line_item_ids=[first, second])
    assert [each["id"] for each in seen["lines"]] == [first]
    assert seen["missing"] == ["legal_name", "buyer_changed"]
    seen = shop.admin.call("preview_invoice", workspace_id=customer, line_item_ids=[second, first])
    assert [each["id"] for each in seen["lines"]] == [second]
    assert seen["missing"] == ["legal_name"]


def test_a_preview_of_nothing_has_nothing_and_writes_nothing(shop: Billing) -> None:
    customer = shop.customer(projects=0)
    before = shop.rows("select (select count(*) from events), (select count(*) from commands)")
    seen = shop.owner(customer).call("preview_invoice")
    assert (seen["lines"], seen["gross_ore"], seen["missing"]) == ([], 0, ["gross_ore"])
    after = shop.rows("select (select count(*) from events), (select count(*) from commands)")
    assert after == before


def test_others_lines_are_not_seen_before_they_are_issued_either(shop: Billing) -> None:
    customer, other = shop.customer(projects=1), shop.customer(projects=1)
    (mine,), (theirs,) = lines(shop, customer), lines(shop, other)
    owner = shop.owner(customer)
    for named in ([theirs], [mine, theirs], [str(uuid4())]):
        with pytest.raises(NotFound, match="billing.line_item_not_found"):
            owner.call("preview_invoice", line_item_ids=named)
    with pytest.raises(NotFound, match="billing.workspace_not_found"):
        owner.call("preview_invoice", workspace_id=other)
    shop.draft(customer)
    with pytest.raises(Rejected, match="billing.line_item_not_pending"):
        owner.call("preview_invoice", line_item_ids=[mine])
    assert refusal(shop, "preview_invoice").code == "billing.no_workspace"


def test_a_discarded_drafts_lines_wait_again_and_go_on_another(shop: Billing) -> None:
    customer = shop.customer(projects=2)
    waiting = lines(shop, customer)
    invoice_id = shop.draft(customer)
    assert lines(shop, customer) == []

    reply = shop.do("discard_invoice", invoice_id=invoice_id, reason="Kari will have one a month")

    assert (reply["state"], reply["line_item_ids"]) == ("Discarded", waiting)
    assert lines(shop, customer) == waiting
    again = shop.do("create_invoices", workspace_id=customer)["items"]
    assert [each["net_ore"] for each in again] == [2 * NET_ORE]
    # once more: the lines stay where they are now, and the first reason stands
    assert shop.do("discard_invoice", invoice_id=invoice_id, reason="another") == reply
    assert lines(shop, customer) == []
    kept = "select value from personal where row_id = %(id)s"
    assert shop.rows(kept, id=invoice_id) == [{"value": "Kari will have one a month"}]
    assert shop.rows("select from events where data::text like '%%Kari will%%'") == []
    assert len(shop.told("invoice_discarded", invoice_id)) == 1
    listed = shop.admin.call("get_invoice", invoice_id=invoice_id)
    assert (listed["status"], listed["remaining_ore"], listed["lines"]) == ("cancelled", 0, [])


def test_what_is_issued_is_not_discarded_and_what_is_discarded_not_issued(shop: Billing) -> None:
    issued, discarded = shop.issued(projects=1), shop.draft(shop.customer(projects=1))
    shop.do("discard_invoice", invoice_id=discarded)
    for method, invoice_id, state in (
        ("discard_invoice", issued, "Issued"),
        ("issue_invoice", discarded, "Discarded"),
    ):
        refused = refusal(shop, method, invoice_id=invoice_id)
        assert refused.code == "billing.invalid_transition"
        assert refused.details["from"] == state
    for method in ("discard_invoice", "issue_invoice"):
        assert refusal(shop, method, invoice_id=str(uuid4())).code == "billing.invoice_not_found"


@pytest.mark.parametrize("reason", ["", " ", "x" * 501, "a\nb", 7])
def test_a_reason_is_a_line_of_a_person(shop: Billing, reason: Any) -> None:
    refused = refusal(shop, "discard_invoice", invoice_id=str(uuid4()), reason=reason)
    assert list(refused.details["fields"]) == ["reason"]


def test_after_all_of_it_every_invariant_holds(shop: Billing) -> None:
    assert shop.broken() == {}
