"""Sales documents as poppler's pdftotext lays them out, where it is installed: a row is a line."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from billing.gateways.document import DEMO, Document
from billing.gateways.pdf import pdf
from unit.billing.sales_documents import EXEMPT_LINE, LINE, abroad, document

NORWEGIAN = ("Bildeprosjekt: Solveien 14, Bærum 04.03.2026 1 1 000,00 25 % 1 000,00",)
ENGLISH = ("Film: Kungsgatan 3 4 Mar 2026 1 1,000.00 0% 1,000.00", "Electronic, Sweden")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
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
    file = tmp_path / "document.pdf"
    file.write_bytes(pdf(given))
    told = ["pdftotext", "-layout", "-enc", "UTF-8", str(file), "-"]
    said = subprocess.run(told, capture_output=True, check=True, timeout=30).stdout.decode()
    lines = [re.sub(r"\s+", " ", line).strip() for line in said.splitlines()]
    missed = [row for row in rows if not any(row in line for line in lines)]
    assert missed == [], "\n".join(lines)
