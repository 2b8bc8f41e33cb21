"""localstripe, a Stripe that others wrote: the same calls to it and to our stand-in.

It listens on every interface and writes one file in /tmp, so there is one at a time, in tests only.
"""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import stripe

from servers.rabbit_node import free_ports
from waiting import until

NOK = {"amount": 125_000, "currency": "nok", "off_session": True, "confirm": True}
CARDS = {
    "good": "4242424242424242",
    "declined": "4000000000000341",
    "authenticated": "4000002500003155",
}


@contextmanager
def localstripe() -> Iterator[str]:
    """Yield the address of one that knows nothing yet."""
    (port,) = free_ports(1)
    program = Path(sys.executable).with_name("localstripe")
    command = [str(program), "--port", str(port), "--from-scratch"]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:
        try:
            until(lambda: _listens(port), 30, "localstripe")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def client(url: str, key: str = "sk_test_12345") -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=0)


def asked(url: str) -> dict[str, str]:
    """Return what each call was answered, in the words that matter to us."""
    replies: dict[str, str] = {}
    v1: Any = client(url).v1

    def ask(name: str, call: Callable[[], Any]) -> Any:
        try:
            made = call()
        except stripe.StripeError as refusal:
            replies[name] = f"{type(refusal).__name__} {refusal.http_status} {refusal.code}"
            return None
        replies[name] = _said(made)
        return made

    key = {"idempotency_key": "one"}
    customer = ask("a customer", lambda: v1.customers.create({"name": "A"}, key))
    again = ask("the same key again", lambda: v1.customers.create({"name": "A"}, key))
    replies["the same key again"] = "the same" if again.id == customer.id else "another"
    ask("changed", lambda: v1.customers.update(customer.id, {"metadata": {"workspace": "w"}}))
    ask("retrieved", lambda: v1.customers.retrieve(customer.id))
    ask("unknown customer", lambda: v1.customers.retrieve("cus_none"))
    ask("customers found", lambda: v1.customers.search({"query": "metadata['workspace']:'w'"}))
    cards = _cards(v1, customer.id)
    ask("card that cannot be saved", lambda: _card(v1, customer.id, "4000000000000002"))
    ask("cards", lambda: v1.payment_methods.list({"customer": customer.id, "type": "card"}))
    for name, card in cards.items():
        about = {**NOK, "customer": customer.id, "payment_method": card}
        ask(f"{name} card", partial(v1.payment_intents.create, about))
    good = {**NOK, "customer": customer.id, "payment_method": cards["good"]}
    paid = v1.payment_intents.create(good)
    ask("payment", lambda: v1.payment_intents.retrieve(paid.id))
    ask("payments of a customer", lambda: v1.payment_intents.list({"customer": customer.id}))
    ask("unknown card", lambda: v1.payment_intents.create({**good, "payment_method": "pm_none"}))
    ask("nothing to pay", lambda: v1.payment_intents.create({**good, "amount": 0}))
    ask("cancelled after it was paid", lambda: v1.payment_intents.cancel(paid.id))
    _refunds(v1, ask, paid.id)
    return replies


def _refunds(v1: Any, ask: Callable[[str, Callable[[], Any]], Any], paid: str) -> None:
    of = {"payment_intent": paid}
    part = ask("part refunded", lambda: v1.refunds.create({**of, "amount": 25_000}))
    ask("refund", lambda: v1.refunds.retrieve(part.id))
    ask("refunds", lambda: v1.refunds.list(of))
    ask("refunded above what is left", lambda: v1.refunds.create({**of, "amount": 125_000}))
    ask("unknown payment refunded", lambda: v1.refunds.create({"payment_intent": "pi_none"}))
    ask("disputes", lambda: v1.disputes.list({}))


def _cards(v1: Any, customer: str) -> dict[str, str]:
    return {name: _card(v1, customer, number).id for name, number in CARDS.items()}


def _card(v1: Any, customer: str, number: str) -> Any:
    about = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    made = v1.payment_methods.create({"type": "card", "card": about})
    return v1.payment_methods.attach(made.id, {"customer": customer})


def _said(made: Any) -> str:
    """Return an object's kind and what we look at in it; a list's length and its objects."""
    if made.object in ("list", "search_result"):
        inside = sorted(_said(each) for each in made.data)
        return f"{len(inside)}: {', '.join(inside)}"
    fields = ("status", "amount", "currency", "name")
    values = {name: getattr(made, name, None) for name in fields}
    if made.object == "customer":
        del values["currency"]  # localstripe's is the euro from the start
        values["metadata"] = dict(made.metadata.to_dict())
    if made.object == "payment_method":
        values["last4"] = made.card.last4
    return " ".join(str(each) for each in (made.object, *values.values()) if each is not None)
