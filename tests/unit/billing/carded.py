"""Payments by card, to tell tests with: what happened up to each state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from billing.domain.payment_events import (
    AdvanceConsumed,
    AdvanceReturnDue,
    AdvanceReturned,
    CardPaymentCaptured,
    ChargeDue,
    ChargeStarted,
    CheckoutExpired,
    CheckoutOpened,
    ClearanceRefused,
    DeliveryNoted,
    TargetCleared,
    TargetDisputed,
    TargetForgotten,
)
from billing.domain.pricing import Price
from billing.domain.target import Target

WORKSPACE = UUID(int=1)
TARGET = Target(kind="image_project", id=UUID(int=2))
RECEIPT, REFUND, CALL, DISPUTE, ANOTHER = (UUID(int=n) for n in range(8, 13))
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
TOMORROW = AT + timedelta(days=1)
PRICE = Price(price_ore=100_000, price_version=0)
PAID_ORE = 125_000

refused = ClearanceRefused(
    workspace_id=WORKSPACE,
    target=TARGET,
    run=2,
    max_price_ore=None,
    price=PRICE,
    reason="no_method",
)
due = ChargeDue(workspace_id=WORKSPACE, target=TARGET, run=2, max_price_ore=None, price=PRICE)
opened = CheckoutOpened(
    target=TARGET,
    attempt=1,
    session_id="cs_1",
    price=PRICE,
    vat_rate_bp=2_500,
    amount_ore=PAID_ORE,
    expires_at=TOMORROW,
)
expired = CheckoutExpired(attempt=1, reason="expired")
started = ChargeStarted(
    target=TARGET,
    attempt=1,
    charge_id=CALL,
    price=PRICE,
    vat_rate_bp=2_500,
    amount_ore=PAID_ORE,
    payment_method_id="pm_1",
)
captured = CardPaymentCaptured(attempt=1, amount_ore=PAID_ORE, payment_intent_id="pi_1", at=AT)
cleared = TargetCleared(
    target=TARGET,
    run=2,
    workspace_id=WORKSPACE,
    method="stripe",
    price=PRICE,
    organization_number=None,
    at=AT,
)
by_invoice = replace(cleared, method="invoice", organization_number="974760673")
noted = DeliveryNoted(workspace_id=WORKSPACE, target=TARGET, title="Storgata 2", completed_at=AT)
consumed = AdvanceConsumed(invoice_id=RECEIPT)
returned = AdvanceReturned(refund_id=REFUND, reason="project_failed")
disputed = TargetDisputed(dispute_id=DISPUTE)
due_back = AdvanceReturnDue(reason="project_failed")

ADVANCE = [refused, opened, captured, cleared]
STATES: dict[str, list[Any]] = {
    "none": [],
    "Unasked": [noted],
    "Required": [refused],
    "Required, tried": [refused, opened, expired, refused],
    "ChargeAwaited": [due],
    "Charging": [refused, started],
    "CheckoutOpen": [refused, opened],
    "Cleared": [by_invoice],
    "Cleared, tried": [refused, opened, expired, by_invoice],
    "Advance": ADVANCE,
    "Advance, disputed": [*ADVANCE, disputed],
    "Advance, due back": [*ADVANCE, disputed, due_back],
    "Delivered": [*ADVANCE, consumed],
    "Delivered, disputed": [*ADVANCE, consumed, disputed],
    "Refunded": [*ADVANCE, returned],
    "Forgotten": [refused, opened, TargetForgotten(unpaid=True)],
}
