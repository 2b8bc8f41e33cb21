"""What others hear of affiliate, and what its row in the list shows."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from affiliate.domain import earning_messages, payout_messages, payout_states
from affiliate.domain.earning_messages import Terms
from affiliate.domain.earning_states import Available
from affiliate.domain.relationship import Ended, Rate, RelationshipEnded
from affiliate.outbound import outbound
from affiliate.projections import earnings
from chassis.testing.projected import projected
from chassis.unit.store import Recorded
from contracts.affiliate import events as told
from contracts.affiliate.events import CommissionEarned, CommissionSkipped, PayoutSent

ID, AFFILIATE, REFERRED, RELATIONSHIP, INVOICE, ADMIN = (UUID(int=n) for n in range(1, 7))
AT = datetime(2026, 2, 1, 9, tzinfo=UTC)

earned = earning_messages.Earned(
    relationship_id=RELATIONSHIP,
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=REFERRED,
    percent=25,
    invoice_id=INVOICE,
    invoice_series="A",
    invoice_number=7,
    invoice_net_ore=120_010,
    credited_net_ore=20_000,
    base_ore=100_010,
    earning_ore=25_003,
    hold_days=0,
    available_on=AT.date(),
)


def recorded(event: Any) -> Recorded:
    return Recorded(
        event_id=ID,
        stream_id=f"earning-{ID}",
        subject=ID,
        version=1,
        event=event,
        meta={"workspace": str(AFFILIATE)},
        recorded_at=AT,
    )


def test_a_commission_is_told_with_base_and_rate() -> None:
    assert outbound(recorded(earned), None) == CommissionEarned(
        earning_id=ID,
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        invoice_id=INVOICE,
        base_ore=100_010,
        percent=25,
        earning_ore=25_003,
    )


def test_a_commission_that_was_skipped_is_told() -> None:
    skipped = earning_messages.EarningSkipped(
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        invoice_id=INVOICE,
        reason="zero_commission",
    )
    assert outbound(recorded(skipped), None) == CommissionSkipped(
        invoice_id=INVOICE, referred_workspace_id=REFERRED, reason="zero_commission"
    )
    assert list(earnings.project(recorded(skipped))) == []


def test_a_relationship_that_ended_is_told() -> None:
    state = Ended(
        workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        started_at=AT,
        rates=(Rate(percent=20, valid_from=AT),),
    )
    assert outbound(recorded(RelationshipEnded(at=AT)), state) == told.RelationshipEnded(
        relationship_id=ID, affiliate_workspace_id=AFFILIATE, referred_workspace_id=REFERRED
    )


TERMS = Terms(
    relationship_id=RELATIONSHIP,
    referred_workspace_id=REFERRED,
    percent=25,
    invoice_id=INVOICE,
    invoice_series="A",
    invoice_number=7,
    invoice_net_ore=120_010,
    available_on=AT.date(),
    corrects=None,
)


def test_an_earning_that_was_adjusted_is_told_with_change_and_amount() -> None:
    event = earning_messages.EarningAdjusted(
        change_ore=-3, amount_ore=25_000, credited_net_ore=20_012, cause="credited"
    )
    state = Available(workspace_id=AFFILIATE, terms=TERMS, amount_ore=25_000)
    assert outbound(recorded(event), state) == told.CommissionReduced(
        earning_id=ID,
        affiliate_workspace_id=AFFILIATE,
        invoice_id=INVOICE,
        change_ore=-3,
        earning_ore=25_000,
        cause="credited",
    )


def test_a_correction_is_told_with_what_it_corrects() -> None:
    event = earning_messages.CorrectionMade(
        corrects=ADMIN,
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        percent=25,
        invoice_id=INVOICE,
        invoice_series="A",
        invoice_number=7,
        invoice_net_ore=120_010,
        credited_net_ore=120_010,
        base_ore=0,
        amount_ore=-25_003,
        cause="credited",
        available_on=AT.date(),
    )
    assert outbound(recorded(event), None) == told.CommissionClawedBack(
        earning_id=ID,
        corrects=ADMIN,
        affiliate_workspace_id=AFFILIATE,
        invoice_id=INVOICE,
        amount_ore=-25_003,
        cause="credited",
    )


def test_a_sent_payout_is_told_net_of_vat() -> None:
    contents = payout_states.Contents(
        earning_ids=(INVOICE,),
        amount_ore=100_000,
        vat_ore=25_000,
        vat_registered=True,
        created_by=ADMIN,
    )
    sent = payout_messages.PayoutConfirmed(
        reference="REF 1",
        paid_on=date(2026, 2, 1),
        supplier_invoice_number="7",
        amount_ore=100_000,
        vat_ore=25_000,
        paid_ore=125_000,
    )
    state = payout_states.Confirmed(workspace_id=AFFILIATE, contents=contents, transfer=sent)
    assert outbound(recorded(sent), state) == PayoutSent(
        payout_id=ID,
        affiliate_workspace_id=AFFILIATE,
        amount_ore=100_000,
        earning_ids=(INVOICE,),
        reference="REF 1",
        paid_on=date(2026, 2, 1),
    )


def test_reserving_is_nobody_else_s_business() -> None:
    assert outbound(recorded(earning_messages.EarningReserved(payout_id=ID)), None) is None


def test_the_row_shows_the_amount_that_the_percentage_was_taken_of() -> None:
    (row,) = projected(earnings.projection, [(ID, earned)])
    assert row["invoice_amount_ore"] == 100_010
    assert row["earning_amount_ore"] == 25_003
    assert (row["invoice_net_ore"], row["credited_net_ore"]) == (120_010, 20_000)
