"""What the main job's money must be by the rules, and what it was. Amounts are øre."""

from chassis.domain import value
from demo.main_job import Outcome


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
    ]
