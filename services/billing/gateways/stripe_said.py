"""What Stripe's objects say, as values. What is not ours has no id of ours, and is no error."""

from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from stripe import BalanceTransaction, CardError, Dispute, PaymentIntent, PaymentMethod, Refund
from stripe import Charge as ChargeObject
from stripe.checkout import Session as SessionObject

from billing.gateways.card_values import (
    Captured,
    Charge,
    DisputeSaid,
    Intent,
    Movement,
    Outcome,
    RefundSaid,
    RefundStatus,
    SavedCard,
    Session,
    SessionStatus,
)

AUTHENTICATION: Outcome = "authentication_required"
STATUSES: tuple[RefundStatus, ...] = get_args(RefundStatus)
SESSION_STATUSES: tuple[SessionStatus, ...] = get_args(SessionStatus)


def session(said: SessionObject) -> Session:
    """Return a Checkout."""
    (status,) = (each for each in SESSION_STATUSES if each == said.status)
    return Session(
        session_id=said.id,
        url=said.url,
        expires_at=_moment(said.expires_at),
        status=status,
        payment_status=said.payment_status,
        intent_id=id_of(said.payment_intent),
        amount_ore=said.amount_total or 0,
    )


def charge(said: PaymentIntent) -> Charge:
    """Return what became of a charge. A payment that nobody will confirm is a declined one."""
    match said.status:
        case "succeeded" | "processing" as outcome:
            return Charge(intent_id=said.id, outcome=outcome)
        case "requires_action":  # as localstripe has it, where Stripe refuses
            return Charge(intent_id=said.id, outcome=AUTHENTICATION, code=AUTHENTICATION)
    return _refused(said.id, getattr(said, "last_payment_error", None), said.status)


def refused_charge(error: CardError) -> Charge:
    """Return the charge that the card's bank did not allow."""
    intent = getattr(error.error, "payment_intent", None)
    return _refused(id_of(intent), error.error, error.code or "card_declined")


def _refused(intent_id: str | None, why: Any, otherwise: str) -> Charge:
    codes = [getattr(why, name, None) for name in ("decline_code", "code")]
    if AUTHENTICATION in codes:
        return Charge(intent_id=intent_id, outcome=AUTHENTICATION, code=AUTHENTICATION)
    code = next(filter(None, codes), otherwise)
    return Charge(intent_id=intent_id, outcome="card_declined", code=code)


def saved_card(said: PaymentMethod) -> SavedCard | None:
    """Return a card; None: it is none."""
    if said.card is None:
        return None
    return SavedCard(
        payment_method_id=said.id,
        brand=said.card.brand,
        last4=said.card.last4,
        exp_month=said.card.exp_month,
        exp_year=said.card.exp_year,
    )


def refund(said: Refund) -> RefundSaid:
    """Return a refund; what waits for the buyer is pending."""
    return RefundSaid(
        provider_id=said.id,
        status=next((each for each in STATUSES if each == said.status), "pending"),
        failure_reason=getattr(said, "failure_reason", None),
        amount_ore=said.amount,
        currency=said.currency.upper(),
        intent_id=id_of(said.payment_intent),
        refund_id=_uuid(said.metadata, "refund_id"),
        created=_moment(said.created),
    )


def intent(said: PaymentIntent) -> Intent:
    """Return a payment."""
    return Intent(
        intent_id=said.id,
        status=said.status,
        amount_ore=getattr(said, "amount_received", 0) or said.amount,
        currency=said.currency.upper(),
        payment_id=_uuid(said.metadata, "payment_id"),
        attempt=_number(said.metadata, "attempt"),
        created=_moment(said.created),
    )


def captured(said: ChargeObject) -> Captured | None:
    """Return the money that a charge took; None: it took none."""
    if said.status != "succeeded" or not said.captured:
        return None
    return Captured(
        intent_id=id_of(said.payment_intent),
        amount_ore=said.amount_captured,
        currency=said.currency.upper(),
        payment_id=_uuid(said.metadata, "payment_id"),
        attempt=_number(said.metadata, "attempt"),
        at=_moment(said.created),
    )


def dispute(said: Dispute) -> DisputeSaid:
    """Return a dispute."""
    return DisputeSaid(
        dispute_id=said.id,
        status=said.status,
        reason=said.reason,
        amount_ore=said.amount,
        currency=said.currency.upper(),
        intent_id=id_of(said.payment_intent),
        movements=tuple(map(_movement, said.balance_transactions)),
        created=_moment(said.created),
    )


def _movement(said: BalanceTransaction) -> Movement:
    return Movement(
        balance_transaction_id=said.id,
        amount_ore=said.amount,
        currency=said.currency.upper(),
        at=_moment(said.created),
    )


def written(metadata: Any, name: str) -> str | None:
    """Return what is written under that name."""
    said = None if metadata is None else metadata.to_dict().get(name)
    return said if isinstance(said, str) else None


def id_of(expandable: Any) -> str | None:
    """Return the id of what Stripe names by its id or as a whole."""
    return expandable if expandable is None or isinstance(expandable, str) else str(expandable.id)


def _uuid(metadata: Any, name: str) -> UUID | None:
    try:
        return UUID(written(metadata, name) or "")
    except ValueError:
        return None


def _number(metadata: Any, name: str) -> int | None:
    said = written(metadata, name) or ""
    return int(said) if said.isdecimal() and said.isascii() and len(said) < 10 else None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
