"""RabbitMQ's definitions document: virtual host, users, rights, limits, exchanges in one."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from chassis import codec
from chassis.settings import Misconfigured
from suitectl import limits, rights
from suitectl.inventory import Inventory
from suitectl.limits import Limits, OfUser
from suitectl.rights import Listener, Rights

TOPIC = {"type": "topic", "durable": True, "auto_delete": False, "arguments": {}}
KINDS = (
    "vhosts",
    "users",
    "permissions",
    "topic_permissions",
    "policies",
    "parameters",
    "exchanges",
)


def definitions(inventory: Inventory, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document for the suite of `inventory`, with the passwords of `keys`.

    The exchanges are in it, so that nobody who only publishes to one or binds to it needs the
    right to declare it. Queues are not: each consumer declares its own, after an empty broker
    took the old one's place too. Raises `Misconfigured` for limits of a user that there is not.
    """
    vhost = inventory.rabbitmq.vhost
    granted = users(inventory, keys)
    exchanges = (rights.RPC, *map(rights.events, inventory.services))
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            _user(name, keys["broker"][name], limited)
            for name, limited in _limits(inventory, granted).items()
        ],
        "permissions": [
            {
                "user": name,
                "vhost": vhost,
                "configure": each.configure,
                "write": each.write,
                "read": each.read,
            }
            for name, each in granted.items()
        ],
        "topic_permissions": [
            {
                "user": name,
                "vhost": vhost,
                "exchange": on,
                "write": allowed.write,
                "read": allowed.read,
            }
            for name, each in granted.items()
            for on, allowed in each.topics.items()
        ],
        "policies": [{"name": "rpc-expires", "vhost": vhost, "priority": 0, **limits.CALLS}],
        "parameters": [
            {"component": "operator_policy", "name": name, "vhost": vhost, "value": policy}
            for name, policy in limits.OTHERS.items()
        ],
        "exchanges": [{"name": name, "vhost": vhost, **TOPIC} for name in exchanges],
    }


def users(inventory: Inventory, keys: Mapping[str, Any]) -> dict[str, Rights]:
    """Return every broker user with what it may do.

    Raises `Misconfigured` for a consumer noted under a name that it cannot have any more.
    """
    if wrong := [why for name in keys["consumers"] if (why := inventory.why_no_consumer(name))]:
        advice = "take it out of the secrets, delete this broker user, add it under another name"
        raise Misconfigured(f"consumers: {'; '.join(wrong)}; {advice}")
    return {
        **{name: rights.service(name) for name in inventory.services},
        "operator": rights.operator("operator", inventory.services, [*keys["consumers"]]),
        **{name: rights.caller(name) for name in inventory.callers},
        **{name: rights.caller(name, declares=True) for name in inventory.nameko_callers},
        **{
            name: rights.listener(name, codec.load(Listener, noted))
            for name, noted in keys["consumers"].items()
        },
    }


def _limits(inventory: Inventory, users: Iterable[str]) -> dict[str, Limits | OfUser]:
    suites = {
        **dict.fromkeys(inventory.services, limits.SERVICE),
        **dict.fromkeys((*inventory.callers, *inventory.nameko_callers), limits.CALLER),
        "operator": limits.OPERATOR,
    }
    given = {each.user: each for each in inventory.limits}
    if unknown := sorted(given.keys() - set(users)):
        raise Misconfigured(f"limits: no broker user is called {', '.join(unknown)}")
    return {name: given.get(name, suites.get(name, limits.LISTENER)) for name in users}


def parts(document: Mapping[str, Any], vhost: str) -> dict[str, Any]:
    """Return the document's entries of one virtual host and all users, each under what it is."""
    return {
        _title(kind, entry): entry
        for kind in KINDS
        for entry in document.get(kind, ())
        if entry.get("vhost", vhost) == vhost
    }


def _title(kind: str, entry: Mapping[str, Any]) -> str:
    match kind:
        case "permissions":
            return f"permissions of {entry['user']}"
        case "topic_permissions":
            return f"topic permissions of {entry['user']} on {entry['exchange']}"
        case "parameters":
            return f"{entry['component'].replace('_', ' ')} {entry['name']}"
    return f"{kind.removesuffix('s').replace('policie', 'policy')} {entry['name']}"


def _user(name: str, password: str, limited: Limits | OfUser) -> dict[str, Any]:
    """Return a user without tags: no management, and no user id but its own (impersonator)."""
    return {
        "name": name,
        "password_hash": password_hash(name, password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
        "limits": limits.as_rabbitmq_has_them(limited),
    }


def password_hash(user: str, password: str) -> str:
    """Return what RabbitMQ keeps of a password.

    The salt is derived, so that the document is the same each time it is made; passwords are
    random, 256 bits, and need none.
    """
    salt = hashlib.sha256(f"{user}:{password}".encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return the titles of the parts that `found` has not, or not as they are wanted."""
    return [
        title
        for title, entry in wanted.items()
        if any(found.get(title, {}).get(name) != entry[name] for name in entry)
    ]
