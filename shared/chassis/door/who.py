"""What the log says of who calls: ids, and of a stranger's address a keyed hash."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.identity import Actor


def new_key() -> bytes:
    """Return a key of 256 random bits: hashes made with it are comparable while it is kept."""
    return secrets.token_bytes(32)


def named(actor: Actor) -> Mapping[str, object]:
    """Return the ids of who calls; where an admin acts as somebody, `actor` names both."""
    return {
        "actor": actor,
        "workspace_id": actor.workspace_id,
        "session_id": actor.session_id,
        "impersonation": actor.impersonation,
    }


def pseudonyms(request: Any, fields: Iterable[str], key: bytes) -> Mapping[str, str]:
    """Return keyed hashes of these fields of a request: equal for equal texts, and no way back.

    Without a key whoever has the log could try addresses until one fits.
    """
    texts = {name: getattr(request, name) for name in fields}
    return {
        f"{name}_hash": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
        for name, text in texts.items()
        if text is not None
    }
