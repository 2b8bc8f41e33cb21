"""Paying by a saved card: noted, asked of Stripe, and what came of it."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from billing.acts.cards import Payable, configured, payable
from billing.buying import facts_of, quote
from billing.charging import ask, begin, ended, newest, running
from billing.domain import payment
from billing.domain.card import Attempt
from billing.domain.payment_states import Asked, Charging, Forgotten, Payment, Sold
from billing.gateways.card_port import Cards
from billing.gateways.card_values import Charge
from billing.names import payment_id
from chassis import codec, ids
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.store import stream_name
from contracts.billing.cards import CardCharged, ChargeSavedCard


def charge(door: Door, call: Call, asked: ChargeSavedCard) -> CardCharged:
    """Pay by a saved card; the same call again is the same charge, however far it came.

    Raises `NotFound` for a target whose start nobody requested, `Rejected` with why it is not to
    be paid by card now: `billing.charge_running` while Stripe is at it.
    """
    stored = door.app.attempt(call, Unit.stored_reply)
    if stored is not None:
        return codec.read_reply(CardCharged, stored)
    id, charge_id = payment_id(asked.target_kind, asked.target_id), ids.derive(call.id, "charge")
    found = door.app.attempt(call, partial(_begun, id, charge_id))
    cards = configured(door)
    if found is not None:
        _begin(door, call, cards, found, charge_id, asked.payment_method_id)
    said = _ask(door, call, cards, id, charge_id)
    call = replace(call, expected_version=None)  # it was this charge's first step that had one
    return door.app.unit(call, partial(_end, id, charge_id, said), CardCharged)


def _begun(id: UUID, charge_id: UUID, unit: Unit) -> Payable | None:
    """Return what is to be paid; None: this call has begun to. Raises why it may not be."""
    stands: Payment | None = unit.state(payment.decider, id)
    if isinstance(stands, Asked | Forgotten) and stands.card.charge(charge_id):
        return None
    found, _ = payable(unit, id)
    return found


def _begin(
    door: Door, call: Call, cards: Cards, found: Payable, charge_id: UUID, card: str | None
) -> None:
    facts = facts_of(door.tools.peers, found.stands.workspace_id)
    wanted = quote(found.price, facts, call.at)
    chosen = newest(cards, found.customer_id, card)
    own = replace(call, id=charge_id, method=None, step="charge")
    door.app.attempt(own, lambda unit: begin(unit, found.id, charge_id, wanted, chosen))


def _ask(door: Door, call: Call, cards: Cards, id: UUID, charge_id: UUID) -> Charge | None:
    """Return what Stripe made of this call's charge; None: it is over, and what came is noted."""
    stands, customer_id = door.app.attempt(
        replace(call, expected_version=None), lambda unit: running(unit, id)
    )
    if not isinstance(stands, Charging) or stands.charge_id != charge_id or customer_id is None:
        return None
    return ask(cards, id, stands, customer_id)


def _end(id: UUID, charge_id: UUID, said: Charge | None, unit: Unit) -> CardCharged:
    attempt = _attempt(unit, id, charge_id)
    if said is not None:
        ended(unit, id, attempt, said)
        attempt = _attempt(unit, id, charge_id)
    stands: Payment = unit.state(payment.decider, id)
    if isinstance(stands, Charging) and stands.charge_id == charge_id:
        raise Rejected("billing.charge_running", "the bank is still at it", retryable=True)
    return CardCharged(
        id=id,
        version=unit.streams[stream_name(payment.decider.name, id)].version,
        clearance="cleared" if isinstance(stands, Sold) else "payment_required",
        reason=None if isinstance(stands, Sold) else attempt.failed,
    )


def _attempt(unit: Unit, id: UUID, charge_id: UUID) -> Attempt:
    stands: Asked | Forgotten = unit.state(payment.decider, id)
    found = stands.card.charge(charge_id)
    if found is None:
        raise AssertionError(f"{charge_id} was begun, and is not known")
    return found
