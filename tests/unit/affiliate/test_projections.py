"""The rows that affiliate shows: relationships, earnings and payouts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from affiliate.domain.earning_messages import (
    CorrectionMade,
    Earned,
    EarningAdjusted,
    EarningHeld,
    EarningHoldReleased,
    EarningPaidOut,
    EarningRejected,
    EarningReleased,
    EarningReserved,
    EarningSkipped,
)
from affiliate.domain.paid_invoice import InvoiceNoted
from affiliate.domain.payout_messages import (
    PayoutApproved,
    PayoutCancelled,
    PayoutConfirmed,
    PayoutCreated,
    PayoutFailed,
    PayoutNoteStored,
)
from affiliate.domain.relationship import (
    CommissionChanged,
    RelationshipEnded,
    RelationshipStarted,
)
from affiliate.projections import earnings, paid_invoices, payouts, relationships
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
    "ended_at": None,
    "percents": {"2026-05-01T00:00:00Z": 15},
}


def test_a_relationship_has_a_row_with_its_notes() -> None:
    told = [(RELATIONSHIP, kept(notes="asked for it")), (RELATIONSHIP, related)]
    assert projected(relationships.projection, told) == [RELATIONSHIP_ROW]


def test_a_relationship_may_have_no_notes() -> None:
    rows = projected(relationships.projection, [(RELATIONSHIP, related)])
    assert rows == [{**RELATIONSHIP_ROW, "notes": None}]


def test_a_relationship_says_all_its_percentages_and_when_it_ended() -> None:
    told = [
        (RELATIONSHIP, related),
        (RELATIONSHIP, CommissionChanged(percent=30, at=at(2))),
        (RELATIONSHIP, RelationshipEnded(at=at(3))),
    ]
    over = {
        "commission_percent": 30,
        "is_active": False,
        "notes": None,
        "updated_at": at(3),
        "ended_at": at(3),
        "percents": {"2026-05-01T00:00:00Z": 15, "2026-03-01T12:02:00Z": 30},
    }
    assert projected(relationships.projection, told) == [{**RELATIONSHIP_ROW, **over}]


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
    "corrects": None,
    "held_at": None,
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


def adjusted(amount_ore: int) -> EarningAdjusted:
    return EarningAdjusted(
        change_ore=amount_ore - 14_000,
        amount_ore=amount_ore,
        credited_net_ore=50_000,
        cause="credited",
    )


def let_go(change_ore: int) -> EarningHoldReleased:
    return EarningHoldReleased(change_ore=change_ore, credited_net_ore=50_000)


HELD = [(EARNING, earned), (EARNING, EarningHeld(why="by_hand"))]
ON_HOLD = {"state": "on_hold", "held_at": at(2), "updated_at": at(2)}
REDUCED = {"earning_amount_ore": 10_000, "credited_net_ore": 50_000, "invoice_amount_ore": 50_000}
GONE = {"state": "reversed", "status": "reversed", "earning_amount_ore": 0}
REJECTED = [*HELD, (EARNING, EarningRejected(change_ore=-14_000))]


@pytest.mark.parametrize(
    ("told", "becomes"),
    [
        (HELD, ON_HOLD),
        ([(EARNING, earned), (EARNING, adjusted(10_000))], {**REDUCED, "updated_at": at(2)}),
        ([*HELD, (EARNING, adjusted(10_000))], {**ON_HOLD, **REDUCED, "updated_at": at(3)}),
        (
            [(EARNING, earned), (EARNING, adjusted(0))],
            {**REDUCED, **GONE, "updated_at": at(2)},
        ),
        ([*HELD, (EARNING, adjusted(0))], {**REDUCED, **GONE, "updated_at": at(3)}),
        (
            [(EARNING, earned), (EARNING, adjusted(0)), (EARNING, adjusted(10_000))],
            {**REDUCED, "updated_at": at(3)},
        ),
        ([*HELD, (EARNING, let_go(0))], {"updated_at": at(3)}),  # its correction has another base
        (REJECTED, {**ON_HOLD, **GONE, "state": "rejected", "updated_at": at(3)}),
        (
            [*REJECTED, (EARNING, let_go(10_000))],
            {**REDUCED, "updated_at": at(4)},
        ),
        (
            [*REJECTED, (EARNING, let_go(0))],
            {**REDUCED, **GONE, "updated_at": at(4)},
        ),
    ],
)
def test_an_earning_says_what_it_is_by_now(
    told: list[tuple[UUID, object]], becomes: dict[str, object]
) -> None:
    assert projected(earnings.projection, told) == [{**EARNING_ROW, **becomes}]


def test_a_correction_has_a_row_of_its_own_and_says_what_it_corrects() -> None:
    correction = CorrectionMade(
        corrects=EARNING,
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        percent=20,
        invoice_id=INVOICE,
        invoice_series="A",
        invoice_number=7,
        invoice_net_ore=100_000,
        credited_net_ore=50_000,
        base_ore=50_000,
        amount_ore=-4_000,
        cause="credited",
        available_on=LATER,
    )
    row = {
        **EARNING_ROW,
        "id": str(OTHER),
        "corrects": str(EARNING),
        "earning_amount_ore": -4_000,
        "invoice_amount_ore": 50_000,
        "credited_net_ore": 50_000,
        "available_on": LATER,
    }
    assert projected(earnings.projection, [(OTHER, correction)]) == [row]


noted = InvoiceNoted(
    workspace_id=REFERRED,
    invoice_number=7,
    net_ore=100_000,
    credited_net_ore=30_000,
    settlement=1,
    settled=True,
    relationship_id=RELATIONSHIP,
    percent=20,
    earning_id=EARNING,
    paid_at=THEN,
)
INVOICE_ROW = {
    "id": str(INVOICE),
    "workspace_id": str(REFERRED),
    "invoice_number": 7,
    "net_ore": 100_000,
    "credited_net_ore": 30_000,
    "settlement": 1,
    "settled": True,
    "relationship_id": str(RELATIONSHIP),
    "percent": 20,
    "paid_at": THEN,
    "skipped": None,
}
NOT_PAID: dict[str, Any] = {
    "invoice_number": None,
    "net_ore": None,
    "settlement": 0,
    "settled": False,
    "relationship_id": None,
    "percent": None,
    "paid_at": None,
}


def test_an_invoice_says_what_is_paid_and_credited_of_it_by_now() -> None:
    unpaid = replace(noted, **NOT_PAID)
    assert projected(paid_invoices.projection, [(INVOICE, unpaid)]) == [{**INVOICE_ROW, **NOT_PAID}]
    again = replace(noted, settlement=2)
    told = [(INVOICE, unpaid), (INVOICE, noted), (INVOICE, again)]
    assert projected(paid_invoices.projection, told) == [{**INVOICE_ROW, "settlement": 2}]


def test_an_invoice_says_why_nothing_is_earned_on_it() -> None:
    skipped = EarningSkipped(
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        invoice_id=INVOICE,
        reason="self_referral",
    )
    told = [(INVOICE, noted), (EARNING, skipped), (INVOICE, replace(noted, settled=False))]
    assert projected(paid_invoices.projection, told) == [
        {**INVOICE_ROW, "skipped": "self_referral", "settled": False}
    ]


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
    "note_ref": None,
    "note_sha256": None,
    "note_size": None,
    "created_at": at(1),
    "updated_at": at(1),
}
APPROVED = [(PAYOUT, created), (PAYOUT, PayoutApproved(approved_by=OTHER, at=THEN))]
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


def test_a_payout_says_where_its_note_lies() -> None:
    stored = PayoutNoteStored(ref="blob:notes/1", sha256="a", size=7)
    noted = {"note_ref": "blob:notes/1", "note_sha256": "a", "note_size": 7, "updated_at": at(3)}
    rows = projected(payouts.projection, [*APPROVED, (PAYOUT, stored)])
    assert rows == [{**APPROVED_ROW, **noted}]


def test_a_confirmed_payout_says_what_was_sent() -> None:
    confirmed = PayoutConfirmed(
        reference="R 1",
        paid_on=LATER,
        supplier_invoice_number="F 1",
        amount_ore=14_000,
        vat_ore=3_500,
        paid_ore=17_500,
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
