"""The money of the main job, step by step, as the report shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.domain import value
from demo.card_sale import Sale
from demo.figures import Figure, figures
from demo.ledger import accounts
from demo.main_job import Outcome
from gateways.norwegian import percent

BOOKS = "books"
STEP_OF_FIGURE = (  # by the first beginning of its name that fits
    ("Card sale", "card sale"),
    ("Refund", "refund"),
    ("Mails to the buyer", "invoice"),
    ("Line item", "work"),
    ("Invoice, state", "paid"),
    ("Invoice", "invoice"),
    ("KID", "invoice"),
    ("Earned after", "paid"),
    ("Earn", "commission"),
    ("Books", BOOKS),
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
    found = figures(outcome)
    return [
        *_invoiced(outcome, payments, found),
        *_sold_by_card(outcome.sale, found),
        *_earned(outcome, found),
        _booked(outcome, found),
    ]


def _invoiced(
    outcome: Outcome, payments: Sequence[Mapping[str, Any]], found: Sequence[Figure]
) -> list[Step]:
    project, video, lines = outcome.project, outcome.video, outcome.lines
    invoice = outcome.invoice
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
    ]


def _sold_by_card(sale: Sale | None, found: Sequence[Figure]) -> list[Step]:
    if sale is None:
        return []
    receipt, note = sale.receipt, sale.credit_note
    return [
        Step(
            title="Sold by card",
            total_ore=receipt["gross_ore"],
            parts=[("Net", receipt["net_ore"]), ("VAT", receipt["vat_ore"])],
            names=[("number", str(receipt["invoice_number"])), ("paid at a", "stand-in")],
            figures=_of_step("card sale", found),
        ),
        Step(
            title="Refunded in part",
            total_ore=note["gross_ore"],
            parts=[("Net", note["net_ore"]), ("VAT", note["vat_ore"])],
            names=[("credit note", str(note["number"])), ("refund", sale.refund["id"])],
            figures=_of_step("refund", found),
        ),
    ]


def _earned(outcome: Outcome, found: Sequence[Figure]) -> list[Step]:
    earnings, payout = outcome.earnings, outcome.payout
    return [
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
    ]


def _booked(outcome: Outcome, found: Sequence[Figure]) -> Step:
    books = accounts(outcome)
    return Step(
        title="In the books of the suite",
        total_ore=sum(each.balance_ore for each in books),
        parts=[
            (f"{each.number} {each.word}", each.balance_ore) for each in books if each.balance_ore
        ],
        names=[],
        figures=_of_step(BOOKS, found),
    )


def _delivered(line: Mapping[str, Any]) -> str:
    return "Photographs" if line["project_id"] else "Film"


def _share(earning: Mapping[str, Any]) -> str:
    return f"{percent(100 * earning['commission_percent'])} of"


def _of_step(name: str, found: Sequence[Figure]) -> list[Figure]:
    return [figure for figure in found if step_of(figure) == name]


def step_of(figure: Figure) -> str:
    """Return the name of the step that a figure belongs to."""
    return next(step for start, step in STEP_OF_FIGURE if figure.name.startswith(start))
