"""How a payment is shown in each of its states."""

from typing import Any

import pytest

from billing.acts.payment_status import standing
from billing.domain import payment
from chassis.domain import fold
from unit.billing.carded import AT, PAID_ORE, STATES, TOMORROW

UNPAID = {"clearance": "payment_required", "is_paid": False, "paid_at": None}
BY_CARD = {"payment_method": "stripe", "price_version": 0, "vat_rate_bp": 2_500}
PENDING = {**UNPAID, **BY_CARD, "status": "pending"}
PAID = {"clearance": "cleared", **BY_CARD, "cleared_at": AT, "is_paid": True, "paid_at": AT}
OWED = {**PAID, "payment_method": "invoice", "is_paid": False, "paid_at": None}
BACK = {"clearance": "payment_required", "status": "refunded", "is_paid": False, "paid_at": None}
CHARGED = {**UNPAID, "payment_method": "stripe", "status": "pending", "reason": "charge_running"}
SHOWN: dict[str, dict[str, Any]] = {
    "Required": {**UNPAID, "reason": "no_method"},
    "Required, tried": {**UNPAID, "reason": "no_method", "status": "failed"},
    "ChargeAwaited": CHARGED,
    "Charging": {**PENDING, "reason": "charge_running"},
    "CheckoutOpen": {**PENDING, "reason": "no_method", "expires_at": TOMORROW},
    "Cleared": {**OWED, "status": "pending"},
    "Cleared, tried": {**OWED, "status": "pending"},
    "Advance": {**PAID, "status": "completed"},
    "Advance, disputed": {**PAID, "status": "completed"},
    "Advance, due back": {**PAID, "status": "completed"},
    "Delivered": {**PAID, "status": "completed"},
    "Delivered, disputed": {**PAID, "status": "completed"},
    "Refunded": {**PAID, **BACK, "reason": "refunded"},
}


def shown(name: str, rate_bp: int = 2_500, back_ore: int = 0) -> dict[str, Any]:
    stands: Any = fold(payment.decider, STATES[name])
    return standing(stands, rate_bp, back_ore)


@pytest.mark.parametrize("name", SHOWN)
def test_each_state_says_whether_work_may_start_and_what_was_paid(name: str) -> None:
    priced = {"price_ore": 100_000, "amount_ore": PAID_ORE}
    assert shown(name) == {**priced, **SHOWN[name]}


def test_every_state_that_somebody_asked_for_can_be_shown() -> None:
    assert {*STATES} - {*SHOWN} == {"none", "Unasked", "Forgotten"}


def test_a_delivery_that_went_back_whole_is_refunded_and_not_paid() -> None:
    part, whole = shown("Delivered", back_ore=25_000), shown("Delivered", back_ore=PAID_ORE)
    assert (part["status"], part["is_paid"]) == ("completed", True)
    assert (whole["status"], whole["is_paid"]) == ("refunded", False)


def test_what_a_card_paid_stays_whatever_the_rate_is_today() -> None:
    asked = {name: shown(name, rate_bp=2_000)["amount_ore"] for name in SHOWN}
    by_card = {"Charging", "CheckoutOpen", "Refunded", "Advance", "Delivered"}
    assert {name for name, ore in asked.items() if ore == PAID_ORE} == {
        name for name in SHOWN if name.split(",")[0] in by_card
    }
