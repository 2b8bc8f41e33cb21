"""Whether an object has what the official library's class of it says that it has."""

from types import NoneType
from typing import Any, ForwardRef, Literal, NotRequired, Union, get_args, get_origin

import stripe
from stripe import StripeObject

OF: dict[str, type[StripeObject]] = {
    "balance_transaction": stripe.BalanceTransaction,
    "billing_portal.configuration": stripe.billing_portal.Configuration,
    "billing_portal.session": stripe.billing_portal.Session,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "refund": stripe.Refund,
    "webhook_endpoint": stripe.WebhookEndpoint,
}
PLAIN = (str, int, bool, float)


def flaws(body: dict[str, Any]) -> list[str]:
    """Return what an object of the API lacks or has otherwise, by path."""
    return list(_within(body, OF[body["object"]], body["object"]))


def _within(body: dict[str, Any], typed: type[StripeObject], where: str) -> list[str]:
    found = []
    for name, said in typed.__annotations__.items():
        kinds = _kinds(said)
        if name in body:
            found += _wrong(body[name], kinds, f"{where}.{name}")
        elif kinds and NoneType not in kinds and name != "OBJECT_NAME":
            found.append(f"{where}.{name} is missing")
    return found


def _kinds(said: Any) -> tuple[Any, ...]:
    """Return what a field may be; nothing where it need not be there."""
    if get_origin(said) is NotRequired:
        return ()
    return get_args(said) if get_origin(said) is Union else (said,)


def _wrong(value: Any, kinds: tuple[Any, ...], where: str) -> list[str]:
    if not kinds:
        return []
    if value is None:
        return [] if NoneType in kinds else [f"{where} is null"]
    if isinstance(value, dict):
        inner = [
            kind for kind in kinds if isinstance(kind, type) and issubclass(kind, StripeObject)
        ]
        return _within(value, inner[0], where) if inner else []
    names = [kind for kind in kinds if kind in PLAIN or get_origin(kind) is Literal]
    refs = [kind for kind in kinds if isinstance(kind, ForwardRef | str)]
    if not names or refs:
        return []
    right = any(
        value in get_args(kind) if get_origin(kind) is Literal else type(value) is kind
        for kind in names
    )
    return [] if right else [f"{where} is {value!r}"]
