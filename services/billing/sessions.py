"""A Checkout session, noted in the payment that it would pay."""

from billing import kept_cards
from billing.applying import look
from billing.buying import Quote
from billing.capturing import checkout_ended
from billing.domain import payment, wallet, wallet_messages
from billing.domain.payment_messages import OpenCheckout
from billing.domain.payment_states import Asked, CheckoutOpen, Payment, Required
from billing.gateways.card_values import NewSession, Session
from chassis.errors import Conflict
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from contracts.billing.cards import CheckoutStarted

CURRENCY = "NOK"


def note(new: NewSession, session: Session, wanted: Quote, unit: Unit) -> CheckoutStarted:
    """Note the session that was opened; where a rival noted one first, that is the one."""
    before: Asked = unit.state(payment.decider, new.payment_id)
    is_open = isinstance(before, CheckoutOpen) and new.attempt <= before.attempt.number
    if not is_open and (session.url is None or new.attempt != before.card.next):
        raise Conflict("chassis.busy", "it was paid for, or tried otherwise, just now")
    decided = _open(new, session, wanted, unit)
    if session.url is not None and decided.state is not before:
        place = (new.payment_id, new.attempt, session.url, session.expires_at)
        unit.execute(kept_cards.keep_checkout(*place))
    return started(unit, decided)


def note_paid(new: NewSession, session: Session, wanted: Quote, unit: Unit) -> None:
    """Note a session that was paid and is not known here, and let its money be looked at.

    The database was restored to before it was opened. Where its money was held since, the
    attempt is over.
    """
    before: Payment | None = unit.state(payment.decider, new.payment_id)
    if isinstance(before, Required | CheckoutOpen) and new.attempt == before.card.next:
        _open(new, session, wanted, unit)
        if session.intent_id in before.card.intents:
            checkout_ended(unit, new.payment_id, new.attempt, "expired")
    unit.queue(look(str(session.intent_id)))


def _open(new: NewSession, session: Session, wanted: Quote, unit: Unit) -> Decided:
    """Note a session, and who is about to pay it, once."""
    before: Asked = unit.state(payment.decider, new.payment_id)
    command = OpenCheckout(
        attempt=new.attempt,
        session_id=session.session_id,
        price=wanted.price,
        vat_rate_bp=wanted.vat_rate_bp,
        amount_ore=new.amount_ore,
        expires_at=session.expires_at,
    )
    decided = unit.decide(payment.decider, new.payment_id, command)
    if decided.state is not before:
        whose = decided.state.workspace_id
        unit.execute(kept_cards.keep_payer(new.payment_id, wanted.buyer, unit.call.at))
        made = wallet_messages.MakeCustomer(workspace_id=whose, stripe_customer_id=new.customer_id)
        unit.decide(wallet.decider, whose, made)
    return decided


def started(unit: Unit, decided: Decided) -> CheckoutStarted:
    """Return where a payment is paid. Raises `Conflict` where it was already."""
    place, stands = kept_cards.checkout_of(unit.connection, decided.id), decided.state
    if place is None:
        raise Conflict("chassis.busy", "it was paid, and its money is looked at")
    return CheckoutStarted(
        id=decided.id,
        version=decided.version,
        url=place.url,
        expires_at=stands.expires_at,
        amount_ore=stands.attempt.amount_ore,
        currency=CURRENCY,
    )
