"""What billing tells others of money by card is what its contracts say, and only that."""

from dataclasses import replace
from typing import Any

import pytest

from billing.domain import dispute, invoice, payment, refund
from billing.domain.dispute_messages import DisputeClosed, DisputeFundsWithdrawn
from billing.domain.payment_events import CardPaymentFailed
from billing.domain.refund_messages import RefundFailed
from contracts.billing import card_events as told
from unit.billing import card_events as of
from unit.billing import carded
from unit.billing.invoiced import ISSUED_ON, WORKSPACE, drafted, issued, paid, part, rest
from unit.billing.telling import SUBJECT, tell

TARGET: dict[str, Any] = {"target_kind": "image_project", "target_id": carded.TARGET.id}


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ((carded.opened, carded.expired), "expired"),
        ((carded.started, CardPaymentFailed(attempt=1, code="card_declined")), "card_declined"),
        ((CardPaymentFailed(attempt=None, code="no_saved_card"),), "no_saved_card"),
    ],
)
def test_a_card_that_did_not_pay_is_told_with_why(before: tuple[Any, ...], reason: str) -> None:
    asked = carded.due if before[0] == before[-1] else carded.refused
    assert tell(payment.decider, asked, *before) == told.PaymentFailed(
        workspace_id=carded.WORKSPACE, reason=reason, **TARGET
    )


def test_what_a_card_paid_clears_its_target() -> None:
    heard = tell(payment.decider, *carded.ADVANCE)
    assert (heard.method, heard.run, heard.price_ore) == ("stripe", 2, 100_000)
    for event in (carded.captured, carded.consumed, carded.returned, carded.disputed):
        before = [each for each in carded.ADVANCE if each != event]
        before = before[:2] if event == carded.captured else before
        assert tell(payment.decider, *before, event) is None


@pytest.mark.parametrize("whole", [True, False])
def test_money_that_went_back_is_told_with_its_target(whole: bool) -> None:
    asked = of.back(whole=whole)
    assert tell(refund.decider, asked, of.sent()) == told.PaymentRefunded(
        refund_id=SUBJECT,
        workspace_id=of.WORKSPACE,
        target_kind="image_project",
        target_id=of.TARGET,
        amount_ore=of.GROSS_ORE,
        whole=whole,
    )
    assert tell(refund.decider, asked) is None
    assert tell(refund.decider, asked, RefundFailed(amount_ore=of.GROSS_ORE)) is None


def test_a_receipt_is_a_documented_sale_and_no_invoice() -> None:
    receipt = (
        replace(drafted, kind="receipt", target=of.PHOTOGRAPHS),
        replace(issued, kind="receipt"),
    )
    assert tell(invoice.decider, *receipt) == told.SaleDocumented(
        invoice_id=SUBJECT,
        workspace_id=WORKSPACE,
        series="sales",
        invoice_number=issued.invoice_number,
        target_kind="image_project",
        target_id=of.TARGET,
        net_ore=200_000,
        vat_ore=50_000,
        gross_ore=250_000,
        issue_date=ISSUED_ON,
    )
    assert tell(invoice.decider, receipt[0]) is None
    assert tell(invoice.decider, *receipt, part, rest, paid) is None


def test_a_dispute_is_told_as_it_opens_and_as_it_closes() -> None:
    whose: dict[str, Any] = {
        "dispute_id": SUBJECT,
        "payment_id": of.PAYMENT,
        "target_kind": "image_project",
        "target_id": of.TARGET,
        "workspace_id": of.WORKSPACE,
        "amount_ore": of.GROSS_ORE,
    }
    asked = of.disputed(inquiry=True)
    assert tell(dispute.decider, asked) == told.DisputeOpened(**whose, inquiry=True)
    opened = told.DisputeOpened(**whose, inquiry=False)
    assert tell(dispute.decider, asked, of.disputed()) == opened
    taken = DisputeFundsWithdrawn(balance_transaction_id="txn_1", amount_ore=of.GROSS_ORE)
    assert tell(dispute.decider, of.disputed(), taken) is None
    lost = DisputeClosed(outcome="lost", settled_ore=of.GROSS_ORE, loss_ore=0)
    heard = tell(dispute.decider, of.disputed(), taken, lost)
    assert heard == told.DisputeClosed(**whose, outcome="lost")
