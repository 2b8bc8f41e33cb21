"""What Stripe says, applied: in the unit that keeps its event, or of the job that asked.

It may be said twice, late, and in any order: each stream knows what it has heard before.
"""

import logging
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from billing.capturing import captured, charge_failed, checkout_ended
from billing.disputing import disputed
from billing.domain import payment
from billing.domain.card import CURRENCY
from billing.domain.payment_states import Asked, Forgotten
from billing.gateways.card_told import Ask, Capture, EndCheckout, FailCharge, Heard, came
from billing.gateways.card_values import DisputeSaid, Intent, RefundSaid
from billing.names import intent_name
from billing.projections.open_cards import of_intent
from billing.refunding import moved
from billing.returning import returned_by_hand
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit

Outcome = Literal["applied", "ignored", "asked", "unknown", "other_currency"]
LOOK = "look_at_intent"

log = logging.getLogger(__name__)


def applied(unit: Unit, said: Heard, event_id: str) -> Outcome:
    """Do what Stripe's event comes to, and return what became of it."""
    match said:
        case Capture():
            return _capture(unit, said)
        case EndCheckout():
            checkout_ended(unit, said.payment_id, said.attempt, said.reason)
            return _known(unit, said.payment_id)
        case FailCharge():
            charge_failed(unit, said.payment_id, said.attempt, said.code)
            return _known(unit, said.payment_id)
        case RefundSaid(refund_id=UUID() as refund_id):
            stands = moved(unit, refund_id, said.status, said.provider_id)
            return "applied" if stands else _unknown("refund", refund_id)
        case DisputeSaid(intent_id=str() as intent_id):
            payment_id = of_intent(unit.connection, intent_id)
            if payment_id is None:
                return _ask(unit, intent_id, event_id)
            disputed(unit, payment_id, said)
            return "applied"
        case Ask(intent_id=intent_id):
            return _ask(unit, intent_id, event_id)
    return "ignored"


def caught_up(
    unit: Unit, intent: Intent, refunds: Sequence[RefundSaid], disputes: Sequence[DisputeSaid]
) -> Outcome:
    """Bring all that is known of an intent up to what Stripe has of it."""
    if intent.payment_id is None or intent.attempt is None:
        return "ignored"
    if not _is_known(unit, intent.payment_id):
        return _unknown("payment", intent.payment_id)
    if (money := came(intent)) is None:
        return "applied"
    outcome = _capture(unit, money)
    if outcome == "applied":
        ours = [(each, each.refund_id) for each in refunds if each.refund_id is not None]
        for said, refund_id in ours:
            if moved(unit, refund_id, said.status, said.provider_id) is None:
                outcome = _unknown("refund", refund_id)
        by_hand = [each for each in refunds if each.refund_id is None]
        if not returned_by_hand(unit, intent.payment_id, intent.intent_id, by_hand):
            outcome = "unknown"
        for each in disputes:
            disputed(unit, intent.payment_id, each)
    return outcome


def _capture(unit: Unit, said: Capture) -> Outcome:
    captured(
        unit,
        said.payment_id,
        said.attempt,
        said.amount_ore,
        said.currency,
        said.intent_id,
    )
    if not _is_known(unit, said.payment_id):
        return "unknown"
    return "applied" if said.currency.lower() == CURRENCY else "other_currency"


def _known(unit: Unit, payment_id: UUID) -> Outcome:
    return "applied" if _is_known(unit, payment_id) else _unknown("payment", payment_id)


def _is_known(unit: Unit, payment_id: UUID) -> bool:
    """Return whether anybody ever asked for what is paid: one that was only delivered, nobody."""
    return isinstance(unit.state(payment.decider, payment_id), Asked | Forgotten)


def _unknown(what: str, id: UUID) -> Outcome:
    log.error("Stripe tells of a %s that is not here", what, extra={what: id})
    return "unknown"


def _ask(unit: Unit, intent_id: str, event_id: str | None) -> Outcome:
    unit.queue(look(intent_id, event_id))
    return "asked"


def look(intent_id: str, event_id: str | None = None, refund_id: UUID | None = None) -> Job:
    """Return the job that asks Stripe about a payment.

    `event_id`: on whose word. `refund_id`: what is to be sent then, if Stripe does not have it.
    """
    args = {
        "intent_id": intent_id,
        "event_id": event_id,
        "refund_id": str(refund_id) if refund_id else None,
    }
    return Job(kind=LOOK, subject=intent_name(intent_id), args=args)
