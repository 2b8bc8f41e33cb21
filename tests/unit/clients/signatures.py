"""Services, their clients and their contracts, seen by what they declare."""

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from affiliate.service import AffiliateService
from auth.service import AuthService
from billing.service import BillingService
from chassis.asked import Asked
from chassis.door.edge import Method
from clients import Affiliate, Auth, Billing, Media, Video
from clients.client import Client, rpc
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
    return {name: each.method for name, each in vars(facade).items() if hasattr(each, "method")}


def acts(facade: type[Any]) -> dict[str, Any]:
    """Return by a method's name the function that does it."""
    return {name: each.work for name, each in vars(facade).items() if hasattr(each, "method")}


def offered(client: type[Client]) -> dict[str, rpc[Any, Any]]:
    """Return a client's methods by name."""
    found = inspect.getmembers(client, lambda each: isinstance(each, rpc))
    return dict(found)


def contracted(service: str) -> Iterator[type[Asked[Any]]]:
    """Yield the requests that a service's contracts declare; none that others extend."""
    package = import_module(f"contracts.{service}")
    for subject in iter_modules(package.__path__):
        module = import_module(f"contracts.{service}.{subject.name}")
        for each in vars(module).values():
            own = isinstance(each, type) and each.__module__ == module.__name__
            if own and issubclass(each, Asked) and not each.__subclasses__():
                yield each
