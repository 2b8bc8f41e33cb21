"""Services and their clients, seen by their signatures."""

import inspect
from collections.abc import Mapping
from typing import Any, Union, get_args

from affiliate.service import AffiliateService
from auth.service import AuthService
from billing.service import BillingService
from chassis.door.edge import Method
from clients import Affiliate, Auth, Billing, Media, Video
from clients.auth import Unchanged
from clients.client import Client
from media.service import MediaService
from video.service import VideoService

PAIRS: Mapping[str, tuple[type[Any], type[Client]]] = {
    "auth": (AuthService, Auth),
    "media": (MediaService, Media),
    "video": (VideoService, Video),
    "billing": (BillingService, Billing),
    "affiliate": (AffiliateService, Affiliate),
}


def served(facade: type[Any]) -> dict[str, Method]:
    """Return a service's methods by name."""
    return {
        name: each.method for name, each in inspect.getmembers(facade) if hasattr(each, "method")
    }


def offered(client: type[Client]) -> dict[str, inspect.Signature]:
    """Return a client's methods by name."""
    found = inspect.getmembers(client, inspect.isfunction)
    return {name: inspect.signature(each) for name, each in found if not name.startswith("_")}


def sent(hint: Any) -> Any:
    """Return a parameter's type without the mark for what stays as it is."""
    if Unchanged not in get_args(hint):
        return hint
    left = tuple(each for each in get_args(hint) if each is not Unchanged)
    return Union[left] if len(left) > 1 else left[0]  # noqa: UP007 (made at run time)
