"""The mail that a document goes with: short, in the buyer's language, with what a payer needs."""

from dataclasses import replace

import pytest

from billing.gateways import cover
from billing.gateways.document import DEMO, Document
from unit.billing.sales_documents import abroad, document

AT_HOME = """Hei,

Vedlagt er faktura 10001 til Nordvik Eiendomsmegling AS.

Å betale:     NOK 1 250,00
Forfallsdato: 14.04.2026
KID:          100016
Kontonummer:  8601 11 17947

Dokumentet ligger også ved som EHF-fil.

Vennlig hilsen
Fjordlys Studio AS
"""
CREDITED_ABROAD = """Hello,

Attached is credit note 10002 to Lindqvist Mäkleri AB. It credits invoice 10001 of 30 Mar 2026.

Credited: NOK 1,000.00

Kind regards
Fjordlys Studio AS
"""


def test_an_invoice_at_home_says_how_it_is_paid() -> None:
    assert cover.text(document()) == AT_HOME
    assert cover.subject(document()) == "Faktura 10001 fra Fjordlys Studio AS"


def test_a_credit_note_abroad_names_its_invoice_and_has_nothing_to_pay() -> None:
    note = abroad(kind="credit_note")
    assert cover.text(note) == CREDITED_ABROAD
    assert cover.subject(note) == "Credit note 10002 from Fjordlys Studio AS"


def test_an_invoice_abroad_has_what_a_bank_there_wants() -> None:
    text = cover.text(abroad())
    for each in ("To pay:", "NOK 1,000.00", "14 Apr 2026", "NO93 8601 1117 947", "DNBANOKK"):
        assert each in text


@pytest.mark.parametrize(
    ("paid", "says"),
    [
        (document(credit_used_ore=25_000), ("NOK 1 250,00", "NOK 250,00", "NOK 1 000,00", "KID")),
        (document(credit_used_ore=125_000), ("NOK 0,00", "Det er ingenting å betale.")),
        (document(kind="receipt"), ("Den er betalt med kort.", "Betalt med kort", "NOK 0,00")),
    ],
    ids=["part of it", "all of it", "by card"],
)
def test_what_was_paid_before_is_said_and_only_the_rest_is_asked_for(
    paid: Document, says: tuple[str, ...]
) -> None:
    text = cover.text(paid)
    assert [each for each in says if each not in text] == []
    assert ("Kontonummer" in text) == bool(paid.to_pay_ore)


def test_a_demo_says_so_first() -> None:
    demo = replace(document(), demo=True)
    assert cover.text(demo).startswith(f"{DEMO}.\n\nHei,")
    assert cover.subject(demo).startswith("DEMO: ")
