"""The confidential part of each process's environment, from the inventory and the keys."""

import json
from collections.abc import Mapping
from typing import Any

from chassis.settings import Misconfigured
from suitectl.inventory import Inventory


def service(inventory: Inventory, keys: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the variables that only `serve` and `work` of this service may know."""
    app = f"{name}_app"
    made = {
        "DATABASE_URL": inventory.postgres.url(app, keys["roles"][app], name),
        "AMQP_URI": inventory.rabbitmq.url(name, keys["broker"][name]),
        "PUBLIC_KEYS": json.dumps(keys["public_keys"]),
    }
    if name == "auth":
        signing = {"SIGNING_KEY_ID": next(iter(keys["public_keys"]))}
        own = {"SIGNING_KEY": keys["signing_key"], "SECRET_KEY": keys["secret_key"]}
        return made | signing | own
    return made | {"BLOBS_KEY": keys["blobs"][name]}


def owner_url(inventory: Inventory, keys: Mapping[str, Any], name: str) -> str:
    """Return `DATABASE_OWNER_URL` of a service: for its migrations alone."""
    owner = f"{name}_owner"
    return inventory.postgres.url(owner, keys["roles"][owner], name)


def reader_url(inventory: Inventory, keys: Mapping[str, Any], name: str) -> str:
    """Return where a service's reader connects: for people and for `suitectl doctor`."""
    reader = f"{name}_reader"
    return inventory.postgres.url(reader, keys["roles"][reader], name)


def dotenv(inventory: Inventory, keys: Mapping[str, Any]) -> str:
    """Return all of it as compose reads it: billing's `DATABASE_URL` is `BILLING_DATABASE_URL`."""
    made = {"POSTGRES_PASSWORD": keys["superuser"]} if inventory.postgres.generated else {}
    for name in inventory.services:
        own = service(inventory, keys, name) | {
            "DATABASE_OWNER_URL": owner_url(inventory, keys, name),
            "DATABASE_READER_URL": reader_url(inventory, keys, name),
        }
        made |= {f"{name}_{variable}".upper(): written for variable, written in own.items()}
    for name in inventory.calling:
        made[f"{name}_amqp_uri".upper()] = inventory.rabbitmq.url(name, keys["broker"][name])
    return "".join(f"{variable}={_quoted(written)}\n" for variable, written in made.items())


def _quoted(written: str) -> str:
    """Return a literal, which may have lines: nothing in single quotes is expanded."""
    if "'" in written:
        raise Misconfigured("a quote in what the inventory says of the servers")
    return f"'{written}'"
