"""The books after each history of an invoice, told by billing's own methods; øre."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest

from billing import app as billing
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.books_asked import balances, failing
from servers.postgres import Server

GROSS_ORE = 125_000  # of one image project
NUMBERS = count(1)
INVARIANTS = {each.name: each.query for each in billing.SERVICE.invariants}


class Desk:
    """A system admin at billing; the books count from where they stand at first."""

    def __init__(self, shop: Billing) -> None:
        self.shop, self.workspace_id = shop, shop.customer(projects=0)
        self.before = balances(self.asks("verify_ledger"))

    def asks(self, method: str, **arguments: Any) -> Any:
        """Call a method, a command under a key of its own."""
        key = {} if method == "verify_ledger" else {"idempotency_key": f"key-{next(NUMBERS)}"}
        return self.shop.admin.call(method, **arguments, **key)

    def sold(self) -> str:
        """Return an invoice of 100 000 + 25 000, issued."""
        self.shop.deliver(self.shop.start(self.workspace_id))
        drafted = self.asks("create_invoices", workspace_id=self.workspace_id)
        invoice_id: str = drafted["items"][0]["invoice_id"]
        self.asks("issue_invoice", invoice_id=invoice_id)
        return invoice_id

    def paid(self, invoice_id: str, amount_ore: int) -> str:
        """Record a transfer meant for an invoice; return its name."""
        name = f"t-{next(NUMBERS)}"
        self.asks(
            "record_invoice_payment",
            invoice_id=invoice_id,
            amount_ore=amount_ore,
            paid_on=self.today,
            source="bank",
            external_id=name,
        )
        return name

    def bounced(self, invoice_id: str, name: str) -> None:
        self.asks(
            "reverse_invoice_payment",
            invoice_id=invoice_id,
            source="bank",
            external_id=name,
            reason="bounced",
        )

    def credited(self, invoice_id: str, net_ore: int | None = None, refund: bool = False) -> Any:
        """Credit so much of its line, or all of it."""
        (line,) = (
            each["id"]
            for each in self.shop.admin.call("list_line_items", workspace_id=self.workspace_id)[
                "items"
            ]
            if each["invoice_id"] == invoice_id
        )
        part = {"lines": [{"line_item_id": line, "net_ore": net_ore}]} if net_ore else {}
        return self.asks(
            "credit_invoice", invoice_id=invoice_id, reason="Feil", refund=refund, **part
        )

    @property
    def today(self) -> str:
        return self.shop.now.date().isoformat()

    def must_hold(self, **expected: int) -> None:
        """Compare what this history has changed; every proof and invariant holds."""
        ledger = self.asks("verify_ledger")
        now = balances(ledger)
        changed = {word: now.get(word, 0) - self.before.get(word, 0) for word in now | self.before}
        assert {word: ore for word, ore in changed.items() if ore} == expected
        assert (failing(ledger), ledger["holds"]) == ({}, True)
        with psycopg.connect(self.shop.owner_url) as connection:
            broken = {
                name: connection.execute(query.encode()).fetchall()
                for name, query in INVARIANTS.items()
            }
        assert {name: rows for name, rows in broken.items() if rows} == {}


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        yield shop


@pytest.fixture
def desk(shop: Billing) -> Desk:
    return Desk(shop)


def test_1_issued_and_paid_in_two_parts(desk: Desk) -> None:
    invoice = desk.sold()
    desk.paid(invoice, 50_000)
    desk.must_hold(receivable=75_000, bank=50_000, sales=-100_000, vat_out=-25_000)
    desk.paid(invoice, 75_000)
    desk.must_hold(bank=125_000, sales=-100_000, vat_out=-25_000)


def test_2_overpaid_and_the_credit_pays_part_of_the_next_one(desk: Desk) -> None:
    desk.paid(desk.sold(), 150_000)
    desk.must_hold(bank=150_000, credit=-25_000, sales=-100_000, vat_out=-25_000)
    desk.paid(desk.sold(), 100_000)
    desk.must_hold(bank=250_000, sales=-200_000, vat_out=-50_000)


def test_3_credited_whole_before_it_was_paid(desk: Desk) -> None:
    assert desk.credited(desk.sold())["state"] == "Credited"
    desk.must_hold()


def test_4_credited_in_part_then_paid(desk: Desk) -> None:
    invoice = desk.sold()
    desk.credited(invoice, 40_000)
    desk.paid(invoice, 75_000)
    desk.must_hold(bank=75_000, sales=-60_000, vat_out=-15_000)


def test_5_paid_credited_whole_refunded_by_bank(desk: Desk) -> None:
    invoice = desk.sold()
    desk.paid(invoice, GROSS_ORE)
    refund_id = desk.credited(invoice, refund=True)["refund_id"]
    desk.must_hold(bank=125_000, refunds=-125_000)
    desk.asks("confirm_refund", refund_id=refund_id, reference="B-1", paid_on=desk.today)
    desk.must_hold()
    desk.asks("fail_refund", refund_id=refund_id, reason="Kontoen er stengt")
    desk.must_hold(bank=125_000, credit=-125_000)


def test_5a_paid_credited_in_part_kept_as_credit_and_bounced(desk: Desk) -> None:
    invoice = desk.sold()
    name = desk.paid(invoice, GROSS_ORE)
    desk.credited(invoice, 20_000)
    desk.must_hold(bank=125_000, credit=-25_000, sales=-80_000, vat_out=-20_000)
    desk.bounced(invoice, name)
    desk.must_hold(receivable=100_000, sales=-80_000, vat_out=-20_000)


def test_9_written_off_with_relief_and_half_comes(desk: Desk) -> None:
    invoice = desk.sold()
    desk.asks(
        "write_off_invoice",
        invoice_id=invoice,
        reason="Konkurs",
        vat_relief=True,
        ground="insolvency",
        reference="Brønnøysund 1",
    )
    desk.must_hold(losses=100_000, sales=-100_000)
    name = desk.paid(invoice, 62_500)
    desk.must_hold(bank=62_500, losses=50_000, sales=-100_000, vat_out=-12_500)
    desk.bounced(invoice, name)
    desk.must_hold(losses=100_000, sales=-100_000)


def test_9a_written_off_without_relief(desk: Desk) -> None:
    desk.asks("write_off_invoice", invoice_id=desk.sold(), reason="For lite")
    desk.must_hold(losses=125_000, sales=-100_000, vat_out=-25_000)


def test_10_paid_bounced_and_paid_again(desk: Desk) -> None:
    invoice = desk.sold()
    desk.bounced(invoice, desk.paid(invoice, GROSS_ORE))
    desk.must_hold(receivable=125_000, sales=-100_000, vat_out=-25_000)
    desk.paid(invoice, GROSS_ORE)
    desk.must_hold(bank=125_000, sales=-100_000, vat_out=-25_000)


def test_10a_overpaid_and_bounced(desk: Desk) -> None:
    invoice = desk.sold()
    desk.bounced(invoice, desk.paid(invoice, 150_000))
    desk.must_hold(receivable=125_000, sales=-100_000, vat_out=-25_000)
