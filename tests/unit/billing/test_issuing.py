"""What the law wants on a sales document is asked before a number is taken; whose it is, too."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from billing.acts import issuing
from contracts.auth.workspaces import BillingAddress, BillingProfile

NUMBER, OTHER_NUMBER, BAD_NUMBER = "974760673", "701730496", "123456784"
PROFILE = BillingProfile(
    workspace_id=UUID(int=1),
    legal_name="Nordvik Eiendomsmegling AS",
    organization_number=NUMBER,
    billing_address=BillingAddress(street="Storgata 12", postal_code="9008", city="Tromsø"),
    invoice_email=None,
    invoice_reference="Kari Åsen",
    invoice_eligible=True,
)


def test_a_whole_profile_is_a_buyer_and_so_is_one_without_an_address() -> None:
    assert issuing.lacking(1, PROFILE) == ()
    assert issuing.lacking(1, replace(PROFILE, billing_address=None, invoice_reference=None)) == ()


def test_all_that_is_missing_is_named_at_once() -> None:
    cases: list[tuple[int, dict[str, Any], tuple[str, ...]]] = [
        (1, {"legal_name": None}, ("legal_name",)),
        (1, {"legal_name": "  "}, ("legal_name",)),
        (1, {"organization_number": None}, ("organization_number",)),
        (1, {"organization_number": BAD_NUMBER}, ("organization_number",)),
        (1, {"organization_number": "000000000"}, ("organization_number",)),
        (0, {}, ("gross_ore",)),
        (
            0,
            {"legal_name": None, "organization_number": None},
            ("legal_name", "organization_number", "gross_ore"),
        ),
    ]
    for gross_ore, changes, missing in cases:
        assert issuing.lacking(gross_ore, replace(PROFILE, **changes)) == missing


def test_a_buyer_is_another_with_another_number_or_without_its_approval() -> None:
    assert not issuing.is_another(NUMBER, PROFILE)
    assert issuing.is_another(OTHER_NUMBER, PROFILE)
    assert issuing.is_another(None, PROFILE)
    assert issuing.is_another(NUMBER, replace(PROFILE, invoice_eligible=False))
