"""Stripe's own sample of each kind of object, emptied of what was drawn for it.

`samples.json` is a part of https://github.com/stripe/openapi and lies under its MIT licence,
`samples.LICENSE`.
"""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

Object = dict[str, Any]

PREFIXES = {
    "customer": "cus",
    "payment_method": "pm",
    "checkout.session": "cs_test",
    "payment_intent": "pi",
    "charge": "ch",
    "refund": "re",
    "dispute": "du",
    "balance_transaction": "txn",
    "billing_portal.session": "bps",
    "billing_portal.configuration": "bpc",
    "event": "evt",
    "webhook_endpoint": "we",
    "line_item": "li",
}
_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
EMPTY: dict[str, Object] = {  # the samples fill every field that there can be
    "customer": {"discount": None, "shipping": None, "currency": None},
    "payment_method": {
        "metadata": {},
        "billing_details": {
            "address": _ADDRESS,
            **dict.fromkeys(("email", "name", "phone", "tax_id")),
        },
    },
    "checkout.session": {
        **dict.fromkeys(
            ("after_expiration", "collected_information", "consent", "consent_collection")
        ),
        **dict.fromkeys(("currency_conversion", "invoice_creation", "managed_payments")),
        **dict.fromkeys(("payment_method_configuration_details", "permissions", "wallet_options")),
        **dict.fromkeys(("saved_payment_method_options", "shipping_address_collection")),
        **dict.fromkeys(("cancel_url", "customer_details", "payment_intent", "shipping_cost")),
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    },
    "payment_intent": {
        **dict.fromkeys(("automatic_payment_methods", "canceled_at", "last_payment_error")),
        **dict.fromkeys(("managed_payments", "next_action", "processing", "shipping")),
        **dict.fromkeys(("payment_method_configuration_details", "transfer_data")),
    },
    "charge": {
        **dict.fromkeys(("description", "receipt_url", "shipping", "source", "transfer_data")),
    },
    "billing_portal.session": {"flow": None, "livemode": False},
    "billing_portal.configuration": {"livemode": False},
    "line_item": {"price": None},
}
LEFT_OUT = {"charge": ("refunds", "source")}  # not there but where they are asked for


@cache
def _samples() -> dict[str, Object]:
    text = (Path(__file__).parent / "samples.json").read_text("utf-8")
    samples: dict[str, Object] = json.loads(text)
    return samples


def sample(kind: str) -> Object:
    """Return a fresh, emptied object of that kind."""
    made = deepcopy({**_samples()[kind], **EMPTY.get(kind, {})})
    for name in LEFT_OUT.get(kind, ()):
        del made[name]
    return made
