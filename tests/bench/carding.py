"""Paying by card: webhooks beside a bare door, a Checkout's own time, a receipt beside a line."""

import json
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from bench.stage import Stage
from billing import app as billing
from billing.gateways.stripe import verify
from billing.gateways.stripe_cards import StripeCards
from billing.settings import Settings
from chassis import settings
from integration.stages.billing_shop import STRIPE_SECRET, Billing, billing_shop
from integration.stages.card_buyers import Buyer
from integration.stages.card_sales import about
from integration.stages.card_wire import Wire
from stand_ins.stripe.deliveries import signature
from stand_ins.stripe.stand_in import StandIn

PROCESSES = 2  # a core each
EVENTS = 20  # a process and round
SALES = 10  # a round
FORKING = multiprocessing.get_context("fork")
Target = dict[str, Any]


@contextmanager
def contest(stage: Stage) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield by name what takes a round: webhooks give those in a second, the others seconds."""
    with (
        TemporaryDirectory(prefix="ai-studio-") as folder,
        StandIn() as stripe,
        billing_shop(stage.server, Path(folder), stripe) as shop,
    ):
        yield {
            "webhook": partial(_webhooks, shop, _served),
            "webhook_bare": partial(_webhooks, shop, _bare),
            "checkout": partial(_checkouts, shop),
            "receipt": partial(_receipts, shop),
            "line": partial(_lines, shop),
        }


def _webhooks(shop: Billing, door: Callable[[Billing], Any]) -> float:
    """Return how many events two processes take in a second."""
    wire, buyer = Wire(shop), Buyer(shop)
    before = len(wire.objects("event"))
    for _ in range(PROCESSES * EVENTS):
        _pay(wire, buyer, buyer.want())
    told = [
        each
        for each in wire.objects("event")[before:]
        if each["type"] == "checkout.session.completed"
    ]
    ends, works = [], []
    for nth in range(PROCESSES):
        ours, theirs = FORKING.Pipe()
        args = (shop, door, told[nth::PROCESSES], theirs)
        works.append(FORKING.Process(target=_post, args=args))
        works[-1].start()
        theirs.close()  # so that the end of who failed is heard
        ends.append(ours)
    for ours in ends:
        ours.recv()  # ready
    started = time.perf_counter()
    for ours in ends:
        ours.send("go")
    for ours in ends:
        ours.recv()
    taken_s = time.perf_counter() - started
    for each in works:
        each.join()
    return len(told) / taken_s


def _post(
    shop: Billing, door: Callable[[Billing], Any], told: Sequence[Any], end: Connection
) -> None:
    client, at = Client(door(shop)), int(shop.now.timestamp())
    bodies = [json.dumps(each).encode() for each in told]
    posts = [(body, {"Stripe-Signature": signature(body, STRIPE_SECRET, at)}) for body in bodies]
    end.send("ready")
    end.recv()
    for body, headers in posts:
        answer = client.post("/webhooks/stripe", data=body, headers=headers)
        if answer.status_code != 200:
            raise AssertionError(answer.get_data())
    end.send("done")


def _served(shop: Billing) -> Any:
    given = settings.load(Settings, shop.variables)
    return billing.build(given, lambda service: {"auth": shop.auth}[service], lambda: shop.now).web


def _bare(shop: Billing) -> Any:
    @Request.application
    def answer(request: Request) -> Response:
        signed = request.headers["Stripe-Signature"]
        verify(request.get_data(), signed, STRIPE_SECRET, shop.now)
        return Response("{}", content_type="application/json")

    return answer


def _checkouts(shop: Billing) -> float:
    """Return how long a Checkout takes to begin, without what Stripe takes of it."""
    targets = [(each, each.want()) for each in (Buyer(shop) for _ in range(SALES))]
    with _at_stripe() as spent_s:
        taken_s = _seconds(lambda: [buyer.start(target) for buyer, target in targets])
    return (taken_s - sum(spent_s)) / SALES


@contextmanager
def _at_stripe() -> Iterator[list[float]]:
    """Yield the seconds of each call of Stripe meanwhile."""
    spent_s: list[float] = []
    asked = {name: getattr(StripeCards, name) for name in ("customer", "open_session")}

    def timed(name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return asked[name](*given, **named)
            finally:
                spent_s.append(time.perf_counter() - started)

        return call

    for name in asked:
        setattr(StripeCards, name, timed(name))
    try:
        yield spent_s
    finally:
        for name, method in asked.items():
            setattr(StripeCards, name, method)


def _receipts(shop: Billing) -> float:
    """Return how long it takes to hear of a delivery that a card has paid."""
    buyer, wire = Buyer(shop), Wire(shop)
    paid = [buyer.want() for _ in range(SALES)]
    for each in paid:
        _pay(wire, buyer, each)
    wire.all(random.Random(SALES))
    return _seconds(partial(_deliver, shop, [about(buyer, each) for each in paid])) / SALES


def _lines(shop: Billing) -> float:
    """Return the same of one that goes on an invoice."""
    workspace_id = shop.customer(projects=0)
    wanted = [shop.start(workspace_id) for _ in range(SALES)]
    return _seconds(partial(_deliver, shop, wanted)) / SALES


def _deliver(shop: Billing, works: Sequence[Mapping[str, Any]]) -> None:
    for each in works:
        shop.deliver(dict(each))


def _pay(wire: Wire, buyer: Buyer, target: Target) -> None:
    buyer.start(target)
    buyer.shop.stripe.pay(wire.objects("checkout.session")[-1]["id"])


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
