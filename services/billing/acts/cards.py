"""Paying by card: refused yet, but to nobody who may not ask."""

from billing.acts import prices
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.unit.calls import Call
from contracts.billing.cards import (
    CardReply,
    ChargeSavedCard,
    CreateBillingPortalSession,
    ListPaymentMethods,
    SetAutoCharge,
    StartCheckout,
)


def pay(door: Door, call: Call, asked: StartCheckout | ChargeSavedCard) -> CardReply:
    """Pay for a target by card. Raises `NotFound` for one whose start nobody requested."""
    door.app.query(lambda db: prices.target(db, door, call, asked.target_kind, asked.target_id))
    raise _not_configured(call)


def manage(door: Door, call: Call, asked: CreateBillingPortalSession | SetAutoCharge) -> CardReply:
    """Change how a workspace pays by card."""
    raise _not_configured(call)


def saved(door: Door, call: Call, asked: ListPaymentMethods) -> Page[CardReply]:
    """Return the saved cards."""
    raise _not_configured(call)


def _not_configured(call: Call) -> Rejected:
    prices.own_workspace(call)
    return Rejected("billing.card_not_configured", "cards are not accepted here")
