"""What the main job's money must be by the rules, and what it was. Amounts are øre."""

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

from chassis.domain import value
from demo.ledger import accounts
from demo.main_job import Outcome
from embedded.mailbox import files


@value
class Figure:
    """One figure: by the rules, and as the services have it."""

    name: str
    expected: int | str
    actual: int | str | None
    is_money: bool = True

    @property
    def holds(self) -> bool:
        """Whether the two are the same."""
        return self.expected == self.actual


def figures(outcome: Outcome) -> list[Figure]:
    """Return every figure of the main job, in the order in which it comes about."""
    invoice, payout = outcome.invoice, outcome.payout
    earned = [row["earning_amount_ore"] for row in outcome.earnings]
    lines = [
        Figure(
            name=f"Line item: {row['description']}, net", expected=100_000, actual=row["net_ore"]
        )
        for row in outcome.lines
    ]
    return [
        Figure(name="Line items", expected=2, actual=len(outcome.lines), is_money=False),
        *lines,
        Figure(name="Invoice, net", expected=200_000, actual=invoice["net_ore"]),
        Figure(name="Invoice, VAT 25 %", expected=50_000, actual=invoice["vat_ore"]),
        Figure(name="Invoice, to pay", expected=250_000, actual=invoice["gross_ore"]),
        Figure(
            name="Invoice number",
            expected=10_001,
            actual=invoice["invoice_number"],
            is_money=False,
        ),
        Figure(name="KID", expected="100016", actual=invoice["kid"], is_money=False),
        Figure(
            name="Mails to the buyer with PDF and EHF",
            expected=1,
            actual=_mails(outcome.mails),
            is_money=False,
        ),
        Figure(name="Invoice, state", expected="Paid", actual=invoice["state"], is_money=False),
        Figure(
            name="Earned after 1 000,00 of it was paid",
            expected=0,
            actual=outcome.earned_after_part,
        ),
        *_card_sale(outcome),
        Figure(name="Earnings", expected=1, actual=len(earned), is_money=False),
        Figure(name="Earned when all was paid, 20 % of net", expected=40_000, actual=sum(earned)),
        Figure(name="Paid out", expected=40_000, actual=payout["amount_ore"]),
        Figure(name="Paid out in all", expected=40_000, actual=outcome.stats["paid_out_ore"]),
        Figure(name="Left to pay out", expected=0, actual=outcome.stats["pending_ore"]),
        Figure(
            name="Mails to the affiliate: its settlement note, and that it was paid",
            expected=2,
            actual=len({mail["Message-ID"] for mail in outcome.payout_mails}),
            is_money=False,
        ),
        *_books(outcome),
    ]


def _mails(mails: Sequence[EmailMessage]) -> int:
    """Count those with two attachments; one that was repeated has the Message-ID of the first."""
    return len({mail["Message-ID"] for mail in mails if len(files(mail)) == 2})


def _card_sale(outcome: Outcome) -> list[Figure]:
    if (sale := outcome.sale) is None:
        return []
    receipt, note = sale.receipt, sale.credit_note
    by_it = [
        row["earning_amount_ore"]
        for row in outcome.earnings
        if row["referred_workspace_id"] == receipt["workspace_id"]
    ]
    found: list[tuple[str, int | str, Any, bool]] = [
        ("Card sale, before it was paid", "payment_required", sale.demanded, False),
        ("Card sale, net", 100_000, receipt["net_ore"], True),
        ("Card sale, VAT 25 %", 25_000, receipt["vat_ore"], True),
        ("Card sale, charged at the stand-in", 125_000, sale.charged_ore, True),
        ("Card sale, paid by", "stripe", sale.payment["payment_method"], False),
        ("Card sale, sales document", 10_002, receipt["invoice_number"], False),
        ("Card sale, sales document, state", "Paid", receipt["state"], False),
        ("Card sale, mails with PDF and EHF", 2, _mails(sale.mails), False),
        ("Card sale, earned by the affiliate", 0, sum(by_it), True),
        ("Refund, net", 20_000, note["net_ore"], True),
        ("Refund, VAT", 5_000, note["vat_ore"], True),
        ("Refund, given back at the stand-in", 25_000, sale.given_back_ore, True),
        ("Refund, state", "Sent", sale.refund["state"], False),
        ("Refund, credit note", 10_003, note["number"], False),
    ]
    return [
        Figure(name=name, expected=expected, actual=actual, is_money=is_money)
        for name, expected, actual, is_money in found
    ]


def _books(outcome: Outcome) -> list[Figure]:
    """Return a figure an account: what is on it, and that the tables prove it."""
    found = accounts(outcome)
    return [
        *(
            Figure(
                name=f"Books: {each.number} {each.word}",
                expected=each.expected_ore,
                actual=each.balance_ore if each.proven else "not proven",
            )
            for each in found
        ),
        Figure(
            name="Books: all accounts of the suite",
            expected=0,
            actual=sum(each.balance_ore for each in found),
        ),
        Figure(
            name="Books: every event balances, every account is proven",
            expected="yes",
            actual="yes" if all(each["holds"] for each in outcome.ledgers.values()) else "no",
            is_money=False,
        ),
    ]
