"""An entry: the exact amount, once for each invoice; every state asked for everything."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest

from affiliate.domain.earning import decider
from affiliate.domain.earning_messages import (
    Adjust,
    CorrectionMade,
    Due,
    Earn,
    Earned,
    EarningAdjusted,
    EarningHeld,
    EarningHoldReleased,
    EarningPaidOut,
    EarningRejected,
    EarningReleased,
    EarningReserved,
    EarningSkipped,
    Hold,
    MakeCorrection,
    PayOut,
    Reject,
    Release,
    ReleaseHold,
    Reserve,
)
from affiliate.domain.earning_rules import commission
from affiliate.domain.earning_states import invoice_of, terms_of, word
from chassis.testing.spec import scenario

RELATIONSHIP, AFFILIATE, REFERRED, INVOICE, PAYOUT, OTHER = (UUID(int=n) for n in range(1, 7))
STARTED = datetime(2026, 1, 10, 12, tzinfo=UTC)
PAID = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # the next day in Oslo
DAY = date(2026, 2, 1)
MOMENT = timedelta(microseconds=1)

earn = Earn(
    relationship_id=RELATIONSHIP,
    affiliate_workspace_id=AFFILIATE,
    referred_workspace_id=REFERRED,
    relationship_started_at=STARTED,
    percent=20,
    self_referral=False,
    invoice_id=INVOICE,
    invoice_series="A",
    invoice_number=7,
    currency="NOK",
    invoice_net_ore=100_000,
    credited_net_ore=20_000,
    issued_at=STARTED,
    paid_at=PAID,
    hold_days=0,
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
correction = CorrectionMade(
    corrects=OTHER,
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
    amount_ore=-2_000,
    cause="credited",
    available_on=DAY,
)
reserved = EarningReserved(payout_id=PAYOUT)
released = EarningReleased(payout_id=PAYOUT)
paid_out = EarningPaidOut(payout_id=PAYOUT, reference="R")
held = EarningHeld(why="by_hand")


def skipped(reason: str) -> EarningSkipped:
    return EarningSkipped(
        relationship_id=RELATIONSHIP,
        affiliate_workspace_id=AFFILIATE,
        referred_workspace_id=REFERRED,
        invoice_id=INVOICE,
        reason=reason,
    )


def adjusted(amount_ore: int, before: int = 16_000) -> EarningAdjusted:
    return EarningAdjusted(
        change_ore=amount_ore - before,
        amount_ore=amount_ore,
        credited_net_ore=30_000,
        cause="credited",
    )


def let_go(change_ore: int) -> EarningHoldReleased:
    return EarningHoldReleased(change_ore=change_ore, credited_net_ore=30_000)


def due(to_ore: int) -> Due:
    return Due(to_ore=to_ore, credited_net_ore=30_000, is_corrected=False)


HISTORIES: Mapping[str, list[Any]] = {
    "none": [],
    "held": [replace(earned, hold_days=1, available_on=DAY + timedelta(days=1))],
    "available": [earned],
    "on_hold": [earned, held],
    "reserved": [earned, reserved],
    "paid_out": [earned, reserved, paid_out],
    "reversed": [earned, adjusted(0)],
    "rejected": [earned, held, EarningRejected(change_ore=-16_000)],
    "skipped": [skipped("currency")],
}
BUT_NONE = [each for each in HISTORIES if each != "none"]
NOT_AVAILABLE, NOTHING = "earning_not_available", None
reserve = Reserve(payout_id=PAYOUT, cutoff=DAY, self_referral=False)
COMMANDS: Mapping[str, Any] = {
    "earn": earn,
    "adjust": Adjust(cause="credited", due=due(14_000)),
    "adjust to 0": Adjust(cause="credited", due=due(0)),
    "hold": Hold(),
    "release hold": ReleaseHold(due=due(14_000)),
    "reject": Reject(due=due(14_000)),
    "reserve": reserve,
    "release": Release(payout_id=PAYOUT),
    "pay out": PayOut(payout_id=PAYOUT, reference="R"),
}
# what is decided: events, a code, None for nothing, or the error of a caller that is wrong
IT = AssertionError
CELLS: Mapping[str, Mapping[str, Any]] = {
    "earn": {**dict.fromkeys(BUT_NONE, NOTHING), "none": [earned]},
    "adjust": {
        "none": IT,
        "held": [adjusted(14_000)],
        "available": [adjusted(14_000)],
        "on_hold": [adjusted(14_000)],
        "reserved": IT,
        "paid_out": IT,
        "reversed": [adjusted(14_000, before=0)],
        "rejected": NOTHING,
        "skipped": NOTHING,
    },
    "adjust to 0": {
        "none": IT,
        "held": [adjusted(0)],
        "available": [adjusted(0)],
        "on_hold": [adjusted(0)],
        "reserved": IT,
        "paid_out": IT,
        "reversed": NOTHING,
        "rejected": NOTHING,
        "skipped": NOTHING,
    },
    "hold": {
        "none": IT,
        "held": [held],
        "available": [held],
        "on_hold": NOTHING,
        "reserved": "earning_reserved",
        "paid_out": "earning_paid_out",
        "reversed": "earning_reversed",
        "rejected": "earning_rejected",
        "skipped": "nothing_earned",
    },
    "release hold": {
        **dict.fromkeys(BUT_NONE, NOTHING),
        "none": IT,
        "on_hold": [let_go(-2_000)],
        "rejected": [let_go(14_000)],
        "skipped": "nothing_earned",
    },
    "reject": {
        "none": IT,
        "held": "hold_first",
        "available": "hold_first",
        "on_hold": [EarningRejected(change_ore=-16_000)],
        "reserved": "earning_reserved",
        "paid_out": "earning_paid_out",
        "reversed": NOTHING,
        "rejected": NOTHING,
        "skipped": NOTHING,
    },
    "reserve": {
        **dict.fromkeys(BUT_NONE, NOT_AVAILABLE),
        "none": NOTHING,
        "available": [reserved],
        "on_hold": "earning_on_hold",
        "reserved": NOTHING,
    },
    "release": {**dict.fromkeys(HISTORIES, NOTHING), "reserved": [released]},
    "pay out": {**dict.fromkeys(HISTORIES, NOTHING), "reserved": [paid_out]},
}
WALKED = [(state, command, CELLS[command][state]) for command in COMMANDS for state in HISTORIES]


@pytest.mark.parametrize(("state", "command", "then"), WALKED)
def test_every_state_answers_every_command(state: str, command: str, then: Any) -> None:
    story = scenario(decider).given(*HISTORIES[state]).when(COMMANDS[command])
    match then:
        case None:
            story.then_nothing()
        case str():
            story.then_refused(f"affiliate.{then}")
        case list():
            story.then(*then)
        case _:
            with pytest.raises(AssertionError, match="cannot be asked"):
                story.then_nothing()


def test_a_paid_invoice_is_earned_on_once_by_the_day_in_oslo() -> None:
    scenario(decider).when(earn).then(earned)
    more = replace(earn, invoice_net_ore=1_000_000)
    for history in HISTORIES.values():
        if history:
            scenario(decider).given(*history).when(more).then_nothing()


def test_hold_days_move_the_day_it_is_available() -> None:
    later = replace(earned, hold_days=30, available_on=date(2026, 3, 3))
    scenario(decider).when(replace(earn, hold_days=30)).then(later)
    on_its_day = replace(reserve, cutoff=date(2026, 3, 3))
    scenario(decider).given(later).when(on_its_day).then(reserved)
    early = replace(reserve, cutoff=date(2026, 3, 2))
    scenario(decider).given(later).when(early).then_refused("affiliate.earning_not_available")


def sold(net_ore: int, percent: int = 20) -> Earn:
    return replace(earn, invoice_net_ore=net_ore, credited_net_ore=0, percent=percent)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (replace(earn, currency="EUR"), "currency"),
        (replace(earn, paid_at=STARTED - MOMENT), "paid_before_relationship"),
        (replace(earn, issued_at=STARTED - MOMENT), "issued_before_relationship"),
        (replace(earn, self_referral=True), "self_referral"),
        (sold(1, percent=25), "zero_commission"),
        (sold(2), "zero_commission"),
        (sold(0), "zero_commission"),
        (replace(sold(5), credited_net_ore=6), "zero_commission"),
    ],
)
def test_nothing_earned_is_said_with_its_reason(command: Earn, reason: str) -> None:
    scenario(decider).when(command).then(skipped(reason))
    scenario(decider).given(skipped(reason)).when(earn).then_nothing()


def test_what_was_paid_and_issued_as_it_began_is_earned_on() -> None:
    at_once = replace(earn, paid_at=STARTED, issued_at=STARTED)
    scenario(decider).when(at_once).then(replace(earned, available_on=date(2026, 1, 10)))


def test_only_its_own_payout_holds_it_gives_it_back_and_pays_it() -> None:
    in_payout = scenario(decider).given(*HISTORIES["reserved"])
    in_payout.when(replace(reserve, payout_id=OTHER)).then_refused(f"affiliate.{NOT_AVAILABLE}")
    in_payout.when(Release(payout_id=OTHER)).then_nothing()
    in_payout.when(PayOut(payout_id=OTHER, reference="R")).then_nothing()
    in_payout.given(released).when(reserve).then(reserved)


def test_what_was_earned_on_oneself_is_held_when_it_would_be_paid_out() -> None:
    itself = replace(reserve, self_referral=True)
    by_itself = EarningHeld(why="self_referral")
    scenario(decider).given(earned).when(itself).then(by_itself)
    again = scenario(decider).given(earned, by_itself).when(itself)
    again.then_refused("affiliate.earning_on_hold")
    scenario(decider).given(correction).when(itself).then(reserved)  # too much is taken back
    more = replace(correction, amount_ore=2_000)
    scenario(decider).given(more).when(itself).then(by_itself)


def test_a_correction_goes_with_what_it_corrects() -> None:
    made = MakeCorrection(
        corrects=OTHER,
        affiliate_workspace_id=AFFILIATE,
        terms=terms_of(earned),
        credited_net_ore=30_000,
        amount_ore=-2_000,
        cause="credited",
        at=PAID,
    )
    scenario(decider).when(made).then(correction)
    scenario(decider).given(correction).when(made).then_nothing()
    for history in ([], [reserved], [reserved, paid_out]):
        story = scenario(decider).given(correction, *history)
        story.when(Hold()).then_refused("affiliate.is_correction")
        story.when(Reject(due=due(0))).then_refused("affiliate.is_correction")
        story.when(ReleaseHold(due=due(-2_000))).then_nothing()
    in_payout = scenario(decider).given(correction, reserved)
    in_payout.when(COMMANDS["pay out"]).then(paid_out)


def test_what_has_a_correction_is_not_rejected() -> None:
    corrected = Reject(due=replace(due(16_000), is_corrected=True))
    story = scenario(decider).given(*HISTORIES["on_hold"]).when(corrected)
    story.then_refused("affiliate.earning_corrected")


@pytest.mark.parametrize(
    ("history", "state", "amount_ore"),
    [
        (HISTORIES["on_hold"] + [adjusted(14_000)], "on_hold", 14_000),
        (HISTORIES["on_hold"] + [adjusted(0)], "reversed", 0),
        (HISTORIES["reversed"] + [adjusted(14_000, before=0)], "available", 14_000),
        (HISTORIES["on_hold"] + [let_go(0)], "available", 16_000),
        (HISTORIES["rejected"] + [let_go(14_000)], "available", 14_000),
        (HISTORIES["rejected"] + [let_go(0)], "reversed", 0),
        (HISTORIES["reserved"] + [released], "available", 16_000),
        (HISTORIES["reserved"], "reserved", 16_000),
        (HISTORIES["paid_out"], "paid_out", 16_000),
        (HISTORIES["rejected"], "rejected", 0),
        (HISTORIES["held"], "held", 16_000),
        ([correction], "available", -2_000),
        (HISTORIES["skipped"], "skipped", 0),
    ],
)
def test_where_it_goes_from_there(history: list[Any], state: str, amount_ore: int) -> None:
    entry = scenario(decider).given(*history).state()
    assert (word(entry, DAY), entry.amount_ore) == (state, amount_ore)
    assert (entry.workspace_id, invoice_of(entry)) == (AFFILIATE, INVOICE)


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
        (100_000, 33, 33_000),
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
