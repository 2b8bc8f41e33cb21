"""What the main job's money must be by the rules, and what it was. Amounts are øre."""

from typing import Any

from chassis.domain import value
from demo.main_job import Outcome
from embedded.mailbox import files

BALANCES = {"bank": 250_000, "sales": -200_000, "vat_out": -50_000}  # debit positive


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
            expected=1,  # one that was repeated has the Message-ID of the first
            actual=len({mail["Message-ID"] for mail in outcome.mails if len(files(mail)) == 2}),
            is_money=False,
        ),
        Figure(name="Invoice, state", expected="Paid", actual=invoice["state"], is_money=False),
        Figure(
            name="Earned after 1 000,00 of it was paid",
            expected=0,
            actual=outcome.earned_after_part,
        ),
        Figure(name="Earnings", expected=1, actual=len(earned), is_money=False),
        Figure(name="Earned when all was paid, 20 % of net", expected=40_000, actual=sum(earned)),
        Figure(name="Paid out", expected=40_000, actual=payout["amount_ore"]),
        Figure(name="Paid out in all", expected=40_000, actual=outcome.stats["paid_out_ore"]),
        Figure(name="Left to pay out", expected=0, actual=outcome.stats["pending_ore"]),
        *_books(outcome.ledger),
    ]


def _books(ledger: dict[str, Any]) -> list[Figure]:
    """Return a figure an account: what is on it, and that the tables prove it."""
    holds = {proof["name"]: proof["holds"] for proof in ledger["proofs"]}
    holds["sales_exempt"] = holds["sales"]  # proven together
    return [
        Figure(
            name=f"Books: {row['number']} {row['account']}",
            expected=BALANCES.get(row["account"], 0),
            actual=row["balance_ore"] if holds[row["account"]] else "not proven",
        )
        for row in ledger["balances"]
    ] + [
        Figure(
            name="Books: every event balances, every account is proven",
            expected="yes",
            actual="yes" if ledger["holds"] else "no",
            is_money=False,
        )
    ]
