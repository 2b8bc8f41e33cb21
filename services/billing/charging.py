"""A saved card is charged in three steps: noted, asked of Stripe, and what came of it.

A process may die between any two of them. Whoever goes on, the call's repeat or the job that looks
after a minute, asks Stripe under the same key, after a look whether the charge is there.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from billing import kept_cards
from billing.buying import Quote
from billing.capturing import captured, charge_failed
from billing.domain import payment, wallet
from billing.domain.card import CURRENCY, Attempt
from billing.domain.payment_messages import StartCharge
from billing.domain.payment_states import Charging, Payment
from billing.domain.target import NAMES
from billing.gateways.card_port import Cards
from billing.gateways.card_values import Charge, NewCharge
from chassis.errors import Rejected
from chassis.unit.deciding import Unit

log = logging.getLogger(__name__)


def newest(cards: Cards, customer_id: str | None, wanted: str | None = None) -> str:
    """Return the card that a customer saved last, or the one that is wanted, if it is theirs.

    Raises `Rejected("billing.no_saved_card")`, and what `Cards` raises.
    """
    saved = cards.saved_cards(customer_id) if customer_id else ()
    for each in saved:
        if wanted in (None, each.payment_method_id):
            return each.payment_method_id
    raise Rejected("billing.no_saved_card", "pay by card once: that saves it")


def begin(
    unit: Unit, payment_id: UUID, charge_id: UUID, quote: Quote, payment_method_id: str
) -> None:
    """Note that a charge begins and who pays, so that no end of it is lost; once a charge."""
    before: Payment = unit.state(payment.decider, payment_id)
    command = StartCharge(
        charge_id=charge_id,
        price=quote.price,
        vat_rate_bp=quote.vat_rate_bp,
        amount_ore=quote.amount_ore,
        payment_method_id=payment_method_id,
    )
    if unit.decide(payment.decider, payment_id, command).state is not before:
        unit.execute(kept_cards.keep_payer(payment_id, quote.buyer, unit.call.at))


def running(unit: Unit, payment_id: UUID) -> tuple[Payment | None, str | None]:
    """Return how a payment stands, and which customer at Stripe it is of."""
    stands: Payment | None = unit.state(payment.decider, payment_id)
    owner: wallet.Wallet | None = None
    if stands is not None:
        owner = unit.state(wallet.decider, stands.workspace_id)
    return stands, owner.stripe_customer_id if owner else None


def ask(cards: Cards, payment_id: UUID, stands: Charging, customer_id: str) -> Charge:
    """Charge the card, once an attempt. What Stripe refuses to do at all took nothing either.

    Stripe is looked at first, by whoever has just begun too: after a restore of the database the
    number of an attempt is given again.
    """
    attempt = stands.attempt
    new = NewCharge(
        payment_id=payment_id,
        attempt=attempt.number,
        customer_id=customer_id,
        payment_method_id=stands.payment_method_id,
        amount_ore=attempt.amount_ore,
        description=NAMES["nb" if attempt.vat_rate_bp else "en"][stands.order.target.kind],
    )
    try:
        return cards.charge(new, again=True)
    except Rejected as refusal:
        about = {"payment_id": payment_id, "why": refusal.details}
        log.error("a charge that Stripe does not try", extra=about)
        return Charge(intent_id=None, outcome="card_declined", code=refusal.code)


def ended(unit: Unit, payment_id: UUID, attempt: Attempt, charge: Charge) -> None:
    """Note what came of a charge; one that Stripe is still at goes on."""
    if charge.outcome == "succeeded" and charge.intent_id:
        number, amount_ore = attempt.number, attempt.amount_ore
        captured(unit, payment_id, number, amount_ore, CURRENCY, charge.intent_id)
    elif charge.outcome != "processing":
        charge_failed(unit, payment_id, attempt.number, charge.outcome)


def said(charge: Charge) -> Mapping[str, Any]:
    """Return what came of a charge as a job's result."""
    return {"outcome": charge.outcome, "intent_id": charge.intent_id, "code": charge.code}
