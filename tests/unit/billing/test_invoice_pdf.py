"""The invoice's PDF, read back as its reader sees it."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PageObject, PdfReader

from billing.gateways.documents import Buyer, Document, Line, Seller, invoice_pdf
from chassis.errors import Rejected

SELLER = Seller(
    name="Fjordlys Studio AS",
    organization_number="923609016",
    vat_registered=True,
    in_foretaksregisteret=True,
    address=("Bryggegata 7", "0250 Oslo"),
    account="86011117947",
    iban="NO9386011117947",
    bic="DNBANOKK",
)
BUYER = Buyer(
    legal_name="Nordvik Eiendomsmegling AS",
    organization_number="974760673",
    address=("Storgata 12", "9008 Tromsø"),
    reference="Kari Åsen",
)
LINE = Line(
    description="Bildeprosjekt: Solveien 14, Bærum",
    quantity=1,
    unit_price_ore=100_000,
    net_ore=100_000,
    vat_rate_bp=2500,
    vat_ore=25_000,
    gross_ore=125_000,
    delivered_on=date(2026, 3, 4),
)


def document(*lines: Line, seller: Seller = SELLER, demo: bool = False) -> Document:
    return Document(
        number=10001,
        kid="100016",
        issue_date=date(2026, 3, 31),
        due_date=date(2026, 4, 14),
        currency="NOK",
        seller=seller,
        buyer=BUYER,
        lines=lines,
        net_ore=sum(line.net_ore for line in lines),
        vat_ore=sum(line.vat_ore for line in lines),
        gross_ore=sum(line.gross_ore for line in lines),
        demo=demo,
    )


def pages(invoice: Document) -> list[str]:
    reader = PdfReader(BytesIO(invoice_pdf(invoice)))
    return [page.extract_text().replace("\u00a0", " ") for page in reader.pages]


def test_an_invoice_says_what_the_law_wants() -> None:
    dear = replace(
        LINE, unit_price_ore=24_900_000, net_ore=24_900_000, vat_ore=6_225_000, gross_ore=31_125_000
    )
    [text] = pages(document(LINE, dear))
    for part in (
        "Faktura",
        "10001",
        "31.03.2026",
        "14.04.2026",
        "04.03.2026",
        "100016",
        "8601 11 17947",
        "NO93 8601 1117 947",
        "DNBANOKK",
        "Nordvik Eiendomsmegling AS",
        "Org.nr. 974 760 673",
        "9008 Tromsø",
        "Kari Åsen",
        "Bildeprosjekt: Solveien 14, Bærum",
        "249 000,00",
        "250 000,00",
        "MVA 25 % av 250 000,00",
        "62 500,00",
        "NOK 312 500,00",
        "Fjordlys Studio AS · Org.nr. 923 609 016 MVA · Foretaksregisteret",
        "Side 1 av 1",
    ):
        assert part in text, part
    assert "DEMO" not in text


def test_vat_is_summed_for_each_rate() -> None:
    food = replace(LINE, vat_rate_bp=1250, vat_ore=12_500, gross_ore=112_500)
    [text] = pages(document(LINE, food, LINE))
    assert "MVA 25 % av 2 000,00" in text
    assert "MVA 12,5 % av 1 000,00" in text
    assert "500,00" in text
    assert "125,00" in text


def test_a_seller_outside_the_vat_register_shows_no_vat() -> None:
    seller = replace(SELLER, vat_registered=False, in_foretaksregisteret=False)
    [text] = pages(
        document(replace(LINE, vat_rate_bp=0, vat_ore=0, gross_ore=100_000), seller=seller)
    )
    assert "Fjordlys Studio AS · Org.nr. 923 609 016" in text
    assert "MVA" not in text
    assert "Foretaksregisteret" not in text


def test_eighty_lines_repeat_the_table_head_on_every_page() -> None:
    lines = [replace(LINE, description=f"Bildeprosjekt nr. {i}") for i in range(80)]
    texts = pages(document(*lines))
    assert len(texts) == 3
    for i, text in enumerate(texts, start=1):
        assert f"Side {i} av 3" in text
        assert "Beskrivelse" in text or "Bildeprosjekt" not in text
        assert "Faktura 10001 · Fjordlys Studio AS" in text or i == 1
    whole = "\n".join(texts).splitlines()
    assert all(any(line.startswith(f"Bildeprosjekt nr. {i}") for line in whole) for i in range(80))
    assert "100 000,00" in texts[-1]


def test_a_demo_says_on_every_page_that_it_is_none() -> None:
    texts = pages(document(*[LINE] * 40, demo=True))
    assert len(texts) > 1
    assert all("DEMO – IKKE GYLDIG SALGSDOKUMENT" in text for text in texts)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert invoice_pdf(document(LINE)) == invoice_pdf(document(LINE))
    about = PdfReader(BytesIO(invoice_pdf(document(LINE)))).metadata
    assert about is not None
    assert about.creation_date == datetime(2026, 3, 31, tzinfo=UTC)
    assert invoice_pdf(document(LINE)) != invoice_pdf(document(LINE, LINE))


def test_letters_that_the_font_lacks_become_their_nearest() -> None:
    odd = replace(LINE, description="Łukasz Čáhppes, đŋ, 漢字 😀 «leilighet» – € 5\x00\ud800")
    [text] = pages(document(odd))
    assert "Lukasz Cáhppes, dn, ?? ? «leilighet» – € 5" in text


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


def test_long_texts_wrap_and_keep_their_distance() -> None:
    name = "Særdeles Langt Firmanavn For Boligfotografering AS " * 5
    long = replace(LINE, description="X" * 2500)
    invoice = document(LINE, long, LINE, seller=replace(SELLER, name=name))
    reader = PdfReader(BytesIO(invoice_pdf(invoice)))
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


@pytest.mark.parametrize("total", ["net_ore", "vat_ore", "gross_ore"])
def test_totals_that_are_not_the_sums_of_the_lines_are_rejected(total: str) -> None:
    right = document(LINE, LINE)
    with pytest.raises(Rejected, match="billing.document_mismatch"):
        invoice_pdf(replace(right, **{total: getattr(right, total) + 1}))


def test_a_line_that_does_not_add_up_is_rejected() -> None:
    with pytest.raises(Rejected, match="billing.document_mismatch"):
        invoice_pdf(document(replace(LINE, gross_ore=125_001)))


def test_vat_without_registration_or_in_another_currency_is_rejected() -> None:
    unregistered = replace(SELLER, vat_registered=False)
    with pytest.raises(Rejected, match="billing.seller_not_vat_registered"):
        invoice_pdf(document(LINE, seller=unregistered))
    with pytest.raises(Rejected, match="billing.vat_not_in_nok"):
        invoice_pdf(replace(document(LINE), currency="EUR"))
