"""Events of one sale by card, of 100 000 + 25 000 øre, and its histories made of them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from billing.domain.dispute_messages import (
    DisputeClosed,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
    DisputeOpened,
    Outcome,
)
from billing.domain.payment_events import (
    AdvanceLost,
    CardPaymentCaptured,
    CardPaymentHeld,
    ChargeStarted,
    CheckoutOpened,
    TargetCleared,
)
from billing.domain.pricing import Price
from billing.domain.refund_messages import Of, RefundRequested, RefundSent
from billing.domain.target import Target
from unit.billing.money_events import credited, granted, issued, paid, rate, unpaid

PAYMENT, TARGET, WORKSPACE, REFUND, DISPUTE, INVOICE, OTHER = (UUID(int=n) for n in range(51, 58))
PHOTOGRAPHS = Target(kind="image_project", id=TARGET)
PRICE = Price(price_ore=100_000, price_version=1)
THEN = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = date(2026, 5, 4)
GROSS_ORE = 125_000

opened = CheckoutOpened(
    target=PHOTOGRAPHS,
    attempt=1,
    session_id="cs_1",
    price=PRICE,
    vat_rate_bp=2_500,
    amount_ore=GROSS_ORE,
    expires_at=THEN,
)
started = ChargeStarted(
    target=PHOTOGRAPHS,
    attempt=1,
    charge_id=OTHER,
    price=PRICE,
    vat_rate_bp=2_500,
    amount_ore=GROSS_ORE,
    payment_method_id="pm_1",
)
cleared = TargetCleared(
    target=PHOTOGRAPHS,
    run=1,
    workspace_id=WORKSPACE,
    method="stripe",
    price=PRICE,
    organization_number=None,
    at=THEN,
)


def captured(
    amount_ore: int = GROSS_ORE, intent_id: str = "pi_1", attempt: int = 1
) -> CardPaymentCaptured:
    return CardPaymentCaptured(
        attempt=attempt, amount_ore=amount_ore, payment_intent_id=intent_id, at=THEN
    )


def held(why: str = "paid_twice", intent_id: str = "pi_2") -> CardPaymentHeld:
    return CardPaymentHeld(amount_ore=GROSS_ORE, payment_intent_id=intent_id, why=why)


def back(amount_ore: int = GROSS_ORE, of: Of = "advances", **named: Any) -> RefundRequested:
    terms: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "reason": "by_hand",
        "credit_note_id": None,
        "payment_id": PAYMENT,
        "payment_intent_id": "pi_1",
        "target": PHOTOGRAPHS,
        "whole": amount_ore == GROSS_ORE,
        "at": THEN,
    }
    return RefundRequested(rail="card", of=of, amount_ore=amount_ore, **terms | named)


def sent(amount_ore: int = GROSS_ORE) -> RefundSent:
    return RefundSent(rail="card", amount_ore=amount_ore, reference="re_1", paid_on=DAY)


def disputed(amount_ore: int = GROSS_ORE, inquiry: bool = False) -> DisputeOpened:
    return DisputeOpened(
        workspace_id=WORKSPACE,
        payment_id=PAYMENT,
        target=PHOTOGRAPHS,
        provider_id="du_1",
        amount_ore=amount_ore,
        reason="fraudulent",
        inquiry=inquiry,
    )


def taken(amount_ore: int = GROSS_ORE) -> DisputeFundsWithdrawn:
    return DisputeFundsWithdrawn(balance_transaction_id="txn_1", amount_ore=amount_ore)


def given(amount_ore: int = GROSS_ORE) -> DisputeFundsReinstated:
    return DisputeFundsReinstated(balance_transaction_id="txn_2", amount_ore=amount_ore)


def ended(outcome: Outcome, settled_ore: int, loss_ore: int = 0) -> DisputeClosed:
    return DisputeClosed(outcome=outcome, settled_ore=settled_ore, loss_ore=loss_ore)


def lost(amount_ore: int = GROSS_ORE) -> AdvanceLost:
    rest_ore = GROSS_ORE - amount_ore
    return AdvanceLost(
        dispute_id=DISPUTE,
        amount_ore=amount_ore,
        returned_ore=rest_ore,
        refund_id=REFUND if rest_ore else None,
    )


SALE = [captured(), issued(kind="receipt"), paid(GROSS_ORE, "card")]
PART_BACK = [credited(rate(20_000)), back(25_000, "receivable"), sent(25_000)]
SOLD = {"stripe": GROSS_ORE, "sales": -100_000, "vat_out": -25_000}
HISTORIES: dict[str, tuple[list[Any], dict[str, int]]] = {
    "6 paid, before delivery": ([captured()], {"stripe": GROSS_ORE, "advances": -GROSS_ORE}),
    "6 delivered, a part refunded": (
        [*SALE, *PART_BACK],
        {"stripe": 100_000, "sales": -80_000, "vat_out": -20_000},
    ),
    "7 the project fails, refunded": ([captured(), back(), sent()], {}),
    "7 the refund comes back": (
        [captured(), back(), sent(), granted(GROSS_ORE, "card_refund_returned")],
        {"stripe": GROSS_ORE, "credit": -GROSS_ORE},
    ),
    "7b paid once more, held, sent back": (
        [*SALE, held(), back(reason="paid_twice"), sent()],
        SOLD,
    ),
    "7b held, on its way": (
        [*SALE, held(), back(reason="paid_twice")],
        {**SOLD, "stripe": 2 * GROSS_ORE, "refunds": -GROSS_ORE},
    ),
    "8 lost, then credited": (
        [
            *SALE,
            taken(),
            unpaid(GROSS_ORE, "dispute"),
            ended("lost", GROSS_ORE),
            credited(rate(100_000)),
        ],
        {},
    ),
    "8 disputed": (
        [*SALE, taken()],
        {"disputed": GROSS_ORE, "sales": -100_000, "vat_out": -25_000},
    ),
    "8a lost before delivery": ([captured(), taken(), lost(), ended("lost", GROSS_ORE)], {}),
    "8b won": ([*SALE, taken(), given(), ended("won", 0)], SOLD),
    "8b lost, then won": (
        [
            *SALE,
            *(taken(), unpaid(GROSS_ORE, "dispute"), ended("lost", GROSS_ORE)),
            *(given(), paid(GROSS_ORE, "dispute"), ended("won", -GROSS_ORE)),
        ],
        SOLD,
    ),
    "8d a part refunded, disputed in full, lost": (
        [
            *(*SALE, *PART_BACK, taken()),
            *(unpaid(100_000, "dispute"), ended("lost", GROSS_ORE, 25_000)),
        ],
        {
            "receivable": 100_000,
            "stripe": -25_000,
            "losses": 25_000,
            "sales": -80_000,
            "vat_out": -20_000,
        },
    ),
}
