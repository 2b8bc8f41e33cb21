"""The confidential part of each process's environment, from the inventory and the keys."""

import json
from collections.abc import Mapping
from typing import Any

from chassis.settings import Misconfigured
from suitectl.inventory import Inventory


def service(inventory: Inventory, keys: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the variables that only `serve` and `work` of this service may know."""
    made = {
        "SUITE": keys["suite"],
        "DATABASE_URL": database_url(inventory, keys, name, "app"),
        "AMQP_URI": broker_url(inventory, keys, name),
        "PUBLIC_KEYS": json.dumps(keys["public_keys"]),
    }
    if name == "auth":
        signing = {"SIGNING_KEY_ID": next(iter(keys["public_keys"]))}
        own = {"SIGNING_KEY": keys["signing_key"], "SECRET_KEY": keys["secret_key"]}
        made |= signing | own | {"SECRET_KEYS": secret_keys(keys)}
    return made | {"BLOBS_KEY": keys["blobs"][name]}


def secret_keys(keys: Mapping[str, Any]) -> str:
    """Return what encrypts, the first, and what reads besides: a key that will be the first too."""
    following = [keys["next_secret_key"]] if "next_secret_key" in keys else []
    return ",".join([*keys["secret_keys"], *following])


def owner_url(inventory: Inventory, keys: Mapping[str, Any], name: str) -> str:
    """Return `DATABASE_OWNER_URL` of a service: for its migrations alone."""
    return database_url(inventory, keys, name, "owner")


def database_url(inventory: Inventory, keys: Mapping[str, Any], name: str, kind: str) -> str:
    """Return where a service's `owner`, `app` or `reader` connects."""
    role = f"{name}_{kind}"
    return inventory.postgres.url(inventory.named(role), keys["roles"][role], inventory.named(name))


def broker_url(inventory: Inventory, keys: Mapping[str, Any], user: str) -> str:
    """Return where a broker user connects, a service, a caller or a consumer."""
    return inventory.rabbitmq.url(inventory.named(user), keys["broker"][user])


def dotenv(inventory: Inventory, keys: Mapping[str, Any]) -> str:
    """Return all of it as compose reads it: billing's `DATABASE_URL` is `BILLING_DATABASE_URL`."""
    made = {"POSTGRES_PASSWORD": keys["superuser"]} if inventory.postgres.generated else {}
    for name in inventory.services:
        own = service(inventory, keys, name) | {
            "DATABASE_OWNER_URL": owner_url(inventory, keys, name),
            "DATABASE_READER_URL": database_url(inventory, keys, name, "reader"),
        }
        made |= {f"{name}_{variable}".upper(): written for variable, written in own.items()}
    for name in inventory.calling:
        made[f"{name}_amqp_uri".upper()] = broker_url(inventory, keys, name)
    return "".join(f"{variable}={_quoted(written)}\n" for variable, written in made.items())


def _quoted(written: str) -> str:
    """Return a literal, which may have lines: nothing in single quotes is expanded."""
    if "'" in written:
        raise Misconfigured("a quote in what the inventory says of the servers")
    return f"'{written}'"
