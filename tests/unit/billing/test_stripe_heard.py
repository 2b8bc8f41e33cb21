"""What Stripe's events come to: every type that is heard, with Stripe's own samples."""

from collections.abc import Mapping
from typing import Any

import pytest

from billing.gateways.card_told import Ask, Capture, EndCheckout, FailCharge, Heard
from billing.gateways.card_values import DisputeSaid, RefundSaid
from billing.gateways.stripe_event import EVENTS
from billing.gateways.stripe_heard import heard
from chassis.errors import Invalid
from unit.billing.stripe_samples import (
    ASKS_OWNER,
    CHARGE,
    LATER,
    NO_CARD,
    OURS,
    PAID,
    PAYMENT,
    REFUND,
    WAITS,
    dispute,
    event,
    intent,
    refund,
)

capture = Capture(
    payment_id=PAYMENT, attempt=2, amount_ore=125_000, currency="NOK", intent_id="pi_1"
)
declined = FailCharge(payment_id=PAYMENT, attempt=2, code="card_declined")
EXPIRED = EndCheckout(payment_id=PAYMENT, attempt=2, reason="expired")
UNPAID = EndCheckout(payment_id=PAYMENT, attempt=2, reason="card_declined")
ASKS_STRIPE = Ask(intent_id="pi_1")


def told(type: str, about: Mapping[str, Any]) -> Heard:
    return heard(event(type, about))


@pytest.mark.parametrize(
    ("type", "about", "is_heard"),
    [
        ("checkout.session.completed", PAID, capture),
        ("checkout.session.completed", LATER, None),
        ("checkout.session.async_payment_succeeded", PAID, capture),
        ("checkout.session.async_payment_failed", LATER, UNPAID),
        ("checkout.session.expired", WAITS, EXPIRED),
        ("payment_intent.succeeded", intent("succeeded"), capture),
        ("payment_intent.payment_failed", NO_CARD, declined),
        (
            "payment_intent.payment_failed",
            ASKS_OWNER,
            FailCharge(payment_id=PAYMENT, attempt=2, code="authentication_required"),
        ),
        ("payment_intent.canceled", intent("canceled"), declined),
        ("charge.refunded", CHARGE, ASKS_STRIPE),
        ("refund.created", refund("succeeded"), ASKS_STRIPE),
        ("charge.refund.updated", refund("failed"), ASKS_STRIPE),
    ],
)
def test_a_sample_of_each_type_comes_to_one_command(
    type: str, about: dict[str, Any], is_heard: Heard
) -> None:
    assert told(type, about) == is_heard


@pytest.mark.parametrize(
    "type", ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"]
)
@pytest.mark.parametrize("status", ["pending", "succeeded", "failed", "canceled"])
def test_a_refund_of_ours_is_its_status_whatever_the_type(type: str, status: str) -> None:
    said = told(type, refund(status, refund_id=str(REFUND)))

    assert isinstance(said, RefundSaid)
    assert (said.refund_id, said.status, said.provider_id) == (REFUND, status, "re_1")
    assert (said.amount_ore, said.currency, said.intent_id) == (25_000, "NOK", "pi_1")


@pytest.mark.parametrize("type", sorted(each for each in EVENTS if "dispute" in each))
@pytest.mark.parametrize("status", ["needs_response", "lost", "won", "warning_closed"])
def test_a_dispute_is_its_status_and_its_movements_whatever_the_type(
    type: str, status: str
) -> None:
    said = told(type, dispute(status))

    assert isinstance(said, DisputeSaid)
    assert (said.dispute_id, said.status, said.intent_id) == ("du_1", status, "pi_1")
    assert [(e.balance_transaction_id, e.amount_ore) for e in said.movements] == [
        ("txn_1", -125_000)
    ]


@pytest.mark.parametrize("type", sorted(EVENTS))
def test_what_is_somebody_elses_and_what_is_paid_already_comes_to_no_command_of_its_own(
    type: str,
) -> None:
    about = {
        "checkout.session": {**PAID, "metadata": {}},
        "payment_intent": intent("succeeded", metadata={"payment_id": "their-own", "attempt": "1"}),
        "charge": {**CHARGE, "payment_intent": None},
        "refund": {**refund("failed"), "payment_intent": None},
    }
    kind = type.rpartition(".")[0].replace("charge.refund", "refund")
    if kind != "charge.dispute":
        assert told(type, about[kind]) is None


def test_what_is_paid_is_captured_by_whatever_type_it_is_told() -> None:
    """An old word that comes late shows its object as it was; a paid one is paid for good."""
    for type in ("checkout.session.completed", "checkout.session.async_payment_failed"):
        assert told(type, PAID) == capture
    assert told("payment_intent.payment_failed", intent("succeeded")) == capture


def test_another_type_is_of_no_interest() -> None:
    assert told("invoice.paid", {"id": "in_1"}) is None


@pytest.mark.parametrize(
    ("type", "about"),
    [
        ("checkout.session.completed", {**PAID, "amount_total": None}),
        ("checkout.session.completed", {**PAID, "payment_intent": {"id": "pi_1"}}),
        ("checkout.session.completed", {"id": "cs_1", "metadata": OURS}),
        ("payment_intent.succeeded", {"id": "pi_1", "metadata": OURS}),
        ("charge.refunded", {"id": "ch_1"}),
        ("refund.updated", {"id": "re_1", "metadata": {"refund_id": str(REFUND)}}),
        ("charge.dispute.created", {"id": "du_1", "status": "lost"}),
        ("charge.dispute.created", {**dispute("lost"), "balance_transactions": None}),
    ],
)
def test_an_object_that_is_not_of_its_form_is_invalid(type: str, about: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=type):
        told(type, about)
