"""The suite's passwords and keys: made once, kept in one JSON file (0600), never printed.

The file is the only source: what compose reads (`.env`) and what PostgreSQL and RabbitMQ are told
are derived from it.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from auth.secret_keys import new_key
from chassis import ids
from chassis.door.tokens import new_key_pair
from chassis.settings import Misconfigured
from suitectl.change import Change
from suitectl.whole_file import write_whole

ROLES = ("owner", "app", "reader")  # migrates; works; only looks

Keys = dict[str, Any]


def read(path: Path) -> Keys:
    """Return what the file holds; nothing if there is none.

    Raises `Misconfigured` for one that cannot be read, or is not what we write.
    """
    try:
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path}: {error}") from None  # which quotes nothing of it
    if not isinstance(known, dict):
        raise Misconfigured(f"{path}: these are no secrets of a suite")
    return known


def completed(known: Mapping[str, Any], services: Collection[str], users: Collection[str]) -> Keys:
    """Return the keys with what these services, broker users and noted consumers still lack.

    `suite` (the installation's identity, which is no secret), `signing_key`, `public_keys` (key id
    -> PEM), `secret_key` and `secret_keys` (auth's own), `blobs` (service -> key), `superuser` and
    `roles` (PostgreSQL's passwords), `broker` (user of RabbitMQ -> password), `consumers` (other
    teams' broker users and what they may hear).
    """
    private, public = new_key_pair()
    pair = {"signing_key": private, "public_keys": {"1": public}}
    roles = [f"{service}_{role}" for service in services for role in ROLES]
    consumers = known.get("consumers", {})
    return {
        **(pair if "signing_key" not in known else {}),
        "suite": str(ids.fresh()),
        "secret_key": ids.token(),
        "secret_keys": [new_key()],
        "superuser": ids.token(),
        **known,
        "blobs": _tokens(services) | known.get("blobs", {}),
        "roles": _tokens(roles) | known.get("roles", {}),
        "broker": _tokens([*users, *consumers]) | known.get("broker", {}),
        "consumers": consumers,
    }


def changes(path: Path, known: Keys, whole: Keys) -> Iterator[Change]:
    """Yield the writing of the file, if it is not `whole` or others could read it."""
    there, wanted = dict(_entries(known)), dict(_entries(whole))
    differ = [name for name in {**wanted, **there} if there.get(name) != wanted.get(name)]
    if differ:
        write = partial(write_whole, path, json.dumps(whole, indent=1))
        yield Change(what=f"secrets {path}: {', '.join(differ)}", make=write)
    elif path.stat().st_mode & 0o077:
        yield Change(what=f"secrets {path}: readable by others", make=partial(path.chmod, 0o600))


def _tokens(names: Collection[str]) -> dict[str, str]:
    return {name: ids.token() for name in names}


def _entries(keys: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for group, held in keys.items():
        inner = held.items() if isinstance(held, dict) else [("", held)]
        yield from ((f"{group}.{name}".rstrip("."), entry) for name, entry in inner)
