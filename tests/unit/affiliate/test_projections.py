"""The rows that affiliate shows: relationships, earnings and payouts."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from affiliate.domain.earning_messages import (
    Earned,
    EarningPaidOut,
    EarningReleased,
    EarningReserved,
    EarningSkipped,
)
from affiliate.domain.payout_messages import (
    PayoutApproved,
    PayoutCancelled,
    PayoutConfirmed,
    PayoutCreated,
    PayoutFailed,
)
from affiliate.domain.relationship import RelationshipStarted
from affiliate.projections import earnings, payouts, relationships
from chassis.testing.projected import at, kept, projected

RELATIONSHIP, EARNING, PAYOUT, AFFILIATE, REFERRED, INVOICE, ADMIN, OTHER = (
    UUID(int=n) for n in range(1, 9)
)
THEN = datetime(2026, 5, 1, tzinfo=UTC)
DAY, LATER = date(2026, 5, 2), date(2026, 5, 3)

related = RelationshipStarted(
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=REFERRED,
    percent=15,
    exception=True,
    at=THEN,
)
RELATIONSHIP_ROW = {
    "id": str(RELATIONSHIP),
    "affiliate_workspace_id": str(AFFILIATE),
    "referred_workspace_id": str(REFERRED),
    "commission_percent": 15,
    "is_active": True,
    "notes": "asked for it",
    "created_at": at(1),
    "updated_at": at(1),
}


def test_a_relationship_has_a_row_with_its_notes() -> None:
    told = [(RELATIONSHIP, kept(notes="asked for it")), (RELATIONSHIP, related)]
    assert projected(relationships.projection, told) == [RELATIONSHIP_ROW]


def test_a_relationship_may_have_no_notes() -> None:
    rows = projected(relationships.projection, [(RELATIONSHIP, related)])
    assert rows == [{**RELATIONSHIP_ROW, "notes": None}]


earned = Earned(
    relationship_id=RELATIONSHIP,
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=REFERRED,
    percent=20,
    invoice_id=INVOICE,
    invoice_series="A",
    invoice_number=7,
    invoice_net_ore=100_000,
    credited_net_ore=30_000,
    base_ore=70_000,
    earning_ore=14_000,
    hold_days=1,
    available_on=DAY,
)
EARNING_ROW = {
    "id": str(EARNING),
    "affiliate_workspace_id": str(AFFILIATE),
    "affiliate_relationship_id": str(RELATIONSHIP),
    "invoice_id": str(INVOICE),
    "invoice_amount_ore": 70_000,
    "commission_percent": 20,
    "earning_amount_ore": 14_000,
    "status": "pending",
    "paid_out_at": None,
    "paid_out_reference": None,
    "created_at": at(1),
    "updated_at": at(1),
    "state": "available",
    "available_on": DAY,
    "payout_id": None,
    "referred_workspace_id": str(REFERRED),
    "invoice_series": "A",
    "invoice_number": 7,
    "invoice_net_ore": 100_000,
    "credited_net_ore": 30_000,
}
RESERVED = [(EARNING, earned), (EARNING, EarningReserved(payout_id=PAYOUT))]
RESERVED_ROW = {
    **EARNING_ROW,
    "state": "reserved",
    "payout_id": str(PAYOUT),
    "updated_at": at(2),
}


def test_an_earning_has_a_row() -> None:
    assert projected(earnings.projection, [(EARNING, earned)]) == [EARNING_ROW]


def test_what_was_skipped_has_no_row() -> None:
    skipped = EarningSkipped(
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        invoice_id=INVOICE,
        reason="zero_commission",
    )
    assert projected(earnings.projection, [(EARNING, skipped)]) == []


def test_a_reserved_earning_is_in_its_payout_and_another_is_not() -> None:
    rows = projected(earnings.projection, [(OTHER, earned), *RESERVED])
    assert rows == [
        {**EARNING_ROW, "id": str(OTHER)},
        {**RESERVED_ROW, "created_at": at(2), "updated_at": at(3)},
    ]


def test_a_released_earning_is_available_again() -> None:
    rows = projected(earnings.projection, [*RESERVED, (EARNING, EarningReleased(payout_id=PAYOUT))])
    assert rows == [{**EARNING_ROW, "updated_at": at(3)}]


def test_an_earning_that_was_paid_out_says_when_and_under_which_reference() -> None:
    told = [*RESERVED, (EARNING, EarningPaidOut(payout_id=PAYOUT, reference="R 1"))]
    paid_out = {
        "state": "paid_out",
        "status": "paid_out",
        "paid_out_at": at(3),
        "paid_out_reference": "R 1",
        "updated_at": at(3),
    }
    assert projected(earnings.projection, told) == [{**RESERVED_ROW, **paid_out}]


created = PayoutCreated(
    affiliate_workspace_id=AFFILIATE,
    cutoff=DAY,
    earning_ids=(EARNING,),
    amount_ore=14_000,
    vat_ore=3_500,
    organization_number="974760673",
    vat_registered=True,
    created_by=ADMIN,
)
PAYOUT_ROW = {
    "id": str(PAYOUT),
    "affiliate_workspace_id": str(AFFILIATE),
    "state": "created",
    "cutoff": DAY,
    "amount_ore": 14_000,
    "vat_ore": 3_500,
    "paid_ore": None,
    "organization_number": "974760673",
    "vat_registered": True,
    "created_by": str(ADMIN),
    "approved_by": None,
    "approved_at": None,
    "reference": None,
    "paid_on": None,
    "supplier_invoice_number": None,
    "reason": None,
    "created_at": at(1),
    "updated_at": at(1),
}
APPROVED = [(PAYOUT, created), (PAYOUT, PayoutApproved(approved_by=OTHER))]
APPROVED_ROW = {
    **PAYOUT_ROW,
    "state": "approved",
    "approved_by": str(OTHER),
    "approved_at": at(2),
    "updated_at": at(2),
}


def test_a_payout_has_a_row() -> None:
    assert projected(payouts.projection, [(PAYOUT, created)]) == [PAYOUT_ROW]


def test_an_approved_payout_says_who_approved_it_and_when() -> None:
    assert projected(payouts.projection, APPROVED) == [APPROVED_ROW]


def test_a_confirmed_payout_says_what_was_sent() -> None:
    confirmed = PayoutConfirmed(
        reference="R 1", paid_on=LATER, supplier_invoice_number="F 1", paid_ore=17_500
    )
    sent = {
        "state": "confirmed",
        "reference": "R 1",
        "paid_on": LATER,
        "supplier_invoice_number": "F 1",
        "paid_ore": 17_500,
        "updated_at": at(3),
    }
    rows = projected(payouts.projection, [*APPROVED, (PAYOUT, confirmed)])
    assert rows == [{**APPROVED_ROW, **sent}]


@pytest.mark.parametrize(
    "closed,state", [(PayoutFailed(), "failed"), (PayoutCancelled(), "cancelled")]
)
def test_a_payout_that_does_not_happen_says_why(
    closed: PayoutFailed | PayoutCancelled, state: str
) -> None:
    told = [*APPROVED, (PAYOUT, kept(reason="no account")), (PAYOUT, closed)]
    shown = {"state": state, "reason": "no account", "updated_at": at(3)}
    assert projected(payouts.projection, told) == [{**APPROVED_ROW, **shown}]
