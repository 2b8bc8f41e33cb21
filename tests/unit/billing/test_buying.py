"""What a card buyer pays, who they are, and what is refused before anything is taken."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from billing.buying import lacking, quote
from billing.domain.pricing import Price
from chassis.errors import Rejected
from contracts.auth.workspaces import BillingAddress, BillingProfile

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
PRICE = Price(price_ore=100_100, price_version=3)
NUMBER = "701730496"


def address(**other: str) -> BillingAddress:
    given = {"street": "Gatan 1", "postal_code": "111 22", "city": "Stockholm", "country": "SE"}
    return BillingAddress(**{**given, **other})


def facts(**other: Any) -> BillingProfile:
    given = {
        "workspace_id": UUID(int=1),
        "legal_name": "Eksempel AS",
        "organization_number": None,
        "billing_address": None,
        "invoice_email": "a@b.example",
        "invoice_reference": None,
        "invoice_eligible": False,
    }
    return BillingProfile(**{**given, **other})


@pytest.mark.parametrize(
    ("given", "rate_bp", "amount_ore", "locale"),
    [
        ({"organization_number": NUMBER}, 2_500, 125_125, "nb"),
        ({"billing_address": address(country="NO")}, 2_500, 125_125, "nb"),
        ({"billing_address": address()}, 0, 100_100, "en"),
        ({"billing_address": address(), "organization_number": NUMBER}, 2_500, 125_125, "nb"),
    ],
)
def test_the_buyers_country_or_norwegian_number_says_the_rate(
    given: dict[str, Any], rate_bp: int, amount_ore: int, locale: str
) -> None:
    offered = quote(PRICE, facts(**given), AT)
    assert (offered.price, offered.vat_rate_bp, offered.amount_ore) == (PRICE, rate_bp, amount_ore)
    assert offered.locale == locale
    assert offered.description("image_project") in ("Bildeprosjekt", "Image project")


def test_whom_a_document_would_name_is_what_auth_says_and_a_wrong_number_is_none() -> None:
    wrong = facts(billing_address=address(), organization_number="701730497")
    assert quote(PRICE, wrong, AT).buyer == {
        "workspace_id": str(UUID(int=1)),
        "legal_name": "Eksempel AS",
        "organization_number": None,
        "billing_address": {
            "street": "Gatan 1",
            "postal_code": "111 22",
            "city": "Stockholm",
            "country": "SE",
        },
        "invoice_email": "a@b.example",
        "invoice_reference": None,
    }


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"organization_number": NUMBER}, ()),
        ({"billing_address": address()}, ()),
        ({"billing_address": address(), "legal_name": None}, ("legal_name",)),
        ({"billing_address": address(country=" ")}, ("country",)),
        ({"billing_address": address(street=" ")}, ("address",)),
        ({"billing_address": address(city="")}, ("address",)),
        ({"legal_name": " "}, ("legal_name", "country", "address")),
        ({"organization_number": "1"}, ("country", "address")),
    ],
)
def test_all_that_a_sales_document_would_lack_is_named_at_once(
    given: dict[str, Any], missing: tuple[str, ...]
) -> None:
    assert lacking(facts(**given)) == missing
    if missing:
        with pytest.raises(Rejected) as refusal:
            quote(PRICE, facts(**given), AT)
        assert refusal.value.code == "billing.not_issuable"
        assert refusal.value.details == {"missing": list(missing)}
