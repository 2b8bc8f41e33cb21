"""What the law wants on a sales document is there before a number is taken."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from billing.acts.invoices import must_be_issuable
from chassis.errors import Rejected
from contracts.auth.workspaces import BillingAddress, BillingProfile

PROFILE = BillingProfile(
    workspace_id=UUID(int=1),
    legal_name="Nordvik Eiendomsmegling AS",
    organization_number="974760673",
    billing_address=BillingAddress(street="Storgata 12", postal_code="9008", city="Tromsø"),
    invoice_email=None,
    invoice_reference="Kari Åsen",
)


def test_a_whole_profile_is_a_buyer_and_so_is_one_without_an_address() -> None:
    must_be_issuable({"gross_ore": 1}, PROFILE)
    must_be_issuable({"gross_ore": 1}, replace(PROFILE, billing_address=None))


@pytest.mark.parametrize(
    ("gross_ore", "changes", "missing"),
    [
        (1, {"legal_name": None}, ["legal_name"]),
        (1, {"legal_name": "  "}, ["legal_name"]),
        (1, {"organization_number": None}, ["organization_number"]),
        (1, {"organization_number": "974760674"}, ["organization_number"]),
        (0, {}, ["gross_ore"]),
        (
            0,
            {"legal_name": None, "organization_number": None},
            ["legal_name", "organization_number", "gross_ore"],
        ),
    ],
)
def test_all_that_is_missing_is_named_at_once(
    gross_ore: int, changes: dict[str, Any], missing: list[str]
) -> None:
    with pytest.raises(Rejected) as refusal:
        must_be_issuable({"gross_ore": gross_ore}, replace(PROFILE, **changes))

    assert refusal.value.code == "billing.not_issuable"
    assert refusal.value.details == {"missing": missing}
