"""Paying by card at a page of Stripe's, and the cards that such a payment saves."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from billing.acts import prices
from billing.buying import Quote, facts_of, quote
from billing.charging import newest
from billing.clearing import terms
from billing.domain import payment, wallet, wallet_messages
from billing.domain.payment_messages import TakeCard
from billing.domain.payment_states import Asked, CheckoutOpen, Payment
from billing.domain.pricing import Price
from billing.gateways.card_port import Cards
from billing.gateways.card_values import NewSession
from billing.names import payment_id
from billing.sessions import note, note_paid, started
from chassis import ids
from chassis.asked import Page
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Conflict, Rejected
from chassis.unit import store
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit, not_found
from contracts.billing.cards import (
    AutoChargeSet,
    CheckoutStarted,
    CreateBillingPortalSession,
    ListPaymentMethods,
    PaymentMethod,
    PortalOpened,
    SetAutoCharge,
    StartCheckout,
)

# Stripe lets one be open for 24 hours at most, and its clock is not ours
OPEN_FOR = timedelta(hours=24) - timedelta(minutes=5)


@value
class Payable:
    """A payment that a card may pay now."""

    id: UUID
    stands: Asked
    price: Price
    customer_id: str | None  # at Stripe


def start_checkout(door: Door, call: Call, asked: StartCheckout) -> CheckoutStarted:
    """Begin to pay for a target; a Checkout that is open is answered again.

    Nothing is noted of one until it is there: one whose reply was lost is found again, as is its
    customer, by whoever tries once more. Raises `NotFound` for a target whose start nobody
    requested, `Rejected` with why it is not to be paid by card now.
    """
    id = payment_id(asked.target_kind, asked.target_id)
    found = door.app.attempt(call, partial(_open_already, id))
    cards = configured(door)
    if isinstance(found, CheckoutStarted):
        return found
    facts = facts_of(door.tools.peers, found.stands.workspace_id)
    wanted = quote(found.price, facts, call.at)
    customer_id = found.customer_id or cards.customer(
        facts.workspace_id, wanted.buyer["legal_name"], facts.invoice_email, again=True
    )
    new = _session(door, call, found, wanted, customer_id)
    session = cards.open_session(new, again=True)
    if session.intent_id is not None and session.payment_status != "unpaid":
        door.app.attempt(call, partial(note_paid, new, session, wanted))
        raise Conflict("chassis.busy", "it was paid already: look at it again")
    return door.app.unit(call, partial(note, new, session, wanted), CheckoutStarted)


def _open_already(id: UUID, unit: Unit) -> CheckoutStarted | Payable:
    """Return the Checkout that is open, or what one is to be opened for."""
    found, decided = payable(unit, id)
    if isinstance(found.stands, CheckoutOpen) and unit.call.at < found.stands.expires_at:
        return started(unit, decided)
    return found


def payable(unit: Unit, id: UUID) -> tuple[Payable, Decided]:
    """Return a payment that a card may pay now. Raises why it may not."""
    stands: Payment | None = unit.state(payment.decider, id)
    if not isinstance(stands, Asked) or not unit.call.actor.sees(stands.workspace_id):
        raise not_found(unit.app.service.name, payment.decider)
    now = terms(unit, stands.workspace_id, stands.order.target.kind)
    decided = unit.may(payment.decider, id, TakeCard(price=now.price, refusal=now.refusal))
    owner: wallet.Wallet | None = unit.state(wallet.decider, stands.workspace_id)
    customer_id = owner.stripe_customer_id if owner else None
    return Payable(id=id, stands=stands, price=now.price, customer_id=customer_id), decided


def configured(door: Door) -> Cards:
    """Return the card gateway. Raises `Rejected("billing.card_not_configured")`."""
    cards: Cards | None = door.tools.cards
    if cards is None:
        raise Rejected("billing.card_not_configured", "cards are not accepted here")
    return cards


def _session(door: Door, call: Call, found: Payable, wanted: Quote, customer_id: str) -> NewSession:
    target = found.stands.order.target
    return NewSession(
        payment_id=found.id,
        attempt=found.stands.card.next,
        customer_id=customer_id,
        amount_ore=wanted.amount_ore,
        description=wanted.description(target.kind),
        target_kind=target.kind,
        target_id=target.id,
        expires_at=call.at + OPEN_FOR,
        return_url=door.tools.return_url,
        locale=wanted.locale,
    )


def portal(door: Door, call: Call, asked: CreateBillingPortalSession) -> PortalOpened:
    """Open the page on which cards are managed; whoever never paid by card has none."""
    workspace_id, cards = prices.own_workspace(call), configured(door)
    customer_id = _customer(door, workspace_id)
    if customer_id is None:
        raise Rejected("billing.no_saved_card", "pay by card once: that saves it")
    key = ids.derive(workspace_id, "portal", asked.idempotency_key or call.id)
    return PortalOpened(url=cards.portal(customer_id, door.tools.return_url, str(key)))


def set_auto_charge(door: Door, call: Call, asked: SetAutoCharge) -> AutoChargeSet:
    """Say whether a saved card pays without being asked; without one nothing can."""
    workspace_id, cards = prices.own_workspace(call), configured(door)
    customer_id = _customer(door, workspace_id)
    if asked.enabled:
        newest(cards, customer_id)
    return door.app.unit(call, partial(_set, workspace_id, asked.enabled), AutoChargeSet)


def _set(workspace_id: UUID, enabled: bool, unit: Unit) -> AutoChargeSet:
    if unit.state(wallet.decider, workspace_id) is None:  # off, as it always was
        return AutoChargeSet(id=workspace_id, version=0)
    command = wallet_messages.SetAutoCharge(enabled=enabled, has_card=enabled)
    written = unit.decide(wallet.decider, workspace_id, command).written
    return AutoChargeSet(id=written.id, version=written.version)


def saved(door: Door, call: Call, asked: ListPaymentMethods) -> Page[PaymentMethod]:
    """Return the saved cards, the one that was saved last first."""
    workspace_id, cards = prices.own_workspace(call), configured(door)
    customer_id = _customer(door, workspace_id)
    found = cards.saved_cards(customer_id) if customer_id else ()
    items = tuple(
        PaymentMethod(
            payment_method_id=each.payment_method_id,
            brand=each.brand,
            last4=each.last4,
            exp_month=each.exp_month,
            exp_year=each.exp_year,
        )
        for each in found
    )
    return Page(items=items, next_cursor=None)


def _customer(door: Door, workspace_id: UUID) -> str | None:
    """Return a workspace's customer at Stripe; None: it never paid by card."""
    codec = door.app.codec
    found = door.app.query(lambda db: store.found(db, codec, wallet.decider, workspace_id))
    owner: wallet.Wallet | None = found.state
    return owner.stripe_customer_id if owner else None
