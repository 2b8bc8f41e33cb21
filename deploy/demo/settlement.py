"""A payout as the report shows it: its settlement note, its entries, the mails about it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chassis.domain import value
from demo.documents import day
from demo.fetching import fetch
from demo.letter import Letter, letter_of
from demo.main_job import Outcome
from embedded.mailbox import files

NOTE = "settlement-note.pdf"  # of the report


@value
class Settlement:
    """One payout; `row` is affiliate's, with its entries."""

    name: str
    facts: Sequence[tuple[str, str]]
    row: Mapping[str, Any]
    pdf: str  # file of the report
    approved: Letter  # with the note
    paid: Letter


def settlement_of(outcome: Outcome, folder: Path) -> Settlement:
    """Return the payout, its note in the folder.

    Raises `ValueError` where the note that was mailed is another.
    """
    row, note = outcome.payout, outcome.note
    fetch(note, folder / NOTE, note["sha256"])
    with_note = {bool(files(mail)): mail for mail in outcome.payout_mails}
    return Settlement(
        name="Settlement note",
        facts=[
            ("Paid to", row["payee"]["legal_name"]),
            ("Account", f"ends in {row['payee']['account']}"),
            ("Approved", day(row["approved_at"])),
            ("Paid", day(row["paid_on"])),
            ("Reference", row["reference"]),
            ("State", row["state"]),
        ],
        row=row,
        pdf=NOTE,
        approved=letter_of(with_note[True], folder, (NOTE,)),
        paid=letter_of(with_note[False], folder, ()),
    )
