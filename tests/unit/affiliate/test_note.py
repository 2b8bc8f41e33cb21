"""The settlement note, read back as its reader sees it."""

from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader

from affiliate.gateways.note import DEMO, NO_SALES_DOCUMENT, Note, pdf
from unit.affiliate.settled import CORRECTED, EARNED, PAYEE, PAYOUT, note


def pages(given: Note) -> list[str]:
    """Return each page's text, on one line."""
    reader = PdfReader(BytesIO(pdf(given)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_it_says_what_is_paid_to_whom_and_for_what() -> None:
    [text] = pages(note(CORRECTED, EARNED))
    for part in (
        *("Fjordlys Studio AS", "Bryggegata 7", "Org.nr. 923 609 016"),
        *("Avregning", "Dato 15.04.2026", "Periode 27.02.2026 – 14.04.2026"),
        *("Nordmann Henvisning AS", "Org.nr. 974 760 673 MVA", "som slutter på 8903"),
        "Korreksjon, faktura 9998 27.02.2026 -10 000,00",
        "Provisjon, faktura 10001 02.03.2026 150 000,50 20 % 30 000,10",
        *("Netto 20 000,10", "MVA 25 % av 20 000,10 5 000,03", "Brutto (NOK) 25 000,13"),
        *("Å utbetale NOK 25 000,13", str(PAYOUT)),
        f"{NO_SALES_DOCUMENT}. Beløpet betales mot en faktura fra dere",
        "Side 1 av 1",
    ):
        assert part in text
    assert DEMO not in text


def test_who_is_not_registered_for_vat_is_paid_none() -> None:
    [text] = pages(note(EARNED, payee=replace(PAYEE, vat_registered=False), demo=True))
    for part in (
        *("Org.nr. 974 760 673", "Netto 30 000,10", "MVA 0,00", "Brutto (NOK) 30 000,10"),
        f"{NO_SALES_DOCUMENT}. Mottakeren er ikke registrert i Merverdiavgiftsregisteret",
        DEMO,
    ):
        assert part in text
    assert "673 MVA" not in text


def test_the_same_values_are_the_same_bytes() -> None:
    assert pdf(note(CORRECTED, EARNED)) == pdf(note(CORRECTED, EARNED))


def test_the_sums_do_not_stand_alone_on_a_page() -> None:
    for count in (1, 10, 24, 25, 26, 60):
        entries = [replace(EARNED, invoice_number=10_000 + n) for n in range(count)]
        *before, last = pages(note(*entries))
        assert "Netto" in last and f"faktura {10_000 + count - 1} " in last, count
        assert all("Netto" not in each for each in before), count
        assert f"av {len(before) + 1}" in last, count
