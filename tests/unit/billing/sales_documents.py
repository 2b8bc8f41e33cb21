"""Sales documents to make PDF and EHF of: each kind, for buyers at home and abroad."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from billing.gateways.document import (
    Address,
    Buyer,
    Corrected,
    Document,
    Kind,
    Line,
    Seller,
    sums_by_rate,
)

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
AT_HOME = Buyer(
    legal_name="Nordvik Eiendomsmegling AS",
    organization_number="974760673",
    address=Address(street="Storgata 12", postal_code="9008", city="Tromsø", country="NO"),
    reference="Kari Åsen",
)
SWEDEN = Address(street="Drottninggatan 5", postal_code="111 51", city="Stockholm", country="SE")
ABROAD = Buyer(
    legal_name="Lindqvist Mäkleri AB",
    organization_number=None,
    address=SWEDEN,
    reference="PO 4711",
)
LINE = Line(
    description="Bildeprosjekt: Solveien 14, Bærum",
    quantity=1,
    unit_price_ore=100_000,
    net_ore=100_000,
    vat_type="HIGH",
    vat_rate_bp=2500,
    vat_ore=25_000,
    gross_ore=125_000,
    delivered_on=date(2026, 3, 4),
)
EXEMPT_LINE = replace(
    LINE,
    description="Film: Kungsgatan 3",
    vat_type="EXEMPT_IMPORT_EXPORT",
    vat_rate_bp=0,
    vat_ore=0,
    gross_ore=100_000,
)
OF_KIND: dict[Kind, dict[str, Any]] = {
    "invoice": {"number": 10001, "kid": "100016", "due_date": date(2026, 4, 14)},
    "receipt": {
        "number": 10003,
        "kid": None,
        "due_date": date(2026, 4, 14),
        "paid_by_card_on": date(2026, 3, 2),
    },
    "credit_note": {
        "number": 10002,
        "kid": None,
        "due_date": None,
        "corrects": Corrected(
            number=10001, issue_date=date(2026, 3, 30), reason="Avtalt pris var lavere"
        ),
    },
}


def document(*lines: Line, kind: Kind = "invoice", **other: Any) -> Document:
    """Return a document of `lines`, or of one; `other` fields in place of the usual."""
    lines = lines or (LINE,)
    given: dict[str, Any] = {
        "kind": kind,
        **OF_KIND[kind],
        "issue_date": date(2026, 3, 31),
        "currency": "NOK",
        "workspace_id": UUID(int=7),
        "seller": SELLER,
        "buyer": AT_HOME,
        "lines": lines,
        "net_ore": sum(line.net_ore for line in lines),
        "vat_ore": sum(line.vat_ore for line in lines),
        "gross_ore": sum(line.gross_ore for line in lines),
        "by_rate": sums_by_rate(lines),
        "demo": False,
        **other,
    }
    return Document(**given)


def abroad(*lines: Line, kind: Kind = "invoice", **other: Any) -> Document:
    """Return a document for a buyer in Sweden, without VAT."""
    return document(*(lines or (EXEMPT_LINE,)), kind=kind, **{"buyer": ABROAD, **other})
