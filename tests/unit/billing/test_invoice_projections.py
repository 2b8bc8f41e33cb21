"""The rows that billing shows of its invoices, and of the payments on them."""

from dataclasses import replace
from typing import Any

import pytest

from billing.domain.invoice_events import (
    Event,
    InvoiceDelivered,
    InvoiceDeliveryFailed,
    InvoiceIssueRefused,
    InvoiceOverdue,
    InvoiceRecovered,
    InvoiceReminded,
    InvoiceSendingRequested,
    InvoiceWrittenOff,
)
from billing.projections import invoice_payments, invoices
from chassis import ids
from chassis.testing.projected import at, projected
from unit.billing.invoiced import (
    AT,
    DUE_ON,
    INVOICE,
    ISSUED_ON,
    PAID_ON,
    STATES,
    WORKSPACE,
    all_credited,
    credited,
    drafted,
    issued,
    paid,
    part,
    part_reversed,
    rest,
    stored,
)

DRAFT_ROW: dict[str, Any] = {
    **dict.fromkeys(each.name for each in invoices.table.c),
    "id": str(INVOICE),
    "workspace_id": str(WORKSPACE),
    "total_amount_ore": 200_000,
    "currency": "NOK",
    "status": "draft",
    "created_at": at(1),
    "updated_at": at(1),
    "kind": "invoice",
    "state": "Draft",
    "organization_number": "974760673",
    "missing": [],
    "net_ore": 200_000,
    "vat_ore": 50_000,
    "gross_ore": 250_000,
    "paid_ore": 0,
    "excess_ore": 0,
    "credited_net_ore": 0,
    "credited_ore": 0,
    "written_off_ore": 0,
    "vat_relieved_ore": 0,
    "settlements": 0,
    "reminders": 0,
}
ISSUED_ROW = {
    **DRAFT_ROW,
    "state": "Issued",
    "status": "sent",
    "series": "sales",
    "invoice_number": 10_001,
    "kid": "100016",
    "issue_date": ISSUED_ON,
    "due_date": DUE_ON,
    "delivery": "pending",
}
OUT = (drafted, issued)
PAID = STATES["Paid"]
LOST = STATES["WrittenOff"]
was_paid = replace(part_reversed, was_paid=True)
recovered = InvoiceRecovered(amount_ore=50_000, vat_ore=10_000)
came = replace(part, amount_ore=50_000, external_id="new")


def rows(*events: Event) -> list[dict[str, Any]]:
    return projected(invoices.projection, [(INVOICE, event) for event in events])


def test_a_draft_has_a_row_and_an_issued_one_its_number_and_its_dates() -> None:
    assert rows(drafted) == [DRAFT_ROW]
    assert rows(*OUT) == [{**ISSUED_ROW, "updated_at": at(2)}]


def test_why_no_run_could_issue_it_is_shown_until_it_is_issued() -> None:
    refused = InvoiceIssueRefused(missing=("legal_name", "country"))

    [row] = rows(drafted, refused)
    assert row == {**DRAFT_ROW, "missing": ["legal_name", "country"], "updated_at": at(2)}
    assert rows(drafted, refused, issued) == [{**ISSUED_ROW, "updated_at": at(3)}]


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        (STATES["Discarded"], {"state": "Discarded", "status": "cancelled"}),
        ((*OUT, InvoiceDelivered(sending=1, channel="mail")), {"delivery": "delivered"}),
        ((*OUT, InvoiceDeliveryFailed(sending=1, reason="refused")), {"delivery": "failed"}),
        (
            (
                *OUT,
                InvoiceDeliveryFailed(sending=1, reason="refused"),
                InvoiceSendingRequested(sending=2),
            ),
            {"delivery": "pending"},
        ),
        ((*OUT, InvoiceOverdue(due_date=DUE_ON)), {}),  # that it is late is a fact about today
        ((*OUT, InvoiceReminded(number=2, on=DUE_ON)), {"reminders": 2}),
    ],
)
def test_what_becomes_of_its_paper_is_shown(events: tuple[Event, ...], shown: Any) -> None:
    before = ISSUED_ROW if issued in events else DRAFT_ROW
    [row] = rows(*events)

    assert row == {**before, **shown, "updated_at": row["updated_at"]}


@pytest.mark.parametrize(("format", "name"), [("pdf", "document"), ("ehf", "ehf")])
def test_a_stored_format_is_found(format: str, name: str) -> None:
    found = {f"{name}_ref": stored.ref, f"{name}_sha256": "ab", f"{name}_size": 3}

    assert rows(*OUT, replace(stored, format=format)) == [
        {**ISSUED_ROW, **found, "updated_at": at(3)}
    ]


PART = {"state": "PartPaid", "paid_ore": 100_000}
WHOLE: dict[str, Any] = {"state": "Paid", "status": "paid", "paid_ore": 250_000, "settlements": 1}
WHOLE |= {"paid_at": AT, "first_paid_at": AT}
CREDITED = {"credited_net_ore": 40_000, "credited_ore": 50_000}
GONE = {"state": "WrittenOff", "status": "cancelled"}


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ((*OUT, part), PART),
        (PAID, WHOLE),
        ((*OUT, part, part_reversed), {}),
        (
            (*PAID, was_paid),
            {"state": "PartPaid", "paid_ore": 150_000, "settlements": 1, "first_paid_at": AT},
        ),
        ((*OUT, credited(40_000, excess_ore=0)), CREDITED),
        ((*OUT, part, credited(40_000, excess_ore=0)), {**PART, **CREDITED}),
        (
            (*PAID, credited(40_000, excess_ore=50_000)),
            {**WHOLE, **CREDITED, "paid_ore": 200_000, "excess_ore": 50_000},
        ),
        (
            (*OUT, part, all_credited),
            {
                "state": "Credited",
                "status": "cancelled",
                "credited_net_ore": 200_000,
                "credited_ore": 250_000,
                "excess_ore": 100_000,
            },
        ),
        (
            LOST,
            {**GONE, "paid_ore": 100_000, "written_off_ore": 150_000, "vat_relieved_ore": 30_000},
        ),
        (
            (*LOST, recovered, came),
            {**GONE, "paid_ore": 150_000, "written_off_ore": 100_000, "vat_relieved_ore": 20_000},
        ),
        (
            (
                *LOST,
                part_reversed,
                InvoiceWrittenOff(amount_ore=100_000, vat_ore=20_000, ground=None),
            ),
            {**GONE, "written_off_ore": 250_000, "vat_relieved_ore": 50_000},
        ),
        (
            (*LOST, InvoiceRecovered(amount_ore=150_000, vat_ore=30_000), rest, paid),
            WHOLE,
        ),
    ],
)
def test_its_money_is_shown(events: tuple[Event, ...], shown: dict[str, Any]) -> None:
    assert rows(*events) == [{**ISSUED_ROW, **shown, "updated_at": at(len(events))}]


def test_a_payment_that_had_left_it_before_leaves_no_state_behind() -> None:
    gone = replace(part_reversed, amount_ore=0, excess_ore=100_000)
    [before], [after] = rows(*OUT, part, all_credited), rows(*OUT, part, all_credited, gone)

    assert after == {**before, "excess_ore": 0, "updated_at": at(5)}


def payments(*events: Event) -> list[dict[str, Any]]:
    return projected(invoice_payments.projection, [(INVOICE, event) for event in events])


PAYMENT_ROW = {
    "id": str(ids.derive(INVOICE, "payment", "bank", "known")),
    "invoice_id": str(INVOICE),
    "amount_ore": 100_000,
    "paid_on": PAID_ON,
    "source": "bank",
    "external_id": "known",
    "created_at": at(3),
    "reversed_at": None,
}
REST_ROW = {
    **PAYMENT_ROW,
    "id": str(ids.derive(INVOICE, "payment", "bank", "rest")),
    "amount_ore": 150_000,
    "external_id": "rest",
    "created_at": at(4),
}


def test_each_payment_on_an_invoice_has_a_row_and_nothing_else_has_one() -> None:
    assert payments(*PAID) == [PAYMENT_ROW, REST_ROW]


def test_a_payment_is_marked_as_reversed_and_no_other_is() -> None:
    assert payments(*PAID, was_paid) == [{**PAYMENT_ROW, "reversed_at": at(6)}, REST_ROW]


def test_more_of_a_payment_is_added_to_its_row_and_after_a_reversal_it_begins_anew() -> None:
    more = replace(part, amount_ore=5)

    assert payments(*OUT, part, more) == [{**PAYMENT_ROW, "amount_ore": 100_005}]
    assert payments(*OUT, part, part_reversed, more) == [{**PAYMENT_ROW, "amount_ore": 5}]
    assert payments(*OUT, part, part_reversed, more, more) == [{**PAYMENT_ROW, "amount_ore": 10}]
