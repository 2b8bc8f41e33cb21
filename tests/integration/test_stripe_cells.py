"""Every type of Stripe's events on every state of a payment does what the table says."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from billing.applying import applied, caught_up
from billing.gateways.card_values import DisputeSaid, Intent, Movement, RefundSaid
from billing.gateways.stripe_event import EVENTS
from billing.gateways.stripe_heard import heard
from chassis import ids
from chassis.identity import service_actor
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.store import Recorded, stream_name
from integration.stages.billing_shop import Billing, billing_shop
from servers.postgres import Server
from unit.billing import stripe_samples as samples
from unit.billing.carded import RECEIPT, STATES, WORKSPACE
from unit.billing.invoiced import drafted, issued, part

Cells = Mapping[str, list[str]]  # by state, what happens: nothing in those that are not named

NOBODYS = ("none", "Unasked")
HELD = ["CardPaymentHeld", "RefundRequested"]
CLEARED = ["CardPaymentCaptured", "TargetCleared"]
SOLD = [each for each in STATES if each.startswith(("Advance", "Delivered", "Refunded"))]
NEW_MONEY: Cells = {
    **dict.fromkeys(("Required, tried", "Charging", "CheckoutOpen"), CLEARED),
    **dict.fromkeys(("Required", "ChargeAwaited", "Cleared", "Cleared, tried", "Forgotten"), HELD),
    **dict.fromkeys(SOLD, HELD),
}
AGAIN = ["ClearanceRefused", "TargetAwaited"]  # answered anew: nobody knows that workspace here


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as shop:
        for state in STATES:
            remember(shop, payment_of(state), "payment", STATES[state])
        held = replace(part, amount_ore=125_000, source="card")
        sheet = replace(drafted, kind="receipt")
        remember(shop, RECEIPT, "invoice", [sheet, replace(issued, kind="receipt"), held])
        yield shop


def payment_of(state: str) -> UUID:
    return ids.derive(ids.ROOT, "cells", state)


def remember(shop: Billing, id: UUID, category: str, events: list[Any]) -> None:
    """Let these events have happened, and nothing of them be shown."""
    meta = {"call": str(id), "actor": "service:billing", "correlation": "c", "causation": None}
    name = stream_name(category, id)
    records = [
        Recorded(
            event_id=ids.derive(id, version),
            stream_id=name,
            subject=id,
            version=version,
            event=event,
            meta={**meta, "workspace": str(WORKSPACE)},
            recorded_at=shop.now,
        )
        for version, event in enumerate(events, 1)
    ]
    with shop.parts.app.engine.begin() as connection:
        store.append(connection, [(each, None) for each in records], [], None)


class _Undone(Exception):
    pass


def cell(shop: Billing, work: Any) -> tuple[str, list[str]]:
    """Return what became of it, and the types of what happened; then undo it."""
    seen: list[tuple[str, list[str]]] = []

    def once(unit: Unit) -> None:
        outcome = work(unit)
        seen.append((outcome, [type(each.event).__name__ for each, _ in unit.events]))
        raise _Undone

    app = shop.parts.app
    call = Call(id=uuid4(), at=shop.now, actor=service_actor("billing"), correlation_id="cell")
    with pytest.raises(_Undone):
        app.attempt(call, once)
    return seen[0]


def told(shop: Billing, state: str, type: str, intent_id: str) -> tuple[str, list[str]]:
    """Tell a sample of that type, about the first attempt of a payment."""
    metadata = {"payment_id": str(payment_of(state)), "attempt": "1"}
    about = {**OBJECTS[type], "metadata": metadata}
    about["id" if type.startswith("payment_intent.") else "payment_intent"] = intent_id
    event = samples.event(type, about)
    return cell(shop, lambda unit: applied(unit, heard(event), event.id))


OBJECTS: Mapping[str, dict[str, Any]] = {
    "checkout.session.completed": samples.PAID,
    "checkout.session.async_payment_succeeded": samples.PAID,
    "checkout.session.async_payment_failed": samples.LATER,
    "checkout.session.expired": samples.WAITS,
    "payment_intent.succeeded": samples.intent("succeeded"),
    "payment_intent.payment_failed": samples.NO_CARD,
    "payment_intent.canceled": samples.intent("canceled"),
    "charge.refunded": samples.CHARGE,
    **dict.fromkeys(
        ("charge.refund.updated", "refund.created", "refund.updated", "refund.failed"),
        samples.refund("failed"),
    ),
    **{each: samples.dispute("lost") for each in EVENTS if each.startswith("charge.dispute.")},
}
PAID = [each for each in OBJECTS if "succeeded" in each or each.endswith("completed")]
TABLE: Mapping[str, Cells] = {
    **dict.fromkeys(PAID, NEW_MONEY),
    "checkout.session.async_payment_failed": {"CheckoutOpen": ["CheckoutExpired", *AGAIN]},
    "checkout.session.expired": {"CheckoutOpen": ["CheckoutExpired", *AGAIN]},
    "payment_intent.payment_failed": {"Charging": ["CardPaymentFailed", *AGAIN]},
    "payment_intent.canceled": {"Charging": ["CardPaymentFailed", *AGAIN]},
}


def test_every_type_has_its_cells() -> None:
    assert set(OBJECTS) == EVENTS


@pytest.mark.parametrize("type", sorted(EVENTS))
def test_every_state_answers_an_event_as_the_table_says(shop: Billing, type: str) -> None:
    found = {state: told(shop, state, type, "pi_2") for state in STATES}

    if type in TABLE:
        expected = {
            state: ("unknown", []) if state in NOBODYS else ("applied", TABLE[type].get(state, []))
            for state in STATES
        }
    else:  # it only names an intent
        expected = dict.fromkeys(STATES, ("asked", []))
    assert found == expected


@pytest.mark.parametrize("type", PAID)
def test_money_that_was_taken_in_already_changes_nothing(shop: Billing, type: str) -> None:
    for state in SOLD:
        assert told(shop, state, type, "pi_1") == ("applied", [])


AT = datetime(2026, 3, 4, tzinfo=UTC)
DISPUTE = DisputeSaid(
    dispute_id="du_1",
    status="needs_response",
    reason="fraudulent",
    amount_ore=125_000,
    currency="NOK",
    intent_id="pi_1",
    movements=(
        Movement(balance_transaction_id="txn_1", amount_ore=-125_000, currency="NOK", at=AT),
    ),
    created=AT,
)
BY_HAND = RefundSaid(
    provider_id="re_1",
    status="succeeded",
    failure_reason=None,
    amount_ore=125_000,
    currency="NOK",
    intent_id="pi_1",
    refund_id=None,
    created=AT,
)


def looked_at(shop: Billing, state: str, **found: Any) -> tuple[str, list[str]]:
    """Let Stripe have this of the first attempt's money."""
    intent = Intent(
        intent_id="pi_1",
        status="succeeded",
        amount_ore=125_000,
        currency="NOK",
        payment_id=payment_of(state),
        attempt=1,
        created=AT,
    )
    of_it: dict[str, Any] = {"refunds": (), "disputes": (), **found}
    return cell(shop, lambda unit: caught_up(unit, intent, **of_it))


TAKEN = ["DisputeOpened", "DisputeFundsWithdrawn"]
LOST = [*TAKEN, "InvoicePaymentReversed", "DisputeClosed"]
SEEN: Mapping[str, tuple[Any, Cells, list[str]]] = {  # of what was held: as in the last column
    "open": (
        {"disputes": (DISPUTE,)},
        {state: [*TAKEN, "TargetDisputed"] for state in SOLD},
        TAKEN,
    ),
    "lost": (
        {"disputes": (replace(DISPUTE, status="lost"),)},
        {
            "Advance": [*TAKEN, "AdvanceLost", "DisputeClosed"],
            "Advance, disputed": [*TAKEN, "AdvanceLost", "DisputeClosed"],
            "Advance, due back": [*TAKEN, "AdvanceLost", "DisputeClosed"],
            "Delivered": LOST,
            "Delivered, disputed": LOST,
            "Refunded": [*TAKEN, "DisputeClosed"],
        },
        [*TAKEN, "DisputeClosed"],
    ),
    "by hand": (
        {"refunds": (BY_HAND,)},
        {
            **{
                state: ["AdvanceReturned", "RefundRequested", "RefundSent"]
                for state in SOLD
                if state.startswith("Advance")
            },
            "Delivered": ["InvoicePaymentReversed", "RefundRequested", "RefundSent"],
            "Delivered, disputed": ["InvoicePaymentReversed", "RefundRequested", "RefundSent"],
        },
        [],
    ),
}


@pytest.mark.parametrize("what", SEEN)
def test_every_state_answers_what_stripe_has_as_the_table_says(shop: Billing, what: str) -> None:
    said, cells, of_held = SEEN[what]
    for state in STATES:
        outcome, happened = looked_at(shop, state, **said)
        first = NEW_MONEY.get(state, [])
        if state in NOBODYS:
            assert (outcome, happened) == ("unknown", [])
        elif state in SOLD:
            assert happened == cells.get(state, []), state
        elif first == CLEARED:
            assert happened == [*CLEARED, *cells["Advance"]], state
        else:
            assert happened == [*HELD, *of_held], state
