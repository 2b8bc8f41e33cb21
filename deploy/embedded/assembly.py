"""How the embedded suite configures its services: every mode is named here."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from chassis import settings
from chassis.errors import Invalid
from chassis.running.parts import Parts, Peers
from contracts import SERVICES
from embedded import cards
from suitectl.environment import secret_keys

APP = "https://ai-studio.example"  # the web application: fictive, as the seller is
COMPANY = {
    "SELLER_NAME": "AI Studio Demo AS",
    "SELLER_ORGANIZATION_NUMBER": "123456785",
    "SELLER_ADDRESS": "Eksempelveien 1\n0001 Oslo",
}
SELLER = COMPANY | {
    "SELLER_VAT_REGISTERED": "true",
    "SELLER_IN_FORETAKSREGISTERET": "true",
    "SELLER_ACCOUNT": "12345678903",
    "SELLER_IBAN": "NO7112345678903",
    "SELLER_BIC": "DEMONOKK",
}
FOLDERS = {"BLOBS_FOLDER", "EINVOICE_FOLDER", "MAIL_FOLDER", "WORK_FOLDER"}


def environment(
    service: str, data_dir: Path, keys: Mapping[str, Any], urls: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment variables of a service, but for its database.

    `urls`: of each service's public door, and of the stand-in for Stripe if cards are taken.
    """
    common = {"PUBLIC_KEYS": json.dumps(keys["public_keys"]), "ENV": "embedded"}
    blobs = {
        "PUBLIC_URL": urls[service],
        "BLOBS": "folder",
        "BLOBS_FOLDER": str(data_dir / "blobs" / service),
        "BLOBS_KEY": keys["blobs"][service],
        "BLOBS_ORIGINS": APP,
    }
    mail = {  # one mailbox for all who send
        "MAIL": "folder",
        "MAIL_FOLDER": str(data_dir / "mail"),
        "MAIL_SENDER": "no-reply@ai-studio.example",
    }
    work = {"WORK_FOLDER": str(data_dir / "work" / service)}
    match service:
        case "auth":
            own = {
                "SIGNING_KEY_ID": next(iter(keys["public_keys"])),
                "SIGNING_KEY": keys["signing_key"],
                "SECRET_KEY": keys["secret_key"],
                "SECRET_KEYS": secret_keys(keys),
                "APP_URL": APP,
            }
            return common | blobs | mail | work | own
        case "media":
            return common | blobs | work | {"ENGINE": "local"}
        case "video":
            sources = {"SOURCES": f"{urls['media']} {urls['auth']}"}
            # six tracks are composed in half a minute: who wants them says MUSIC=shipped
            return common | blobs | work | sources | {"ENGINE": "local", "MUSIC": "own"}
        case "billing":
            einvoice = {"EINVOICE": "folder", "EINVOICE_FOLDER": str(data_dir / "einvoice")}
            at_stripe = cards.variables(urls["stripe"], APP) if "stripe" in urls else {}
            own = SELLER | einvoice | at_stripe | {"INVOICE_GATEWAY": "local"}
            return common | blobs | mail | own
    return common | blobs | mail | COMPANY


def require_service(name: str) -> None:
    """Raise `Invalid("suite.no_such_service")` for what is no service of the suite."""
    if name not in SERVICES:
        known = ", ".join(SERVICES)
        raise Invalid("suite.no_such_service", f"no service is called {name!r}; there are {known}")


def make_folders(variables: Mapping[str, str]) -> None:
    """Make the folders that these variables name: a process of its own takes only what is there."""
    for name in FOLDERS & variables.keys():
        Path(variables[name]).mkdir(mode=0o700, parents=True, exist_ok=True)


def build(
    service: str,
    variables: Mapping[str, str],
    peers: Peers,
    clock: Callable[[], datetime],
    committed: Callable[[], None],
) -> Parts:
    """Return a service built from these variables, as its own process builds it."""
    kind = import_module(f"{service}.settings").Settings
    given = settings.load(kind, variables)
    parts: Parts = import_module(f"{service}.app").build(given, peers, clock, committed)
    return parts
