"""What we draw, as poppler's pdftotext lays it out, where it is installed: a row is a line."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from affiliate.gateways import note as settlement
from billing.gateways.document import DEMO, Document
from billing.gateways.pdf import pdf
from unit.affiliate.settled import CORRECTED, EARNED, note
from unit.billing.sales_documents import EXEMPT_LINE, LINE, abroad, document

NORWEGIAN = ("Bildeprosjekt: Solveien 14, Bærum 04.03.2026 1 1 000,00 25 % 1 000,00",)
ENGLISH = ("Film: Kungsgatan 3 4 Mar 2026 1 1,000.00 0% 1,000.00", "Electronic, Sweden")


WITH_PDFTOTEXT = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)


@WITH_PDFTOTEXT
@pytest.mark.parametrize(
    ("given", "rows"),
    [
        (document(LINE, LINE), (*NORWEGIAN, "100016", "Å betale (NOK) 2 500,00")),
        (abroad(), (*ENGLISH, "KID BIC", "To pay (NOK) 1,000.00")),
        (document(kind="receipt"), (*NORWEGIAN, "Betalt med kort -1 250,00", "NOK 1 250,00")),
        (abroad(kind="receipt"), (*ENGLISH, "Paid by card -1,000.00", "2 Mar 2026")),
        (document(kind="credit_note"), (*NORWEGIAN, "Gjelder faktura 10001", "Kreditert (NOK)")),
        (abroad(kind="credit_note"), (*ENGLISH, "Corrects invoice 10001", "Credited (NOK)")),
        (document(*[LINE] * 40, demo=True), (DEMO, "Side 2 av 2")),
        (abroad(*[EXEMPT_LINE] * 40, demo=True), (DEMO, "Page 2 of 2")),
    ],
)  # fmt: skip
def test_a_row_of_the_paper_is_a_line_of_text(
    given: Document, rows: tuple[str, ...], tmp_path: Path
) -> None:
    assert missing(pdf(given), rows, tmp_path / "document.pdf") == []


@WITH_PDFTOTEXT
def test_every_amount_of_a_settlement_note_stands_in_its_row(tmp_path: Path) -> None:
    rows = (
        "Korreksjon, faktura 9998 27.02.2026 -10 000,00",
        "Provisjon, faktura 10001 02.03.2026 150 000,50 20 % 30 000,10",
        *("Netto 20 000,10", "MVA 25 % av 20 000,10 5 000,03", "Brutto (NOK) 25 000,13"),
        *("NOK 25 000,13", "Periode 27.02.2026 – 14.04.2026", "Side 1 av 1"),
    )
    drawn = settlement.pdf(note(CORRECTED, EARNED))
    assert missing(drawn, rows, tmp_path / "note.pdf") == []


def missing(drawn: bytes, rows: Sequence[str], file: Path) -> list[str]:
    """Return the rows that are no lines of a PDF; it is written into that file."""
    file.write_bytes(drawn)
    told = ["pdftotext", "-layout", "-enc", "UTF-8", str(file), "-"]
    said = subprocess.run(told, capture_output=True, check=True, timeout=30).stdout.decode()
    lines = [re.sub(r"\s+", " ", line).strip() for line in said.splitlines()]
    return [row for row in rows if not any(row in line for line in lines)]
