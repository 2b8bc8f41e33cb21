"""The rows that billing shows of what is paid by card, goes back or is taken back."""

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from billing.domain.dispute_messages import (
    DisputeClosed,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
)
from billing.domain.invoice_events import InvoicePaymentRecorded, InvoicePaymentReversed
from billing.domain.payment_events import (
    AdvanceConsumed,
    AdvanceLost,
    AdvanceReturned,
    CardPaymentFailed,
    CheckoutExpired,
    TargetDisputed,
    TargetForgotten,
    TargetSettled,
    TargetUndisputed,
)
from billing.domain.refund_messages import RefundFailed, RefundReturned, RefundSubmitted
from billing.domain.target import Target
from billing.projections import (
    advances,
    card_payments,
    disputes,
    invoice_payments,
    payments,
    refunds,
)
from chassis import ids
from chassis.testing.projected import Told, at, projected
from unit.billing.card_events import (
    DAY,
    DISPUTE,
    GROSS_ORE,
    INVOICE,
    OTHER,
    PAYMENT,
    REFUND,
    TARGET,
    THEN,
    WORKSPACE,
    back,
    captured,
    cleared,
    disputed,
    held,
    opened,
    sent,
    started,
)

PAID = (opened, captured(), cleared)
CONSUMED = AdvanceConsumed(invoice_id=INVOICE)
RETURNED = AdvanceReturned(refund_id=REFUND, reason="by_hand")
LOST = AdvanceLost(dispute_id=DISPUTE, amount_ore=GROSS_ORE, returned_ore=0, refund_id=None)


def shown(told: list[Told]) -> dict[str, Any]:
    [row] = projected(payments.projection, told, workspace_id=WORKSPACE)
    return row


def row(*events: Any) -> dict[str, Any]:
    """Return the payment's row after these of its events, and of its refunds."""
    of_refunds = ("Refund",)
    return shown(
        [(REFUND if type(e).__name__.startswith(of_refunds) else PAYMENT, e) for e in events]
    )


def test_a_checkout_has_a_row_before_anything_is_cleared() -> None:
    assert row(opened) == {
        "id": str(PAYMENT),
        "project_id": str(TARGET),
        "workspace_id": str(WORKSPACE),
        "payment_method": "stripe",
        "stripe_checkout_session_id": "cs_1",
        "stripe_payment_intent_id": None,
        "invoice_line_item_id": None,
        "amount_cents": 100_000,
        "currency": "nok",
        "status": "pending",
        "paid_at": None,
        "created_at": at(1),
        "updated_at": at(1),
        "target_kind": "image_project",
        "cleared_at": None,
        "expires_at": THEN,
        "stage": "pending",
        "captured_ore": 0,
        "refunded_ore": 0,
        "disputes": 0,
        "disputed": False,
    }
    charged = row(started)
    assert (charged["stripe_checkout_session_id"], charged["expires_at"]) == (None, None)


def test_what_a_card_paid_is_completed() -> None:
    paid = row(*PAID)
    expected = {
        "stripe_payment_intent_id": "pi_1",
        "status": "completed",
        "stage": "completed",
        "captured_ore": GROSS_ORE,
        "paid_at": THEN,
        "cleared_at": THEN,
        "expires_at": None,
        "updated_at": at(3),
    }
    assert paid == {**row(opened), **expected}


def test_what_is_deleted_while_a_card_is_tried_has_failed_and_what_was_sold_stays() -> None:
    forgotten, delivered = TargetForgotten(unpaid=True), TargetForgotten()
    gone = row(opened, forgotten)
    assert (gone["status"], gone["stage"], gone["expires_at"]) == ("failed", "failed", None)
    assert row(opened, delivered)["status"] == "pending"  # it is owed, and may be paid
    back = (*PAID, RETURNED)
    assert row(*back, forgotten) == row(*back)  # wanted anew, and deleted before it was tried


BY_INVOICE = replace(cleared, method="invoice", organization_number="974760673")


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((started,), "pending"),
        ((opened, CheckoutExpired(attempt=1, reason="expired")), "failed"),
        ((started, CardPaymentFailed(attempt=1, code="card_declined")), "failed"),
        ((opened, CheckoutExpired(attempt=1, reason="expired"), opened), "pending"),
        ((opened, CheckoutExpired(attempt=1, reason="expired"), BY_INVOICE), "pending"),
        ((opened, BY_INVOICE, TargetSettled(at=THEN)), "completed"),
        (PAID, "completed"),
        ((*PAID, CONSUMED), "completed"),
        ((*PAID, RETURNED, back()), "refunded"),
        ((*PAID, LOST), "refunded"),
        ((*PAID, RETURNED, back(), opened), "pending"),
        ((*PAID, RETURNED, back(), BY_INVOICE, TargetSettled(at=THEN)), "completed"),
        ((*PAID, CONSUMED, back(25_000)), "completed"),
        ((*PAID, CONSUMED, back()), "refunded"),
        ((*PAID, CONSUMED, back(), sent()), "refunded"),
        (
            (*PAID, CONSUMED, back(), RefundFailed(amount_ore=GROSS_ORE, payment_id=PAYMENT)),
            "completed",
        ),
        (
            (
                *PAID,
                CONSUMED,
                back(),
                sent(),
                RefundReturned(amount_ore=GROSS_ORE, payment_id=PAYMENT),
            ),
            "completed",
        ),
        ((*PAID, LOST, *PAID, CONSUMED, back()), "refunded"),
        ((*PAID, RETURNED, back(), *PAID, CONSUMED, back(25_000)), "completed"),
    ],
)
def test_a_payment_is_called_by_where_it_stands_and_by_what_went_back(
    events: tuple[Any, ...], status: str
) -> None:
    assert row(*events)["status"] == status


def test_what_went_back_is_shown_and_what_was_held_is_not_of_the_sale() -> None:
    assert row(*PAID, CONSUMED, back(25_000))["refunded_ore"] == 25_000
    of_held = back(reason="paid_twice", payment_intent_id="pi_2")
    assert row(*PAID, held(), of_held)["refunded_ore"] == 0
    assert of_held.sale_id is None


def test_streams_that_share_the_row_may_come_in_any_order() -> None:
    rows = []
    for order in permutations([CONSUMED, back(), sent(), TargetDisputed(dispute_id=DISPUTE)]):
        rows.append({**row(*PAID, *order), "updated_at": None})
    assert all(each == rows[0] for each in rows)
    assert (rows[0]["status"], rows[0]["disputed"]) == ("refunded", True)


def test_a_payment_is_disputed_while_a_dispute_is_open() -> None:
    first, second = TargetDisputed(dispute_id=DISPUTE), TargetDisputed(dispute_id=OTHER)
    over = TargetUndisputed(dispute_id=DISPUTE)
    for events, is_disputed in (
        ((first,), True),
        ((first, over), False),
        ((first, second, over), True),
        ((first, LOST), False),
    ):
        assert row(*PAID, *events)["disputed"] is is_disputed


def test_a_film_with_a_projects_id_has_no_row_and_changes_none() -> None:
    film = replace(opened, target=Target(kind="video_project", id=TARGET), session_id="cs_2")
    of_film: list[Told] = [(OTHER, film), (OTHER, captured()), (OTHER, CONSUMED)]
    assert shown([(PAYMENT, opened), *of_film]) == row(opened)


def test_all_money_that_came_has_a_row_and_what_it_was_held_for() -> None:
    told: list[Told] = [(PAYMENT, each) for each in (*PAID, held())]
    kept, sent_back = projected(card_payments.projection, told, workspace_id=WORKSPACE)
    assert kept == {
        "id": str(ids.derive(PAYMENT, "card", "pi_1")),
        "payment_id": str(PAYMENT),
        "workspace_id": str(WORKSPACE),
        "payment_intent_id": "pi_1",
        "amount_ore": GROSS_ORE,
        "held": None,
        "created_at": at(2),
    }
    assert (sent_back["payment_intent_id"], sent_back["held"]) == ("pi_2", "paid_twice")


@pytest.mark.parametrize("end", [CONSUMED, RETURNED, LOST], ids=lambda each: type(each).__name__)
def test_an_advance_stands_until_it_is_delivered_returned_or_lost(end: Any) -> None:
    def left_ore(*events: Any) -> list[int]:
        told: list[Told] = [(PAYMENT, each) for each in events]
        rows = projected(advances.projection, told, workspace_id=WORKSPACE)
        return [each["amount_ore"] for each in rows]

    assert left_ore(opened) == []
    assert left_ore(*PAID, held()) == [GROSS_ORE]
    assert left_ore(*PAID, end) == [0]
    assert left_ore(*PAID, end, captured(120_000, "pi_3", 2)) == [120_000]


def test_a_refund_by_card_says_of_what_it_is_and_what_stripe_calls_it() -> None:
    told: list[Told] = [(REFUND, back()), (REFUND, RefundSubmitted(provider_id="re_1"))]
    [submitted] = projected(refunds.projection, told)
    assert submitted == {
        "id": str(REFUND),
        "workspace_id": str(WORKSPACE),
        "state": "Submitted",
        "rail": "card",
        "of": "advances",
        "amount_ore": GROSS_ORE,
        "cause": "by_hand",
        "payment_id": str(PAYMENT),
        "payment_intent_id": "pi_1",
        "target_kind": "image_project",
        "target_id": str(TARGET),
        "provider_id": "re_1",
        "credit_note_id": None,
        "reason": None,
        "reference": None,
        "paid_on": None,
        "failure_reason": None,
        "created_at": at(1),
        "updated_at": at(2),
    }
    [gone] = projected(refunds.projection, [*told, (REFUND, sent())])
    expected = {"state": "Sent", "reference": "re_1", "paid_on": DAY, "updated_at": at(3)}
    assert gone == {**submitted, **expected}


def dispute(*events: Any) -> dict[str, Any]:
    [row] = projected(disputes.projection, [(DISPUTE, each) for each in events])
    return row


def test_a_dispute_has_a_row_with_what_was_taken_and_given_back() -> None:
    first = dispute(disputed(inquiry=True))
    assert first == {
        "id": str(DISPUTE),
        "workspace_id": str(WORKSPACE),
        "payment_id": str(PAYMENT),
        "target_kind": "image_project",
        "target_id": str(TARGET),
        "provider_id": "du_1",
        "state": "Inquiry",
        "outcome": None,
        "amount_ore": GROSS_ORE,
        "withdrawn_ore": 0,
        "reinstated_ore": 0,
        "settled_ore": 0,
        "loss_ore": 0,
        "reason": "fraudulent",
        "created_at": at(1),
        "updated_at": at(1),
    }
    taken = DisputeFundsWithdrawn(balance_transaction_id="txn_1", amount_ore=GROSS_ORE)
    given = DisputeFundsReinstated(balance_transaction_id="txn_2", amount_ore=GROSS_ORE)
    lost = DisputeClosed(outcome="lost", settled_ore=GROSS_ORE, loss_ore=25_000)
    won = DisputeClosed(outcome="won", settled_ore=-GROSS_ORE, loss_ore=-25_000)
    is_lost = {
        "state": "Lost",
        "outcome": "lost",
        "withdrawn_ore": GROSS_ORE,
        "settled_ore": GROSS_ORE,
        "loss_ore": 25_000,
        "updated_at": at(4),
    }
    begun = (disputed(inquiry=True), disputed(), taken)
    assert dispute(*begun, lost) == {**first, **is_lost}
    is_won = {"state": "Won", "outcome": "won", "settled_ore": 0, "loss_ore": 0}
    moved = {"withdrawn_ore": GROSS_ORE, "reinstated_ore": GROSS_ORE, "updated_at": at(6)}
    assert dispute(*begun, lost, given, won) == {**first, **is_won, **moved}


def test_what_is_lost_of_a_receipt_has_a_row_below_zero_until_it_is_won() -> None:
    def recorded(amount_ore: int, source: str, name: str) -> InvoicePaymentRecorded:
        return InvoicePaymentRecorded(
            amount_ore=amount_ore, paid_on=DAY, source=source, external_id=name, at=THEN
        )

    gone = InvoicePaymentReversed(
        amount_ore=100_000,
        excess_ore=0,
        source="dispute",
        external_id=str(DISPUTE),
        was_paid=True,
        reason="disputed",
    )

    def amounts(*events: Any) -> list[int]:
        rows = projected(invoice_payments.projection, [(INVOICE, each) for each in events])
        assert all(each["reversed_at"] is None for each in rows)
        return [each["amount_ore"] for each in rows]

    paid, won = recorded(GROSS_ORE, "card", "pi_1"), recorded(100_000, "dispute", str(DISPUTE))
    assert amounts(paid, gone) == [GROSS_ORE, -100_000]
    assert amounts(paid, gone, won) == [GROSS_ORE, 0]
    assert amounts(paid, gone, won, gone) == [GROSS_ORE, -100_000]
    assert amounts(paid, gone, replace(gone, amount_ore=25_000)) == [GROSS_ORE, -125_000]
    again = replace(gone, source="card", external_id=str(UUID(int=9)), reason="refunded")
    assert amounts(paid, again) == [GROSS_ORE, -100_000]
