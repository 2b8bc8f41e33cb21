"""The rows that billing shows of transfers and of customers' credit."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from billing.domain.bank_payment_messages import (
    BankPaymentAllocated,
    BankPaymentFreed,
    BankPaymentReceived,
    BankPaymentReversed,
)
from billing.domain.wallet_messages import (
    CreditGranted,
    CreditRestored,
    CreditSpent,
    CreditTakenBack,
    StripeCustomerMade,
)
from billing.projections import bank_payments, credit, credit_entries, stripe_customers
from chassis.testing.projected import Told, at, event_id, kept, projected

TRANSFER, INVOICE, WORKSPACE, OTHER = (UUID(int=n) for n in range(1, 5))
DAY = date(2026, 4, 15)

came = BankPaymentReceived(
    source="bank", external_id="t-1", amount_ore=900, paid_on=DAY, kid="100016"
)
ROW = {
    "id": str(TRANSFER),
    "source": "bank",
    "external_id": "t-1",
    "amount_ore": 900,
    "left_ore": 900,
    "invoiced_ore": 0,
    "credited_ore": 0,
    "reversed_ore": 0,
    "paid_on": DAY,
    "kid": "100016",
    "text": None,
    "state": "unallocated",
    "created_at": at(1),
    "updated_at": at(1),
}


def invoiced(ore: int) -> BankPaymentAllocated:
    return BankPaymentAllocated(amount_ore=ore, invoice_id=INVOICE, workspace_id=None)


def credited(ore: int, invoice_id: UUID | None = None) -> BankPaymentAllocated:
    return BankPaymentAllocated(amount_ore=ore, invoice_id=invoice_id, workspace_id=WORKSPACE)


def freed(event: BankPaymentAllocated) -> BankPaymentFreed:
    return BankPaymentFreed(
        amount_ore=event.amount_ore, invoice_id=event.invoice_id, workspace_id=event.workspace_id
    )


def gone(ore: int) -> BankPaymentReversed:
    return BankPaymentReversed(amount_ore=ore, paid_on=DAY, reference="r")


@pytest.mark.parametrize(
    "events,left,on_invoices,credit_ore,reversed_ore,state",
    [
        ([invoiced(500)], 400, 500, 0, 0, "unallocated"),
        ([invoiced(500), credited(400, INVOICE)], 0, 500, 400, 0, "allocated"),
        ([credited(900)], 0, 0, 900, 0, "allocated"),
        ([credited(900), freed(credited(900))], 900, 0, 0, 0, "unallocated"),
        ([invoiced(500), freed(invoiced(500)), gone(900)], 0, 0, 0, 900, "reversed"),
        ([invoiced(500), gone(400)], 0, 500, 0, 400, "allocated"),
        ([invoiced(500), gone(400), freed(invoiced(500))], 500, 0, 0, 400, "unallocated"),
        ([invoiced(500), gone(400), freed(invoiced(500)), gone(500)], 0, 0, 0, 900, "reversed"),
    ],
)
def test_a_transfer_shows_where_its_money_stands(
    events: list[Any], left: int, on_invoices: int, credit_ore: int, reversed_ore: int, state: str
) -> None:
    told: list[Told] = [(TRANSFER, came), *((TRANSFER, each) for each in events)]
    shown = {
        "left_ore": left,
        "invoiced_ore": on_invoices,
        "credited_ore": credit_ore,
        "reversed_ore": reversed_ore,
        "state": state,
        "updated_at": at(len(told)),
    }
    assert projected(bank_payments.projection, told) == [{**ROW, **shown}]


def test_what_a_payer_wrote_is_kept_beside_the_events() -> None:
    unread = BankPaymentReceived(
        source="bank", external_id="t-1", amount_ore=900, paid_on=DAY, kid=None
    )
    written = kept(kid="Faktura 12", text="takk")
    rows = projected(bank_payments.projection, [(TRANSFER, written), (TRANSFER, unread)])
    assert [(row["kid"], row["text"]) for row in rows] == [("Faktura 12", "takk")]


granted = CreditGranted(
    workspace_id=WORKSPACE, amount_ore=900, origin="overpayment", reference="t-1/3"
)
WALLET: list[Told] = [
    (WORKSPACE, granted),
    (WORKSPACE, CreditSpent(amount_ore=500, on="invoice", reference=str(INVOICE))),
    (WORKSPACE, CreditRestored(amount_ore=450, invoice_id=INVOICE)),
    (WORKSPACE, CreditTakenBack(amount_ore=50, reference="t-1/5")),
    (OTHER, granted),
    (WORKSPACE, granted),
]


def test_a_workspaces_credit_is_the_sum_of_what_came_and_went() -> None:
    assert projected(credit.projection, WALLET) == [
        {"id": str(WORKSPACE), "balance_ore": 1_700, "updated_at": at(6)},
        {"id": str(OTHER), "balance_ore": 900, "updated_at": at(5)},
    ]


def test_each_entry_says_what_came_or_went_and_by_what() -> None:
    rows = projected(credit_entries.projection, WALLET)
    mine = [row for row in rows if row["workspace_id"] == str(WORKSPACE)]
    assert sorted(
        (row["version"], row["type"], row["amount_ore"], row["reference"], row["at"])
        for row in mine
    ) == [
        (1, "granted", 900, "t-1/3", at(1)),
        (2, "spent", -500, str(INVOICE), at(2)),
        (3, "restored", 450, str(INVOICE), at(3)),
        (4, "taken_back", -50, "t-1/5", at(4)),
        (5, "granted", 900, "t-1/3", at(6)),
    ]
    assert {row["id"] for row in mine} == {str(event_id(WORKSPACE, n)) for n in range(1, 6)}


def test_a_workspace_is_one_customer_at_stripe() -> None:
    made = StripeCustomerMade(workspace_id=WORKSPACE, stripe_customer_id="cus_1")
    granted = CreditGranted(
        workspace_id=WORKSPACE, amount_ore=1, origin="overpayment", reference="t"
    )
    told: list[Told] = [(WORKSPACE, granted), (WORKSPACE, made)]
    assert projected(stripe_customers.projection, told) == [
        {
            "id": str(WORKSPACE),
            "workspace_id": str(WORKSPACE),
            "stripe_customer_id": "cus_1",
            "created_at": at(2),
            "updated_at": at(2),
        }
    ]
