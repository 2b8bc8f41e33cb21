"""billing among rivals, on PostgreSQL: what many do at the same moment happens once."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from billing import numbering
from billing.invariants import NUMBERS_IN_ORDER
from chassis.errors import Rejected, ServiceError
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.box_database import all_at_once
from servers.postgres import Server

TODAY = "2026-04-15"
GROSS_ORE = 125_000  # of one image project


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as working:
        yield working


def payment(invoice_id: str, amount_ore: int, external_id: str) -> dict[str, Any]:
    return {
        "invoice_id": invoice_id,
        "amount_ore": amount_ore,
        "paid_on": TODAY,
        "source": "bank",
        "external_id": external_id,
    }


def codes(outcomes: list[Any]) -> list[str]:
    """Return the codes of those that were refused. Raises what is no refusal."""
    errors = [each for each in outcomes if isinstance(each, Exception)]
    for error in errors:
        if not isinstance(error, ServiceError):
            raise error
    return [error.code for error in errors if isinstance(error, ServiceError)]


def test_fifty_who_draft_at_once_make_one_draft(shop: Billing) -> None:
    customer = shop.customer(projects=2)

    replies = shop.at_once("create_invoices", [{"workspace_id": customer}] * 50)

    assert codes(replies) == []
    drafts = [item for reply in replies for item in reply["items"]]
    assert [draft["gross_ore"] for draft in drafts] == [2 * GROSS_ORE]
    listed = shop.admin.call("list_invoices", workspace_id=customer)["items"]
    assert [invoice["id"] for invoice in listed] == [drafts[0]["invoice_id"]]


def test_fifty_who_issue_one_invoice_at_once_are_told_one_number(shop: Billing) -> None:
    invoice_id = shop.draft(shop.customer(projects=1))

    replies = shop.at_once("issue_invoice", [{"invoice_id": invoice_id}] * 50)

    assert codes(replies) == []
    assert replies == [replies[0]] * 50
    assert len(shop.told("invoice_issued", invoice_id)) == 1


def test_a_draft_that_some_issue_while_others_discard_it_becomes_one_of_both(
    shop: Billing,
) -> None:
    customer = shop.customer(projects=2)
    invoice_id = shop.draft(customer)
    named = {"invoice_id": invoice_id}

    replies = all_at_once(
        [
            partial(shop.admin.call, method, **named, idempotency_key=str(uuid4()))
            for method in ("issue_invoice", "discard_invoice") * 10
        ]
    )

    state = shop.admin.call("get_invoice", **named)["state"]
    assert codes(replies) == ["billing.invalid_transition"] * 10
    done: list[Any] = [each for each in replies if not failed(each)]
    assert {each["state"] for each in done} == {state}
    lines = shop.admin.call("list_line_items", workspace_id=customer)["items"]
    on_it = {"Issued": invoice_id, "Discarded": None}[state]
    assert [each["invoice_id"] for each in lines] == [on_it] * 2
    assert len(shop.told(f"invoice_{state.lower()}", invoice_id)) == 1


def test_invoices_issued_at_once_have_numbers_without_a_gap(shop: Billing) -> None:
    before = shop.admin.call(
        "issue_invoice", invoice_id=shop.draft(shop.customer(projects=1)), idempotency_key="before"
    )["invoice_number"]
    drafts = [shop.draft(shop.customer(projects=1)) for _ in range(30)]

    replies = shop.at_once("issue_invoice", [{"invoice_id": each} for each in drafts])

    assert codes(replies) == []
    numbers = sorted(reply["invoice_number"] for reply in replies)
    assert numbers == list(range(before + 1, before + 31))


def test_of_rival_payments_an_invoice_takes_what_it_needs_and_the_rest_is_credit(
    shop: Billing,
) -> None:
    invoice_id = shop.issued(projects=1)

    replies = shop.at_once(
        "record_invoice_payment",
        [payment(invoice_id, 100_000, f"rival-{number}") for number in range(20)],
    )

    assert codes(replies) == []
    assert sum(each["credited_ore"] for each in replies) == 20 * 100_000 - GROSS_ORE
    assert shop.remaining(invoice_id) == 0


def test_a_final_payment_noted_twenty_times_at_once_is_told_once(shop: Billing) -> None:
    invoice_id = shop.issued(projects=1)

    replies = shop.at_once("record_invoice_payment", [payment(invoice_id, GROSS_ORE, "final")] * 20)

    assert codes(replies) == []
    assert [(each["state"], each["remaining_ore"]) for each in replies] == [("Paid", 0)] * 20
    assert len(shop.told("invoice_paid", invoice_id)) == 1


def test_one_external_id_on_many_invoices_at_once_is_recorded_on_one(shop: Billing) -> None:
    invoices = [shop.issued(projects=1) for _ in range(8)]

    replies = shop.at_once(
        "record_invoice_payment", [payment(each, 1_000, "shared") for each in invoices]
    )

    assert codes(replies) == ["billing.payment_already_recorded"] * 7
    assert sorted(map(shop.remaining, invoices)) == [GROSS_ORE - 1_000] + [GROSS_ORE] * 7


def last_number(shop: Billing) -> int:
    return numbering.taken(shop.parts.app)


def moved(shop: Billing) -> None:
    """Let the last number have been confirmed in another database than this."""
    with psycopg.connect(shop.owner_url) as connection:
        connection.execute("update number_confirmed set place = 'another'")


def confirm(shop: Billing, last: int, heard: int = 0) -> dict[str, Any]:
    said = numbering.Confirmation(last=last, heard=heard, reason="restored", who="kari")
    return numbering.confirm(shop.parts.app, said)


def in_order(shop: Billing) -> bool:
    """Return whether `suitectl verify` finds the numbers in order."""
    with psycopg.connect(shop.owner_url) as connection:
        return connection.execute(NUMBERS_IN_ORDER.query.encode()).fetchall() == []


def test_nothing_is_drafted_or_issued_until_the_last_number_is_confirmed_and_none_is_given_twice(
    shop: Billing,
) -> None:
    paid = shop.issued(projects=1)
    drafts = [shop.draft(shop.customer(projects=1)) for _ in range(10)]
    last, more = last_number(shop), shop.customer(projects=1)
    moved(shop)
    with pytest.raises(Rejected, match="numbers_unconfirmed"):
        shop.draft(more)
    calls = [{"invoice_id": each} for each in drafts]
    assert codes(shop.at_once("issue_invoice", calls)) == ["billing.numbers_unconfirmed"] * 10
    assert last_number(shop) == last
    shop.admin.call(  # everything else goes on
        "record_invoice_payment", **payment(paid, 1_000, "meanwhile"), idempotency_key="meanwhile"
    )
    for given, heard in ((last - 1, 0), (last + 1, last + 2)):
        with pytest.raises(Rejected, match="number_given"):
            confirm(shop, given, heard)
    assert not numbering.is_confirmed(shop.parts.app)
    issue = [
        partial(shop.admin.call, "issue_invoice", **call, idempotency_key=str(uuid4()))
        for call in calls
    ]
    outcomes: list[Any] = all_at_once([partial(confirm, shop, last + 3, last + 2), *issue])
    assert outcomes[0]["passed_over"] == [[last + 1, last + 3]]
    left = [call for call, came in zip(calls, outcomes[1:], strict=True) if failed(came)]
    assert set(codes(outcomes)) <= {"billing.numbers_unconfirmed"}
    assert not left or codes(shop.at_once("issue_invoice", left)) == []
    numbers = [shop.admin.call("get_invoice", **call)["invoice_number"] for call in calls]
    assert sorted(numbers) == list(range(last + 4, last + 14))
    assert in_order(shop)
    with psycopg.connect(shop.owner_url) as connection:
        query = "select who, did, details->'passed_over' from audit"
        assert connection.execute(query).fetchall() == [
            ("kari", "numbers confirmed", [[last + 1, last + 3]])
        ]


def failed(outcome: Any) -> bool:
    return isinstance(outcome, Exception)


def test_a_gap_that_nobody_passed_over_is_found(shop: Billing) -> None:
    shop.issued(projects=1)
    confirm(shop, last_number(shop) + 2)
    shop.issued(projects=1)
    assert in_order(shop)
    with psycopg.connect(shop.owner_url) as connection:
        query = NUMBERS_IN_ORDER.query.replace("NumbersPassedOver", "another event")
        assert len(connection.execute(query.encode()).fetchall()) >= 1
