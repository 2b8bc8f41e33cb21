"""What Stripe has of our money, against our own streams: a line each, in words that compare."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from billing.domain import dispute, payment, refund
from billing.domain.card import Card
from billing.domain.payment_states import Asked, Forgotten, Payment
from billing.gateways.card_values import Captured, DisputeSaid, RefundSaid
from billing.names import dashboard_refund_id, dispute_id, held_refund_id
from chassis.domain import Decider, value
from chassis.unit import store
from chassis.unit.handling import App
from chassis.unit.store import Stream

PENDING = ("Requested", "Submitted")


@value
class Line:
    """One thing that Stripe has; `ours` None: it is not here."""

    what: str  # payment | refund | dispute
    provider_id: str
    id: UUID | None  # ours
    ours: str | None
    theirs: str
    intent_id: str | None


def payments(app: App, said: Iterable[Captured]) -> list[Line]:
    """Return our captures; what names no payment of ours is somebody else's."""
    mine = [(each, each.payment_id) for each in said if each.payment_id and each.intent_id]
    held = [held_refund_id(id, str(each.intent_id)) for each, id in mine]
    known = _states(app, payment.decider, [id for _, id in mine])
    sent_back = _states(app, refund.decider, held)
    return [
        Line(
            what="payment",
            provider_id=str(each.intent_id),
            id=id,
            ours=_captured(known[id], each, sent_back[refund_id]),
            theirs=f"{each.amount_ore} {each.currency}",
            intent_id=each.intent_id,
        )
        for (each, id), refund_id in zip(mine, held, strict=True)
    ]


def _captured(
    stands: Payment | None, said: Captured, sent_back: refund.Refund | None
) -> str | None:
    card = stands.card if isinstance(stands, Asked | Forgotten) else Card()
    if said.intent_id not in card.intents:
        return None
    if sent_back is not None:
        return f"{sent_back.terms.amount_ore} NOK"
    attempt = card.attempt(said.attempt or 0)
    return f"{attempt.amount_ore} NOK" if attempt else "nothing"


def refunds(app: App, said: Iterable[RefundSaid]) -> list[Line]:
    """Return the refunds; one that is not here may be somebody else's.

    One that failed before anybody heard of it moved nothing, and is none.
    """
    named = [(each, each.refund_id or dashboard_refund_id(each.provider_id)) for each in said]
    known = _states(app, refund.decider, [id for _, id in named])
    return [
        Line(
            what="refund",
            provider_id=each.provider_id,
            id=id,
            ours=_refunded(known[id]),
            theirs=f"{each.amount_ore} {each.currency} {_word(each.status)}",
            intent_id=each.intent_id,
        )
        for each, id in named
        if known[id] is not None or _word(each.status) != "failed"
    ]


def _refunded(stands: refund.Refund | None) -> str | None:
    match stands:
        case None:
            return None
        case refund.Requested() | refund.Submitted():
            word = "pending"
        case refund.Sent():
            word = "succeeded"
        case _:
            word = "failed"
    return f"{stands.terms.amount_ore} NOK {word}"


def _word(status: str) -> str:
    return "failed" if status == "canceled" else status


def disputes(app: App, said: Iterable[DisputeSaid]) -> list[Line]:
    """Return the disputes, with what they have taken by now; as above."""
    named = [(each, dispute_id(each.dispute_id)) for each in said]
    known = _states(app, dispute.decider, [id for _, id in named])
    return [
        Line(
            what="dispute",
            provider_id=each.dispute_id,
            id=id,
            ours=_disputed(known[id]),
            theirs=f"{_taken_ore(each)} {each.currency} {_standing(each)}",
            intent_id=each.intent_id,
        )
        for each, id in named
    ]


def _disputed(stands: dispute.Dispute | None) -> str | None:
    if stands is None:
        return None
    word = stands.ended or ("inquiry" if isinstance(stands, dispute.Inquiry) else "open")
    return f"{stands.funds.withdrawn_ore - stands.funds.reinstated_ore} NOK {word}"


def _taken_ore(said: DisputeSaid) -> int:
    return -sum(each.amount_ore for each in said.movements)


def _standing(said: DisputeSaid) -> str:
    if said.status in ("won", "lost", "prevented", "warning_closed"):
        return said.status
    return "inquiry" if said.status.startswith("warning_") else "open"


def _states(app: App, decider: Decider[Any, Any, Any], ids: Iterable[UUID]) -> Mapping[UUID, Any]:
    streams = [Stream(decider=decider, id=id) for id in dict.fromkeys(ids)]
    app.query(lambda db: store.read(db, app.codec, streams))
    return {each.id: each.state for each in streams}
