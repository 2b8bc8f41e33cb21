"""RabbitMQ's definitions document: virtual host, users, rights, limits, exchanges in one."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chassis import codec
from chassis.settings import Misconfigured
from suitectl import limits, rights
from suitectl.inventory import Inventory
from suitectl.limits import Limits, OfUser
from suitectl.rights import Listener, Rights

HASHING, SALT = "rabbit_password_hashing_sha256", 4  # bytes
PASSWORD, OF = ("password_hash", "hashing_algorithm"), "password of "
TOPIC = {"type": "topic", "durable": True, "auto_delete": False, "arguments": {}}
KINDS = (
    "vhosts",
    "users",
    "permissions",
    "topic_permissions",
    "policies",
    "parameters",
    "global_parameters",
    "exchanges",
)


def definitions(inventory: Inventory, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document for the suite of `inventory`, with the passwords of `keys`.

    The exchanges are in it, so that nobody who only publishes to one or binds to it needs the
    right to declare it. Queues are not: each consumer declares its own, after an empty broker
    took the old one's place too. Raises `Misconfigured` for limits of a user that there is not.
    """
    vhost, named = inventory.rabbitmq.vhost, inventory.named
    granted = users(inventory, keys)
    told = (name(each) for each in inventory.services for name in (rights.told, rights.events))
    exchanges = (rights.RPC, *told)
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            _user(named(name), keys["broker"][name], limited)
            for name, limited in _limits(inventory, granted).items()
        ],
        "permissions": [
            {
                "user": named(name),
                "vhost": vhost,
                "configure": each.configure,
                "write": each.write,
                "read": each.read,
            }
            for name, each in granted.items()
        ],
        "topic_permissions": [
            {
                "user": named(name),
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
        "global_parameters": [{"name": mark(vhost), "value": keys["suite"]}],
        "exchanges": [{"name": name, "vhost": vhost, **TOPIC} for name in exchanges],
    }


def mark(vhost: str) -> str:
    """Return the name of the global parameter that says whose a virtual host is."""
    return f"suite_of_{vhost}"


def users(inventory: Inventory, keys: Mapping[str, Any]) -> dict[str, Rights]:
    """Return every broker user, by its name without the prefix, with what it may do.

    Raises `Misconfigured` for a consumer noted under a name that it cannot have any more.
    """
    if wrong := [why for name in keys["consumers"] if (why := inventory.why_no_consumer(name))]:
        advice = "take it out of the secrets, delete this broker user, add it under another name"
        raise Misconfigured(f"consumers: {'; '.join(wrong)}; {advice}")
    named = inventory.named
    return {
        **{name: rights.service(name, named(name)) for name in inventory.services},
        "operator": rights.operator(named("operator"), inventory.services, [*keys["consumers"]]),
        **{name: rights.caller(named(name)) for name in inventory.callers},
        **{name: rights.caller(named(name), declares=True) for name in inventory.nameko_callers},
        **{
            name: rights.listener(name, codec.load(Listener, noted), named(name))
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
        title: part
        for kind in KINDS
        for entry in document.get(kind, ())
        if entry.get("vhost", vhost) == vhost
        for title, part in _parts(kind, entry)
    }


def _parts(kind: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield an entry; a user's password apart, for that is another thing to change."""
    title = _title(kind, entry)
    if kind == "users":
        yield title, {name: entry[name] for name in entry if name not in PASSWORD}
        yield f"{OF}{title}", {name: entry[name] for name in PASSWORD}
    else:
        yield title, entry


def _title(kind: str, entry: Mapping[str, Any]) -> str:
    match kind:
        case "permissions":
            return f"permissions of {entry['user']}"
        case "topic_permissions":
            return f"topic permissions of {entry['user']} on {entry['exchange']}"
        case "parameters":
            return f"{entry['component'].replace('_', ' ')} {entry['name']}"
    return (
        f"{kind.removesuffix('s').replace('policie', 'policy').replace('_', ' ')} {entry['name']}"
    )


def _user(name: str, password: str, limited: Limits | OfUser) -> dict[str, Any]:
    """Return a user without tags: no management, and no user id but its own (impersonator)."""
    return {
        "name": name,
        "password_hash": password_hash(name, password),
        "hashing_algorithm": HASHING,
        "tags": [],
        "limits": limits.as_rabbitmq_has_them(limited),
    }


def password_hash(user: str, password: str) -> str:
    """Return what RabbitMQ keeps of a password.

    The salt is derived, so that the document is the same each time it is made; passwords are
    random, 256 bits, and need none.
    """
    salt = hashlib.sha256(f"{user}:{password}".encode()).digest()[:SALT]
    return base64.b64encode(_salted(salt, password)).decode()


def takes(user: Mapping[str, Any], password: str) -> bool:
    """Return whether a broker lets in with a password, by what it exports of a user."""
    kept = base64.b64decode(user["password_hash"])
    return user["hashing_algorithm"] == HASHING and kept == _salted(kept[:SALT], password)


def _salted(salt: bytes, password: str) -> bytes:
    return salt + hashlib.sha256(salt + password.encode()).digest()


def differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return the titles of the parts that `found` has not, or not as they are wanted.

    A user that there is not has no password either, of which nothing is said then.
    """
    return [
        title
        for title, entry in wanted.items()
        if title.removeprefix(OF) in found or not title.startswith(OF)
        if any(found.get(title, {}).get(name) != entry[name] for name in entry)
    ]
