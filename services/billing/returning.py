"""Refunds that somebody made in Stripe's dashboard: money that went back without being asked here.

Nobody wrote a credit note: the claim of a sales document is open again, and a person credits it.
Amounts are øre.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from billing.clearing import back
from billing.domain import (
    invoice,
    invoice_messages,
    payment,
    payment_messages,
    refund,
    refund_messages,
)
from billing.domain.invoice_states import Numbered, WrittenOff
from billing.domain.payment_states import Advance, Delivered
from billing.gateways.card_values import RefundSaid
from billing.kept_cards import forget_payer
from billing.names import advance_refund_id, dashboard_refund_id
from billing.projections import open_cards
from billing.refunding import moved
from chassis.unit.deciding import Unit

DASHBOARD = "dashboard"
GOING = ("pending", "succeeded")

log = logging.getLogger(__name__)


def returned_by_hand(
    unit: Unit, payment_id: UUID, intent_id: str, refunds: Sequence[RefundSaid]
) -> bool:
    """Record what went back of one intent's money by hand, each refund once; return if all is.

    What was not sold, or is on no document any more, has no account that it could be taken from:
    nothing is written of it, the log and the comparison with Stripe name it.
    """
    new: list[RefundSaid] = []
    for said in refunds:
        id = _known_as(unit, payment_id, intent_id, said)
        if id is not None:
            moved(unit, id, said.status, said.provider_id)
        elif said.status in GOING:
            new.append(said)
    sold = unit.state(payment.decider, payment_id)
    match sold:
        case Advance() if new and sold.capture.payment_intent_id == intent_id:
            _of_advance(unit, payment_id, sold, new)
            return True
        case Delivered() if sold.capture.payment_intent_id == intent_id:
            return all([_of_receipt(unit, payment_id, sold, each) for each in new])
    return all([_is_nobodys(each) for each in new])


def _known_as(unit: Unit, payment_id: UUID, intent_id: str, said: RefundSaid) -> UUID | None:
    """Return which refund it is: one that was recorded, or was promised and sent by hand instead.

    A person may send what a job did not: it goes back once, whoever sent it.
    """
    id = dashboard_refund_id(said.provider_id)
    if unit.state(refund.decider, id) is not None:
        return id
    if known := open_cards.refund_named(unit.connection, payment_id, said.provider_id):
        return known
    if said.status not in GOING:
        return None
    of = (payment_id, intent_id, said.amount_ore)
    promised = open_cards.promised(unit.connection, *of)
    if promised and isinstance(unit.state(refund.decider, promised), refund.Requested):
        return promised
    return None


def _of_advance(unit: Unit, id: UUID, sold: Advance, refunds: Sequence[RefundSaid]) -> None:
    """Give all of an advance back of which a part went back."""
    note = payment_messages.NoteReturn(refund_id=dashboard_refund_id(refunds[0].provider_id))
    unit.decide(payment.decider, id, note)
    unit.execute(forget_payer(id))
    for said in refunds:
        _sent(unit, back(sold, id, said.amount_ore, DASHBOARD), said)
    if rest_ore := sold.capture.amount_ore - sum(each.amount_ore for each in refunds):
        rest_id = advance_refund_id(id, sold.capture.attempt.number)
        unit.decide(refund.decider, rest_id, back(sold, id, rest_ore, DASHBOARD))


def _of_receipt(unit: Unit, id: UUID, sold: Delivered, said: RefundSaid) -> bool:
    held: Numbered = unit.state(invoice.decider, sold.invoice_id)
    if isinstance(held, WrittenOff) or said.amount_ore > held.money.paid_ore:
        return _is_nobodys(said)
    gone = invoice_messages.LosePayment(
        amount_ore=said.amount_ore,
        source="card",
        external_id=said.provider_id,
        reason="refunded",
    )
    unit.decide(invoice.decider, sold.invoice_id, gone)
    _sent(unit, back(sold, id, said.amount_ore, DASHBOARD), said)
    return True


def _sent(unit: Unit, asked: refund_messages.RequestRefund, said: RefundSaid) -> None:
    id = dashboard_refund_id(said.provider_id)
    unit.decide(refund.decider, id, asked)
    moved(unit, id, said.status, said.provider_id)


def _is_nobodys(said: RefundSaid) -> bool:
    told = {"refund": said.provider_id, "amount_ore": said.amount_ore}
    log.error("a refund made at Stripe is of nothing that is held", extra=told)
    return False
