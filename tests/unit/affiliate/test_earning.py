"""An earning: the exact amount, once for each invoice, in one payout at most."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affiliate.domain.earning import Available, Reserved, commission, decider
from affiliate.domain.earning_messages import (
    Earn,
    Earned,
    EarningPaidOut,
    EarningReleased,
    EarningReserved,
    EarningSkipped,
    PayOut,
    Release,
    Reserve,
)
from chassis.domain import fold
from chassis.errors import Rejected
from chassis.testing.spec import scenario

RELATIONSHIP, AFFILIATE, REFERRED, INVOICE, PAYOUT, OTHER = (UUID(int=n) for n in range(1, 7))
STARTED = datetime(2026, 1, 10, 12, tzinfo=UTC)
PAID = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # the next day in Oslo
DAY = date(2026, 2, 1)

earn = Earn(
    relationship_id=RELATIONSHIP,
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=REFERRED,
    relationship_started_at=STARTED,
    percent=20,
    invoice_id=INVOICE,
    invoice_series="A",
    invoice_number=7,
    currency="NOK",
    invoice_net_ore=100_000,
    credited_net_ore=20_000,
    base_ore=80_000,
    issue_date=STARTED.date(),
    paid_at=PAID,
    recorded_at=PAID,
)
earned = Earned(
    relationship_id=RELATIONSHIP,
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=REFERRED,
    percent=20,
    invoice_id=INVOICE,
    invoice_series="A",
    invoice_number=7,
    invoice_net_ore=100_000,
    credited_net_ore=20_000,
    base_ore=80_000,
    earning_ore=16_000,
    hold_days=0,
    available_on=DAY,
)
reserved = EarningReserved(payout_id=PAYOUT)
released = EarningReleased(payout_id=PAYOUT)
paid_out = EarningPaidOut(payout_id=PAYOUT, reference="R")
reserve = Reserve(payout_id=PAYOUT, cutoff=DAY)
pay_out = PayOut(payout_id=PAYOUT, reference="R")


def skipped(reason: str) -> EarningSkipped:
    return EarningSkipped(
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        invoice_id=INVOICE,
        reason=reason,
    )


def test_a_paid_invoice_is_earned_on_once_by_the_day_in_oslo() -> None:
    scenario(decider).when(earn).then(earned)
    scenario(decider).given(earned).when(earn).then_nothing()
    scenario(decider).given(earned).when(replace(earn, base_ore=1_000_000)).then_nothing()
    scenario(decider).given(earned, reserved, paid_out).when(earn).then_nothing()


def test_hold_days_move_the_day_it_is_available() -> None:
    held = replace(earned, hold_days=30, available_on=date(2026, 3, 3))
    scenario(decider).when(replace(earn, hold_days=30)).then(held)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (replace(earn, currency="EUR"), "currency"),
        (
            replace(earn, recorded_at=STARTED - timedelta(microseconds=1)),
            "paid_before_relationship",
        ),
        (replace(earn, issue_date=date(2026, 1, 9)), "issued_before_relationship"),
        (replace(earn, base_ore=2), "zero_commission"),
        (replace(earn, base_ore=0), "zero_commission"),
        (replace(earn, base_ore=-100_000), "zero_commission"),
    ],
)
def test_nothing_earned_is_said_with_its_reason(command: Earn, reason: str) -> None:
    scenario(decider).when(command).then(skipped(reason))
    scenario(decider).given(skipped(reason)).when(earn).then_nothing()


def test_only_what_is_available_by_the_cutoff_is_reserved_and_for_one_payout() -> None:
    early = replace(reserve, cutoff=DAY - timedelta(days=1))
    other = replace(reserve, payout_id=OTHER)
    refused = "affiliate.earning_not_available"
    scenario(decider).given(earned).when(reserve).then(reserved)
    scenario(decider).given(earned).when(early).then_refused(refused)
    scenario(decider).given(earned, reserved).when(reserve).then_nothing()
    scenario(decider).given(earned, reserved).when(other).then_refused(refused)
    scenario(decider).given(earned, reserved, paid_out).when(reserve).then_refused(refused)
    scenario(decider).given(skipped("currency")).when(reserve).then_refused(refused)


def test_only_its_own_payout_gives_it_back() -> None:
    release = Release(payout_id=PAYOUT)
    scenario(decider).given(earned, reserved).when(release).then(released)
    scenario(decider).given(earned, reserved, released).when(release).then_nothing()
    scenario(decider).given(earned, reserved).when(Release(payout_id=OTHER)).then_nothing()
    scenario(decider).given(earned, reserved, paid_out).when(release).then_nothing()


def test_it_is_paid_out_once_by_the_payout_that_holds_it() -> None:
    other = replace(pay_out, payout_id=OTHER)
    refused = "affiliate.earning_not_reserved"
    scenario(decider).given(earned, reserved).when(pay_out).then(paid_out)
    scenario(decider).given(earned, reserved, paid_out).when(pay_out).then_nothing()
    scenario(decider).given(earned, reserved).when(other).then_refused(refused)
    scenario(decider).given(earned, reserved, paid_out).when(other).then_refused(refused)
    scenario(decider).given(earned).when(pay_out).then_refused(refused)


@pytest.mark.parametrize(
    ("base_ore", "percent", "earning_ore"),
    [
        (100_000, 20, 20_000),
        (100_010, 25, 25_003),
        (333, 20, 67),
        (2, 25, 1),
        (1, 25, 0),
        (1, 50, 1),
        (333, 33, 110),
        (2**62, 100, 2**62),
    ],
)
def test_the_commission_is_exact(base_ore: int, percent: int, earning_ore: int) -> None:
    assert commission(base_ore, percent) == earning_ore


def test_the_commission_is_rounded_half_up() -> None:
    chance = random.Random(20)
    for _ in range(10_000):
        base, percent = chance.randrange(10 ** chance.randint(1, 12)), chance.randint(1, 100)
        exact = Decimal(base) * percent / 100
        assert commission(base, percent) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        assert commission(base, percent) == (base * percent + 50) // 100


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from((Reserve, Release)), st.sampled_from((PAYOUT, OTHER))
        ),
        max_size=60,
    )
)
def test_reserving_and_giving_back_in_any_order_keeps_the_sum(
    steps: list[tuple[int, type[Reserve | Release], UUID]],
) -> None:
    states = [fold(decider, [replace(earned, earning_ore=10**n)]) for n in range(4)]
    for n, kind, payout_id in steps:
        reserving = kind is Reserve
        command = (
            Reserve(payout_id=payout_id, cutoff=DAY) if reserving else Release(payout_id=payout_id)
        )
        try:
            states[n] = fold(decider, decider.decide(states[n], command), states[n])
        except Rejected as refusal:
            assert refusal.code == "affiliate.earning_not_available"
    available = sum(each.amount_ore for each in states if isinstance(each, Available))
    held = sum(each.amount_ore for each in states if isinstance(each, Reserved))
    assert available + held == 1_111
