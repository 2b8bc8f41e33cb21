"""The PDF of each kind of sales document, in both languages, read back as its reader sees it."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PageObject, PdfReader

from billing.gateways.document import Document
from billing.gateways.pdf import pdf
from unit.billing.sales_documents import ABROAD, EXEMPT_LINE, LINE, SELLER, SWEDEN, abroad, document

DEMO = "DEMO – IKKE GYLDIG SALGSDOKUMENT"
LONG = "Bildeprosjekt: " + "leilighet med utsikt over fjorden, " * 6
DEAR = replace(
    LINE, unit_price_ore=24_900_000, net_ore=24_900_000, vat_ore=6_225_000, gross_ore=31_125_000
)
PARTIES = (
    "Nordvik Eiendomsmegling AS",
    "Org.nr. 974 760 673",
    "9008 Tromsø",
    "Deres referanse Kari Åsen",
    "Fjordlys Studio AS · Org.nr. 923 609 016 MVA · Foretaksregisteret",
    "Bryggegata 7 · 0250 Oslo",
)
SWEDISH = (
    "Lindqvist Mäkleri AB",
    "Drottninggatan 5",
    "111 51 Stockholm",
    "Sweden",
    "Your reference PO 4711",
    "Fjordlys Studio AS · Org. no. 923 609 016 MVA · Foretaksregisteret",
    "Bryggegata 7 · 0250 Oslo",
    "Place of delivery Electronic, Sweden",
    "VAT exempt: remote service to a recipient outside the Norwegian VAT area",
)
ACCOUNT = ("100016", "8601 11 17947", "NO93 8601 1117 947", "DNBANOKK")


def pages(given: Document) -> list[str]:
    """Return each page's text, on one line."""
    reader = PdfReader(BytesIO(pdf(given)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def must_say(given: Document, *parts: str) -> str:
    [text] = pages(given)
    assert [part for part in parts if part not in text] == [], text
    return text


def test_an_invoice_says_what_the_law_wants() -> None:
    text = must_say(
        document(LINE, DEAR),
        *PARTIES,
        *ACCOUNT,
        "Faktura Fakturanummer 10001 Fakturadato 31.03.2026 Forfallsdato 14.04.2026",
        "Leveringssted Elektronisk",
        "Bildeprosjekt: Solveien 14, Bærum 04.03.2026 1 249 000,00 25 % 249 000,00",
        "Netto 250 000,00",
        "MVA 25 % av 250 000,00 62 500,00",
        "Å betale (NOK) 312 500,00",
        "Å betale NOK 312 500,00",
        "Side 1 av 1",
    )
    assert "DEMO" not in text
    assert "tilgode" not in text and "kort" not in text and "Fritatt" not in text


def test_an_invoice_abroad_says_it_in_english_and_why_there_is_no_vat() -> None:
    text = must_say(
        abroad(replace(EXEMPT_LINE, quantity=20, net_ore=2_000_000, gross_ore=2_000_000)),
        *SWEDISH,
        *ACCOUNT,
        "Invoice Invoice number 10001 Invoice date 31 Mar 2026 Due date 14 Apr 2026",
        "Film: Kungsgatan 3 4 Mar 2026 20 1,000.00 0% 20,000.00",
        "VAT 0% of 20,000.00 0.00",
        "To pay (NOK) 20,000.00",
        "To pay NOK 20,000.00",
        "Page 1 of 1",
    )
    assert "Org. no. 974" not in text
    assert about(abroad())["/Lang"] == "en" and about(document())["/Lang"] == "nb"


def test_credit_used_at_the_issue_is_taken_off_what_is_to_be_paid() -> None:
    must_say(
        document(LINE, credit_used_ore=50_001),
        *ACCOUNT,
        "Sum inkl. MVA 1 250,00 Betalt med tilgode -500,01 Å betale (NOK) 749,99",
        "Å betale NOK 749,99",
    )
    must_say(abroad(credit_used_ore=100_000), "Paid from credit -1,000.00 To pay (NOK) 0.00")


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        (
            document(kind="receipt"),
            (
                *PARTIES,
                "Faktura Betalt med kort",
                "Fakturanummer 10003",
                "Betalt med kort -1 250,00 Å betale (NOK) 0,00",
                "Betalt med kort NOK 1 250,00 Betalingsdato 02.03.2026 Å betale NOK 0,00",
            ),
        ),
        (
            abroad(kind="receipt"),
            (
                *SWEDISH,
                "Invoice Paid by card",
                "Invoice number 10003",
                "Paid by card -1,000.00 To pay (NOK) 0.00",
                "Paid by card NOK 1,000.00 Payment date 2 Mar 2026 To pay NOK 0.00",
            ),
        ),
    ],
)
def test_a_card_sale_says_that_nothing_remains(given: Document, parts: tuple[str, ...]) -> None:
    text = must_say(given, *parts)
    assert "KID" not in text and SELLER.bic not in text, "nobody is to pay it twice"


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        (
            document(kind="credit_note"),
            (
                *PARTIES,
                "Kreditnota Kreditnotanummer 10002 Kreditnotadato 31.03.2026",
                "Gjelder faktura 10001 Fakturaens dato 30.03.2026",
                "Kreditert (NOK) 1 250,00",
                "Kreditert NOK 1 250,00",
                "Gjelder faktura 10001, 30.03.2026",
                "Årsak Avtalt pris var lavere",
            ),
        ),
        (
            abroad(kind="credit_note"),
            (
                *SWEDISH,
                "Credit note Credit note number 10002 Credit note date 31 Mar 2026",
                "Corrects invoice 10001 Date of invoice 30 Mar 2026",
                "Credited NOK 1,000.00",
                "Corrects invoice 10001, 30 Mar 2026",
                "Reason Avtalt pris var lavere",
            ),
        ),
    ],
)
def test_a_credit_note_names_its_invoice_and_the_reason(
    given: Document, parts: tuple[str, ...]
) -> None:
    text = must_say(given, *parts)
    for absent in ("KID", "Forfallsdato", "Due date", "Å betale", "To pay", SELLER.bic):
        assert absent not in text


def test_vat_is_summed_for_each_rate() -> None:
    food = replace(LINE, vat_rate_bp=1250, vat_ore=12_500, gross_ore=112_500)
    must_say(
        document(LINE, food, LINE),
        "MVA 25 % av 2 000,00 500,00",
        "MVA 12,5 % av 1 000,00 125,00",
    )


@pytest.mark.parametrize(
    ("given", "page", "head"),
    [
        (document(*[replace(LINE, description=LONG[:200])] * 12), "Side", "Beskrivelse"),
        (abroad(*[replace(EXEMPT_LINE, description=LONG[:200])] * 12), "Page", "Description"),
    ],
)
def test_long_lines_go_on_over_pages_and_none_is_cut(given: Document, page: str, head: str) -> None:
    texts = pages(given)
    assert len(texts) == 2
    for number, text in enumerate(texts, start=1):
        assert f"{page} {number} " in text
        assert head in text
        assert number == 1 or f"10001 · {SELLER.name}" in text
    whole = " ".join(texts)
    assert whole.count("Bildeprosjekt:") == 12
    assert whole.count("fjorden,") == 12 * LONG[:200].count("fjorden,")


def test_eighty_lines_repeat_the_table_head_on_every_page() -> None:
    texts = pages(document(*[replace(LINE, description=f"Bilde nr. {i};") for i in range(80)]))
    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        assert f"Side {number} av 3" in text
        assert "Beskrivelse" in text or "Bilde nr." not in text
        assert number == 1 or "Faktura 10001 · Fjordlys Studio AS" in text
    whole = " ".join(texts)
    assert all(f"Bilde nr. {i}; " in whole for i in range(80))
    assert "100 000,00" in texts[-1]


def test_the_sums_never_stand_on_a_page_without_a_line() -> None:
    for number in range(16, 34):
        *_, last = pages(document(*[LINE] * number))
        assert "Bildeprosjekt" in last and "Å betale (NOK)" in last and "KID" in last, number


def test_a_demo_says_on_every_page_that_it_is_none() -> None:
    for given in (document(*[LINE] * 40, demo=True), abroad(*[EXEMPT_LINE] * 40, demo=True)):
        texts = pages(given)
        assert len(texts) == 2
        assert all(text.startswith(DEMO) for text in texts)


def test_the_same_document_gives_the_same_bytes() -> None:
    for given in (document(), abroad(), document(kind="credit_note"), document(kind="receipt")):
        assert pdf(given) == pdf(replace(given))
    written = PdfReader(BytesIO(pdf(document()))).metadata
    assert written is not None
    assert written.creation_date == datetime(2026, 3, 31, tzinfo=UTC)
    assert pdf(document(LINE)) != pdf(document(LINE, LINE))


def about(given: Document) -> dict[str, object]:
    """Return the catalogue of the file."""
    return dict(PdfReader(BytesIO(pdf(given))).root_object)


def test_letters_that_the_font_lacks_become_their_nearest() -> None:
    odd = replace(LINE, description="Łukasz Čáhppes, đŋ, 漢字 😀 «leilighet» – € 5\x00\ud800")
    must_say(document(odd), "Lukasz Cáhppes, dn, ?? ? «leilighet» – € 5")


def test_what_the_font_lacks_is_in_the_log_once_and_by_code_points(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    odd = replace(LINE, description="Łukasz 漢\u200b 漢")
    pages(document(LINE, odd, odd))
    [record] = caplog.records
    assert (
        record.message == "the font of 'Faktura 10001' lacks U+0141 U+200B U+6F22:"
        " replaced or left out"
    )
    pages(document(LINE))
    assert len(caplog.records) == 1, "nothing is missing, nothing is said"


def test_a_country_that_is_none_is_named_by_its_letters() -> None:
    nowhere = replace(ABROAD, address=replace(SWEDEN, country="QQ"))
    must_say(abroad(buyer=nowhere), "Place of delivery Electronic, QQ")


@pytest.mark.parametrize("kind", ["invoice", "receipt", "credit_note"])
def test_long_texts_wrap_and_keep_their_distance(kind: str) -> None:
    name = "Særdeles Langt Firmanavn For Boligfotografering AS " * 4
    long = replace(LINE, description="X" * 2500)
    given = document(LINE, long, LINE, kind=kind, seller=replace(SELLER, name=name))  # type: ignore[arg-type]
    given = replace(
        given,
        buyer=replace(given.buyer, legal_name=name[:200], reference="R" * 100),
        corrects=given.corrects and replace(given.corrects, reason="Hver linje " * 90),
    )
    reader = PdfReader(BytesIO(pdf(given)))
    assert len(reader.pages) > 2
    for page in reader.pages:
        places = text_places(page)
        assert len(places) == len(set(places))
        assert all(20 < x < 540 and 20 < y < 790 for x, y in places)


def text_places(page: PageObject) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []

    def note(text: str, _cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            places.append((round(tm[4]), round(tm[5])))

    page.extract_text(visitor_text=note)
    return places


def test_a_day_abroad_has_its_month_in_letters() -> None:
    first = replace(EXEMPT_LINE, delivered_on=date(2026, 9, 1))
    must_say(abroad(first), " 1 Sep 2026 ")
