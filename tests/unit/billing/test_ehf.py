"""EHF of each kind of sales document, judged by the official rules and by UBL's XML Schemas."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from saxonche import PySaxonProcessor

from billing.gateways.document import Document
from billing.gateways.ehf import ehf
from missing import NO_EHF_RULES
from unit.billing import ehf_rules
from unit.billing.sales_documents import AT_HOME, LINE, SELLER, SWEDEN, document

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
KINDS = ("invoice", "receipt", "credit_note")
FILM = replace(LINE, description="Film: Solveien 14", quantity=2, delivered_on=date(2026, 3, 9))
FILM = replace(FILM, net_ore=200_000, vat_ore=50_000, gross_ore=250_000)
ONLY_A_COUNTRY = replace(AT_HOME, address=None, reference=None)
NUMBER_ABROAD = replace(AT_HOME, address=SWEDEN)
GOOD: dict[str, Document] = {
    **{kind: document(LINE, FILM, kind=kind) for kind in KINDS},  # type: ignore[arg-type]
    "demo": document(demo=True),
    "credit used": document(credit_used_ore=50_001),
    "all of it from credit": document(credit_used_ore=125_000),
    "two rates": document(LINE, replace(LINE, vat_rate_bp=1250, vat_ore=12_500, gross_ore=112_500)),
    "a buyer without an address": document(buyer=ONLY_A_COUNTRY),
    "a buyer with a number abroad": document(buyer=NUMBER_ABROAD),
    "a seller of one line": document(seller=replace(SELLER, address=("Oslo",))),
    "a seller of five": document(seller=replace(SELLER, address=("a", "b", "c", "d", "0250 Oslo"))),
}

Found = Callable[[bytes], list[str]]


@pytest.fixture(scope="session")
def found() -> Iterator[Found]:
    """The official rules, made ready once for a run."""
    if ehf_rules.missing():
        pytest.skip(NO_EHF_RULES)
    with PySaxonProcessor(license=False) as saxon:
        yield ehf_rules.compiled(saxon)


@pytest.fixture(scope="session")
def schemas() -> dict[str, Any]:
    return {name: ehf_rules.schema(name) for name in ("Invoice", "CreditNote")}


def must_be_ubl(content: bytes, schemas: dict[str, Any]) -> None:
    root = etree.fromstring(content)
    schema = schemas[etree.QName(root).localname]
    assert schema.validate(root), str(schema.error_log)


def texts(content: bytes, name: str) -> list[str]:
    """Return the texts of all elements of that name."""
    return [each.text for each in etree.fromstring(content).iter(f"{CBC}{name}")]


@pytest.mark.parametrize("name", GOOD)
def test_the_official_rules_find_nothing(name: str, found: Found) -> None:
    assert found(ehf(GOOD[name])) == []


@pytest.mark.parametrize("name", GOOD)
def test_it_is_ubl(name: str, schemas: dict[str, Any]) -> None:
    must_be_ubl(ehf(GOOD[name]), schemas)


def test_the_rules_find_what_is_wrong(found: Found) -> None:
    good = document()
    checked = replace(SELLER, organization_number="923609017")
    unregistered = replace(SELLER, in_foretaksregisteret=False)
    reference = b"  <cbc:BuyerReference>Kari \xc3\x85sen</cbc:BuyerReference>\n"
    payable = b'<cbc:PayableAmount currencyID="NOK">1250.00<'
    assert reference in ehf(good) and payable in ehf(good)

    assert found(ehf(good).replace(reference, b"")) == ["PEPPOL-EN16931-R003"]
    assert "NO-R-001" in found(ehf(replace(good, seller=checked)))
    assert found(ehf(replace(good, seller=unregistered))) == ["NO-R-002"]
    assert found(ehf(good).replace(payable, payable.replace(b"1250", b"1251"))) == ["BR-CO-16"]


def test_the_schemas_find_elements_in_another_order(schemas: dict[str, Any]) -> None:
    content = ehf(document())
    number, day = b"  <cbc:ID>10001</cbc:ID>\n", b"  <cbc:IssueDate>2026-03-31</cbc:IssueDate>\n"
    assert number + day in content
    with pytest.raises(AssertionError, match="IssueDate"):
        must_be_ubl(content.replace(number + day, day + number), schemas)


def test_an_invoice_says_where_to_pay_and_what_remains() -> None:
    content = ehf(document(credit_used_ore=50_001))

    assert texts(content, "InvoiceTypeCode") == ["380"]
    assert texts(content, "PaymentMeansCode") == ["30"]
    assert texts(content, "PaymentID") == ["100016"]
    assert b"<cbc:ID>NO9386011117947</cbc:ID>" in content
    assert texts(content, "DueDate") == ["2026-04-14"]
    assert texts(content, "PrepaidAmount") == ["500.01"]
    assert texts(content, "PayableAmount") == ["749.99"]
    assert texts(content, "Note") == ["Leveringssted: Elektronisk"]
    assert texts(ehf(document()), "PrepaidAmount") == []


def test_a_card_sale_is_an_invoice_that_a_card_has_paid() -> None:
    content = ehf(document(kind="receipt"))

    assert texts(content, "InvoiceTypeCode") == ["380"]
    assert texts(content, "PaymentMeansCode") == ["48"]
    assert texts(content, "PaymentID") == []
    assert texts(content, "PrepaidAmount") == ["1250.00"]
    assert texts(content, "PayableAmount") == ["0.00"]
    assert texts(content, "Note") == ["Betalt med kort 02.03.2026. Leveringssted: Elektronisk"]


def test_a_credit_note_names_its_invoice_and_has_no_signs() -> None:
    content = ehf(document(kind="credit_note", demo=True))

    assert texts(content, "CreditNoteTypeCode") == ["381"]
    assert texts(content, "ID")[:2] == ["10002", "10001"]
    assert texts(content, "IssueDate") == ["2026-03-31", "2026-03-30"]
    assert texts(content, "PayableAmount") == ["1250.00"]
    assert texts(content, "DueDate") == texts(content, "PaymentMeansCode") == []
    assert texts(content, "Note") == [
        "DEMO – IKKE GYLDIG SALGSDOKUMENT. Krediterer faktura 10001 av 30.03.2026:"
        " Avtalt pris var lavere. Leveringssted: Elektronisk"
    ]


def test_both_parties_are_named_with_number_and_address() -> None:
    content = ehf(document())

    assert texts(content, "EndpointID") == ["923609016", "974760673"]
    assert texts(content, "RegistrationName") == [SELLER.name, AT_HOME.legal_name]
    assert texts(content, "StreetName") == ["Bryggegata 7", "Storgata 12"]
    assert texts(content, "CityName") == ["Oslo", "Tromsø"]
    assert texts(content, "PostalZone") == ["0250", "9008"]
    assert texts(content, "IdentificationCode") == ["NO", "NO"]
    assert texts(content, "BuyerReference") == ["Kari Åsen"]
    assert texts(ehf(GOOD["a buyer with a number abroad"]), "IdentificationCode") == ["NO", "SE"]


def test_who_gives_no_reference_is_named_by_the_workspace() -> None:
    for reference in (None, "\x0b\ufffe"):
        content = ehf(document(buyer=replace(AT_HOME, reference=reference)))
        assert texts(content, "BuyerReference") == ["00000000-0000-0000-0000-000000000007"]


def test_the_seller_s_town_is_told_from_the_street() -> None:
    content = ehf(GOOD["a seller of five"])
    assert texts(content, "StreetName")[0] == "a"
    assert texts(content, "AdditionalStreetName") == ["b"]
    assert texts(content, "Line") == ["c, d"]
    assert texts(content, "CityName")[0] == "Oslo" and texts(content, "PostalZone")[0] == "0250"


def test_what_xml_cannot_hold_is_left_out_and_the_rest_is_as_written() -> None:
    odd = 'A & <b> "c"\x00\x1b 漢字 😀\ud800\ufffe\ttab\u2028Łukasz'
    content = ehf(document(replace(LINE, description=odd)))
    assert texts(content, "Name")[-1] == 'A & <b> "c" 漢字 😀 tab Łukasz'


LINES = st.builds(
    lambda text, quantity, price_ore: replace(
        LINE,
        description=f"Film: {text}",
        quantity=quantity,
        unit_price_ore=price_ore,
        net_ore=quantity * price_ore,
        vat_ore=(vat_ore := (quantity * price_ore * 2500 + 5000) // 10_000),
        gross_ore=quantity * price_ore + vat_ore,
    ),
    text=st.text(max_size=200),
    quantity=st.integers(1, 3),
    price_ore=st.integers(1, 10_000_000).map(lambda kroner: kroner * 100),
)
TEXTS = st.text(min_size=1, max_size=200).map(lambda text: f"x{text}")
BUYERS = st.builds(
    lambda name, reference: replace(AT_HOME, legal_name=name, reference=reference),
    name=TEXTS,
    reference=st.none() | st.text(max_size=100),
)


@settings(max_examples=25)
@given(lines=st.lists(LINES, min_size=1, max_size=4), kind=st.sampled_from(KINDS), buyer=BUYERS)
def test_whatever_is_sold_it_is_ubl(
    lines: list[Any], kind: Any, buyer: Any, schemas: dict[str, Any]
) -> None:
    must_be_ubl(ehf(document(*lines, kind=kind, buyer=buyer)), schemas)


@settings(max_examples=25)
@given(lines=st.lists(LINES, min_size=1, max_size=4), kind=st.sampled_from(KINDS), buyer=BUYERS)
def test_whatever_is_sold_the_rules_find_nothing(
    lines: list[Any], kind: Any, buyer: Any, found: Found
) -> None:
    assert found(ehf(document(*lines, kind=kind, buyer=buyer))) == []
