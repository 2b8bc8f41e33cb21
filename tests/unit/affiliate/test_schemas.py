"""What affiliate's door lets in."""

from typing import Any

import pytest

from affiliate.schemas import RULES
from chassis.codec import load_with
from chassis.errors import Invalid
from chassis.marshalling import request
from contracts.affiliate.earnings import HoldEarning, ListEarnings, RejectEarning, Simulate
from contracts.affiliate.payees import SetPayoutDetails
from contracts.affiliate.payouts import ConfirmPayout, ExportPayouts
from contracts.affiliate.relationships import (
    ChangeCommission,
    CreateRelationship,
    EndRelationship,
)

DETAILS = {
    "legal_name": "Eksempel AS",
    "organization_number": "NO 988 077 917 MVA",
    "vat_registered": True,
    "account": "8601.11.17947",
    "invoice_email": "faktura@affiliate.example",
}
ONE, TWO = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"


def let_in(asked: type[Any], arguments: dict[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = load_with(request(asked, RULES.get(asked)), arguments)
    return loaded


def test_numbers_arrive_as_bare_digits() -> None:
    details = let_in(SetPayoutDetails, DETAILS)
    assert (details["organization_number"], details["account"]) == ("988077917", "86011117947")
    without = let_in(SetPayoutDetails, {**DETAILS, "organization_number": None})
    assert without["organization_number"] is None


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("organization_number", "988077918"),
        ("organization_number", "98807791"),
        ("organization_number", ""),
        ("organization_number", 988077917),
        ("account", "86011117948"),
        ("account", "0000.4090403"),
        ("account", None),
        ("legal_name", " "),
        ("legal_name", "x" * 201),
        ("legal_name", "Eksempel\nAS"),
        ("invoice_email", "nobody"),
        ("invoice_email", "faktura@affiliate.example\nBcc: b@example.com"),
        ("vat_registered", "true"),
    ],
)
def test_wrong_payout_details_are_named(field: str, wrong: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        let_in(SetPayoutDetails, {**DETAILS, field: wrong})
    assert list(refusal.value.details["fields"]) == [field]


@pytest.mark.parametrize("percent", [0, 101, -1, 20.0, "20", True, None])
def test_the_percentage_is_a_whole_number_from_1_to_100(percent: Any) -> None:
    pair = {"affiliate_workspace_id": ONE, "referred_workspace_id": TWO}
    assert let_in(CreateRelationship, pair)["commission_percent"] == 20
    for asked, others in (
        (CreateRelationship, pair),
        (ChangeCommission, {"relationship_id": ONE}),
        (Simulate, {"date_from": "2026-01-01", "date_to": "2026-01-31"}),
    ):
        with pytest.raises(Invalid) as refusal:
            let_in(asked, {**others, "commission_percent": percent})
        assert list(refusal.value.details["fields"]) == ["commission_percent"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, None, 7])
@pytest.mark.parametrize("asked", [HoldEarning, RejectEarning, EndRelationship])
def test_a_reason_is_given(asked: type[Any], reason: Any) -> None:
    which = "relationship_id" if asked is EndRelationship else "earning_id"
    assert let_in(asked, {which: ONE, "reason": "Avtalt"})["reason"] == "Avtalt"
    with pytest.raises(Invalid) as refusal:
        let_in(asked, {which: ONE, "reason": reason})
    assert list(refusal.value.details["fields"]) == ["reason"]


@pytest.mark.parametrize("reference", ["", "  ", "x" * 201])
def test_a_payment_has_a_reference(reference: str) -> None:
    sent = {"payout_id": ONE, "reference": reference, "paid_on": "2026-02-01"}
    with pytest.raises(Invalid):
        let_in(ConfirmPayout, sent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": 201},
        {"status": "reserved"},
        {"state": "pending"},
        {"month": "2026-13"},
        {"month": "2026-1"},
        {"month": "2026-01-01"},
    ],
)
def test_a_list_is_asked_for_within_its_bounds(wrong: dict[str, Any]) -> None:
    assert let_in(ListEarnings, {})["limit"] == 50
    with pytest.raises(Invalid):
        let_in(ListEarnings, wrong)


@pytest.mark.parametrize("count", [0, 501])
def test_a_file_for_the_bank_has_some_payouts_and_not_all_that_there_are(count: int) -> None:
    assert let_in(ExportPayouts, {"payout_ids": [ONE] * 500})
    with pytest.raises(Invalid) as refusal:
        let_in(ExportPayouts, {"payout_ids": [ONE] * count})
    assert list(refusal.value.details["fields"]) == ["payout_ids"]
