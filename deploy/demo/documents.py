"""Sales documents as the report shows them: their facts, their files, the mail they went with."""

from collections.abc import Mapping, Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from chassis.domain import value
from demo.fetching import fetch
from demo.letter import Letter, letter_of
from demo.main_job import Outcome
from gateways.norwegian import money

ENDINGS = {"pdf": "pdf", "ehf": "xml"}  # by format


@value
class Document:
    """One sales document; `row` is billing's, with its lines."""

    name: str  # 'Invoice'
    number: int
    facts: Sequence[tuple[str, str]]
    row: Mapping[str, Any]
    total: str  # how its gross amount is called
    pdf: str  # file of the report
    ehf: str
    letter: Letter


def invoice_of(outcome: Outcome, folder: Path) -> Document:
    """Return the invoice, its files in the folder."""
    row = outcome.invoice
    return _document(
        "Invoice",
        row["invoice_number"],
        row,
        [
            ("KID", row["kid"]),
            ("Due", day(row["due_date"])),
            ("State", row["state"]),
            ("Remaining", money(row["remaining_ore"])),
        ],
        "To pay",
        {"pdf": outcome.document, "ehf": outcome.ehf},
        outcome.mails[0],
        folder,
    )


def of_card_sale(outcome: Outcome, folder: Path) -> list[Document]:
    """Return the card sale's document and its credit note, their files in the folder."""
    if (sale := outcome.sale) is None:
        return []
    row, note = sale.receipt, sale.credit_note
    receipt_mail, note_mail = {mail["Message-ID"]: mail for mail in sale.mails}.values()
    paid_by = [("Paid by", "card, at a stand-in"), ("State", row["state"])]
    about = [("Credits", str(row["invoice_number"])), ("Reason", note["reason"])]
    return [
        _document(
            "Sales document",
            row["invoice_number"],
            row,
            paid_by,
            "Paid",
            sale.receipt_files,
            receipt_mail,
            folder,
        ),
        _document(
            "Credit note",
            note["number"],
            note,
            about,
            "Given back",
            sale.credit_note_files,
            note_mail,
            folder,
        ),
    ]


def _document(
    name: str,
    number: int,
    row: Mapping[str, Any],
    facts: Sequence[tuple[str, str]],
    total: str,
    links: Mapping[str, Mapping[str, Any]],
    mail: EmailMessage,
    folder: Path,
) -> Document:
    begins = name.lower().replace(" ", "-")
    files = {format: f"{begins}-{number}.{ENDINGS[format]}" for format in links}
    for format, link in links.items():
        fetch(link, folder / files[format], link["sha256"])
    return Document(
        name=name,
        number=number,
        facts=[("Number", str(number)), ("Issued", day(row["issue_date"])), *facts],
        row=row,
        total=total,
        pdf=files["pdf"],
        ehf=files["ehf"],
        letter=letter_of(mail, folder, (files["pdf"], files["ehf"])),
    )


def day(iso: str) -> str:
    """Return '2026-11-22' as '22 November 2026'."""
    on = date.fromisoformat(iso[:10])
    return f"{on.day} {on:%B %Y}"
