"""The money of the main job, step by step, as the report shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from billing.gateways.norwegian import percent
from chassis.domain import value
from demo.figures import Figure, figures
from demo.main_job import Outcome

STEP_OF_FIGURE = (  # by the first beginning of its name that fits
    ("Mails", "invoice"),
    ("Line item", "work"),
    ("Invoice, state", "paid"),
    ("Invoice", "invoice"),
    ("KID", "invoice"),
    ("Earned after", "paid"),
    ("Earn", "commission"),
    ("Books", "books"),
    ("", "payout"),
)


@value
class Step:
    """One step of the money: what it came to, of which parts, and the figures that say so."""

    title: str
    total_ore: int
    parts: Sequence[tuple[str, int]]  # (words, øre)
    names: Sequence[tuple[str, str]]  # (what, id or number)
    figures: Sequence[Figure]

    @property
    def holds(self) -> bool:
        """Whether every figure of it does."""
        return all(figure.holds for figure in self.figures)


def steps(outcome: Outcome, payments: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return the steps of the money; `payments`: what was recorded on invoices."""
    project, video, lines = outcome.project, outcome.video, outcome.lines
    invoice, payout, earnings = outcome.invoice, outcome.payout, outcome.earnings
    found = figures(outcome)
    return [
        Step(
            title="Work delivered",
            total_ore=sum(line["net_ore"] for line in lines),
            parts=[(_delivered(line), line["net_ore"]) for line in lines],
            names=[("project", project["id"]), ("video", video["id"])],
            figures=_of_step("work", found),
        ),
        Step(
            title="Invoiced",
            total_ore=invoice["gross_ore"],
            parts=[("Net", invoice["net_ore"]), ("VAT", invoice["vat_ore"])],
            names=[("number", str(invoice["invoice_number"])), ("KID", invoice["kid"])],
            figures=_of_step("invoice", found),
        ),
        Step(
            title="Paid in two parts",
            total_ore=sum(row["amount_ore"] for row in payments),
            parts=[(row["external_id"], row["amount_ore"]) for row in payments],
            names=[("invoice", invoice["id"])],
            figures=_of_step("paid", found),
        ),
        Step(
            title="Commission earned",
            total_ore=sum(row["earning_amount_ore"] for row in earnings),
            parts=[(_share(row), row["invoice_amount_ore"]) for row in earnings],
            names=[("earning", row["id"]) for row in earnings],
            figures=_of_step("commission", found),
        ),
        Step(
            title="Paid out",
            total_ore=payout["amount_ore"],
            parts=[("Left to pay out", outcome.stats["pending_ore"])],
            names=[("payout", payout["id"]), ("reference", payout["reference"])],
            figures=_of_step("payout", found),
        ),
        Step(
            title="In the books",
            total_ore=sum(row["balance_ore"] for row in outcome.ledger["balances"]),
            parts=[
                (f"{row['number']} {row['account']}", row["balance_ore"])
                for row in outcome.ledger["balances"]
                if row["balance_ore"]
            ],
            names=[],
            figures=_of_step("books", found),
        ),
    ]


def _delivered(line: Mapping[str, Any]) -> str:
    return "Photographs" if line["project_id"] else "Film"


def _share(earning: Mapping[str, Any]) -> str:
    return f"{percent(100 * earning['commission_percent'])} of"


def _of_step(name: str, found: Sequence[Figure]) -> list[Figure]:
    def step_of(figure: Figure) -> str:
        return next(step for start, step in STEP_OF_FIGURE if figure.name.startswith(start))

    return [figure for figure in found if step_of(figure) == name]
