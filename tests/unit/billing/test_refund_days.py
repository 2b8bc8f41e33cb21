"""The days of a refund by bank: it is sent between its asking and today."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from billing.domain.refund import (
    decider,
)
from billing.domain.refund_messages import (
    RefundRequested,
    RefundSent,
    RequestRefund,
    SendRefund,
)
from chassis.testing.spec import scenario

WORKSPACE, NOTE = UUID(int=1), UUID(int=2)
THEN = datetime(2026, 5, 2, 22, 30, tzinfo=UTC)  # in Oslo it is the third already
LATER = THEN + timedelta(days=2)
request = RequestRefund(
    workspace_id=WORKSPACE,
    rail="bank",
    of="receivable",
    amount_ore=75_000,
    reason="by_hand",
    credit_note_id=NOTE,
    at=THEN,
)
requested = RefundRequested(
    workspace_id=WORKSPACE,
    rail="bank",
    of="receivable",
    amount_ore=75_000,
    credit_note_id=NOTE,
    reason="by_hand",
    payment_id=None,
    payment_intent_id=None,
    target=None,
    whole=False,
    at=THEN,
)
send = SendRefund(reference="B-7", paid_on=date(2026, 5, 3), at=LATER)
sent = RefundSent(rail="bank", amount_ore=75_000, reference="B-7", paid_on=date(2026, 5, 3))

refund = scenario(decider)
waiting = refund.given(requested)


def test_it_is_asked_for_once_whenever_that_is_repeated() -> None:
    refund.when(request).then(requested)
    waiting.when(replace(request, at=LATER)).then_nothing()
    waiting.when(replace(request, amount_ore=75_001)).then_refused("billing.refund_exists")


@pytest.mark.parametrize("day", [3, 4, 5])
def test_it_is_sent_on_a_day_from_its_asking_to_today(day: int) -> None:
    paid_on = date(2026, 5, day)
    waiting.when(replace(send, paid_on=paid_on)).then(replace(sent, paid_on=paid_on))


@pytest.mark.parametrize(
    ("paid_on", "code"),
    [
        (date(1970, 1, 1), "paid_on_implausible"),
        (date(2026, 5, 2), "paid_on_implausible"),
        (date(2026, 5, 6), "paid_in_future"),
    ],
)
def test_it_is_not_sent_on_a_day_that_cannot_be(paid_on: date, code: str) -> None:
    waiting.when(replace(send, paid_on=paid_on)).then_refused(f"billing.{code}")
