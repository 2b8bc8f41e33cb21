"""Cards on this machine: they are paid at a stand-in for Stripe, and nothing is charged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from billing.gateways.stripe_event import EVENTS
from billing.webhooks import PATH
from stand_ins.stripe.server import MARK

# They guard nothing: the stand-in obeys whoever is on this machine.
KEY = "rk_test_of_the_stand_in"
SECRET = "whsec_of_the_stand_in"  # noqa: S105
ANSWER_S = 30


def variables(stripe_url: str, app_url: str) -> dict[str, str]:
    """Return what makes billing take cards at the stand-in."""
    return {
        "STRIPE_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_LIVEMODE": "false",
        "STRIPE_API_BASE": stripe_url,
        "CHECKOUT_RETURN_URL": f"{app_url}/paid",
    }


def hearer(billing_url: str) -> dict[str, Any]:
    """Return who is to hear of what happens at the stand-in: the arguments of its `listen`."""
    return {"url": f"{billing_url}{PATH}", "secret": SECRET, "types": sorted(EVENTS)}


def folder(data_dir: Path) -> Path:
    """Return where the stand-in remembers."""
    return data_dir / "stripe"


def turn(stripe_url: str, switch: str, **arguments: Any) -> Any:
    """Turn a switch of the stand-in and return what it replies.

    Raises `ValueError` for what it refuses, and where something else than a stand-in answers.
    """
    url = f"{stripe_url}/_stand_in/{switch}"
    answer = requests.post(url, json=arguments, timeout=ANSWER_S)
    if not is_marked(answer.headers):
        raise ValueError(f"{stripe_url} is no stand-in")
    if not answer.ok:
        raise ValueError(answer.json()["error"]["message"])
    return answer.json()


def untold(deliveries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say how much the stand-in still has to tell; nothing where all was taken or is held."""
    left = sum(not each["held"] for each in deliveries)
    return [f"the stand-in for Stripe has events to tell: {left}"] if left else []


def is_marked(headers: Mapping[str, str]) -> bool:
    """Return whether a reply says that it is a stand-in's."""
    return all(headers.get(name) == said for name, said in MARK.items())
