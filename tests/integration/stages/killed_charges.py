"""One sale by a saved card, as chance has it: killed as it is charged, and as it is delivered."""

import random
import time
from typing import Any
from uuid import UUID, uuid4

from billing import app as billing
from billing.settings import Settings
from chassis import settings
from chassis.hearing.inbox import Consumer
from chassis.unit.envelope import Heard
from integration.stages.billing_shop import Billing
from integration.stages.card_buyers import GROSS_ORE, Buyer
from integration.stages.card_kills import ASKED, FORKING, NOTED, Death, die
from integration.stages.card_sales import Sales, about

SOON_S = 0.05  # so long after it was begun a delivery is heard, or in the middle


def charged(sales: Sales, seed: int) -> tuple[list[str], list[str]]:
    """Sell something to a new buyer; return what happened on the way, and what is wrong at last."""
    chance, buyer = random.Random(seed), Buyer(sales.shop)
    buyer.save()
    by_itself = chance.random() < 0.5
    if by_itself:
        buyer.owner.call("set_auto_charge", enabled=True)
    target = buyer.want()
    deaths = chance.choice([[NOTED], [ASKED], [NOTED, ASKED], [ASKED, ASKED]])
    if by_itself:
        for each in deaths:
            die(sales.shop.variables, sales.shop.now, [Death(after=each, asked=None)])
            sales.shop.worker("charge_due").release()
            sales.hurry()
    else:
        asked = {**target, "idempotency_key": str(uuid4())}
        token = str(buyer.owner.caller.auth_token)
        for each in deaths:
            died = Death(after=each, asked=asked, token=token)
            die(sales.shop.variables, sales.shop.now, [died])
        buyer.charge(target, asked["idempotency_key"])
    sales.work()
    if chance.random() < 0.7:
        sales.tell()
    killed = _delivered(sales.shop, _done(sales, buyer, target), chance)
    sales.tell()
    sales.work()

    way = ["by itself" if by_itself else "by hand", *deaths, f"{killed} died as it was delivered"]
    paid = buyer.at_stripe("payment_intent", "succeeded")
    query = "select * from card_payment where workspace_id = %s"
    documents = "select state, kind from invoice where workspace_id = %s"
    found = {
        "at Stripe": [each["amount_received"] for each in paid],
        "here": [e["amount_ore"] for e in sales.rows(query, buyer.workspace_id)],
        "documents": sales.rows(documents, buyer.workspace_id),
    }
    wanted = {
        "at Stripe": [GROSS_ORE],
        "here": [GROSS_ORE],
        "documents": [{"state": "Paid", "kind": "receipt"}],
    }
    return way, [f"{name}: {found[name]}" for name in wanted if found[name] != wanted[name]]


def _done(sales: Sales, buyer: Buyer, target: dict[str, Any]) -> Heard:
    done = {"completed_at": sales.shop.now, "completed_count": 2, "failed_count": 0}
    told = {**about(buyer, target), **done, "project_id": UUID(target["target_id"])}
    return sales.shop.heard("media", "project_completed", told)


def _delivered(shop: Billing, heard: Heard, chance: random.Random) -> int:
    """Let a delivery be heard, by processes that die at it; return how many did."""
    processes = chance.randint(1, 3)
    for _ in range(processes):
        process = FORKING.Process(target=_hear, args=(shop, heard))
        process.start()
        time.sleep(chance.uniform(0, 10 * SOON_S))
        process.kill()
        process.join()
    assert shop.consumers["media"].accept([heard])
    return processes


def _hear(shop: Billing, heard: Heard) -> None:
    given = settings.load(Settings, shop.variables)
    parts = billing.build(given, lambda service: {"auth": shop.auth}[service], lambda: shop.now)
    Consumer(parts.app, "media", parts.sources()["media"]).accept([heard])
    time.sleep(10 * SOON_S)
