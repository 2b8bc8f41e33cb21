"""One buyer whose replies from Stripe are lost at each call that makes something, by chance."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from chassis.errors import Rejected, Unavailable
from integration.stages.billing_shop import Billing
from integration.stages.card_buyers import GROSS_ORE, Buyer
from stand_ins.stripe.faults import Fault

SESSIONS, INTENTS = "POST /v1/checkout/sessions", "POST /v1/payment_intents"
CUSTOMERS, PORTALS = "POST /v1/customers", "POST /v1/billing_portal/sessions"
FAULTS: tuple[Fault, ...] = ("reply_lost", "kept_500", "kept_500_done", "rate_limited")
A_SECOND, A_DAY_AND_AN_HOUR = 1, 25 * 3600


def made_once(shop: Billing, seed: int) -> tuple[list[str], list[str]]:
    """Open a Checkout, the portal, and charge a card; return what was lost, and what is wrong.

    Who asks asks again a second later, or when Stripe has forgotten its keys.
    """
    chance, buyer = random.Random(seed), Buyer(shop)
    shop.stripe.lag_search(chance.choice([0, 60]))
    lose = partial(_lose, shop, chance)
    way, found = [], dict[str, Any]()
    checkout, key = buyer.want(), str(uuid4())
    way += [lose(each, partial(buyer.start, checkout, key)) for each in (CUSTOMERS, SESSIONS)]
    started = buyer.start(checkout, key)
    sessions = buyer.at_stripe("checkout.session", "open")
    found["open"] = [(each["url"], each["amount_total"]) for each in sessions]

    buyer.save()
    way.append(lose(PORTALS, partial(_portal, buyer, key)))
    found["portal"] = _portal(buyer, key).startswith(shop.stripe.url)

    target, key = buyer.want(), str(uuid4())
    way.append(lose(INTENTS, partial(buyer.charge, target, key)))
    found["beside it"] = _refusal(partial(buyer.charge, target))
    replies = [buyer.charge(target, key) for _ in range(2)]
    shop.stripe.unset()
    charges = buyer.at_stripe("payment_intent", "succeeded")
    found |= {
        "replies": [each["clearance"] for each in replies],
        "charges": [each["amount_received"] for each in charges],
        "customers": len(buyer.at_stripe("customer")),
        "stands": type(buyer.stands(target)).__name__,
        "waits": waiting(shop, target),
    }
    wanted = {
        "open": [(started["url"], GROSS_ORE)],
        "portal": True,
        "beside it": "billing.charge_running",
        "replies": ["cleared", "cleared"],
        "charges": [GROSS_ORE],
        "customers": 1,
        "stands": "Advance",
        "waits": [],
    }
    return way, [f"{name}: {found[name]}" for name in wanted if found[name] != wanted[name]]


def _portal(buyer: Buyer, key: str) -> str:
    asked = {"idempotency_key": key}
    url: str = buyer.owner.call("create_billing_portal_session", **asked)["url"]
    return url


def _lose(shop: Billing, chance: random.Random, call: str, work: Callable[[], object]) -> str:
    """Let one call's reply be lost, or be none, and a second or more than a day go by."""
    fault = chance.choice(FAULTS)
    shop.stripe.switch(fault, on=call)
    try:
        work()
    except Unavailable:
        waited = chance.choice([A_SECOND, A_DAY_AND_AN_HOUR])
        shop.pass_seconds(waited)
        return f"{call} {fault}, again after {waited} s"
    raise AssertionError(f"{call} was answered in spite of {fault}")


def _refusal(work: Callable[[], object]) -> str | None:
    try:
        work()
    except Rejected as refusal:
        return refusal.code
    return None


def waiting(shop: Billing, target: dict[str, Any]) -> list[str]:
    """Return the jobs that are still to look after charges."""
    query = "select subject from jobs where kind = 'charge' and state = 'waiting'"
    return [each["subject"] for each in shop.rows(query)]
