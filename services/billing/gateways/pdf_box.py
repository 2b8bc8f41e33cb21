"""The box below the sums: what is to be paid and how, what a card paid, or what is credited."""

from collections.abc import Sequence

from billing.gateways.document import Corrected, Document
from billing.gateways.words import Words
from gateways.norwegian import BLANK, grouped
from gateways.paper import RIGHT
from gateways.paper_box import FIRST, SECOND, THIRD, Cell


def box_cells(document: Document, words: Words) -> Sequence[Cell]:
    """Return what stands in a document's box."""
    amount = f"{document.currency}{BLANK}{words.money(document.to_pay_ore)}"
    named = words.kinds[document.kind].to_pay
    if document.corrects:
        return _credited(document.corrects, named, amount, words)
    if document.paid_by_card_on:
        day = words.day(document.paid_by_card_on)
        paid = f"{document.currency}{BLANK}{words.money(document.prepaid_ore)}"
        return (
            Cell(x=FIRST, row=0, name=words.paid_by_card, text=paid, size=15),
            Cell(x=SECOND, row=0, name=words.paid_on, text=day),
            Cell(x=THIRD, row=0, name=named, text=amount, width=42),
        )
    return _to_be_paid(document, named, amount, words)


def _credited(corrects: Corrected, named: str, amount: str, words: Words) -> Sequence[Cell]:
    invoice = f"{corrects.number}, {words.day(corrects.issue_date)}"
    wide = RIGHT - SECOND - 6
    return (
        Cell(x=FIRST, row=0, name=named, text=amount, size=15),
        Cell(x=SECOND, row=0, name=words.corrected_invoice, text=invoice),
        Cell(x=SECOND, row=1, name=words.reason, text=corrects.reason, width=wide, bold=False),
    )


def _to_be_paid(document: Document, named: str, amount: str, words: Words) -> Sequence[Cell]:
    seller = document.seller
    due = words.day(document.due_date) if document.due_date else ""
    account = grouped(seller.account, 4, 2, 5)
    iban = grouped(seller.iban, *[4] * 9)
    return (
        Cell(x=FIRST, row=0, name=named, text=amount, size=15),
        Cell(x=FIRST, row=1.33, name=words.payee, text=seller.name, width=58, bold=False),
        Cell(x=SECOND, row=0, name=words.due_date, text=due),
        Cell(x=SECOND, row=1, name="KID", text=document.kid or ""),
        Cell(x=SECOND, row=2, name=words.account, text=account),
        Cell(x=THIRD, row=0, name="IBAN", text=iban, width=42),
        Cell(x=THIRD, row=1, name="BIC", text=seller.bic, width=42),
    )
