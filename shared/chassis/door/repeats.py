"""Whether two calls ask for the same: what is compared where an idempotency key comes again."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

from chassis.asked import Asked, sensitive_fields
from chassis.codec import plain

Seal = Callable[[str], str | None]  # what stands for a sensitive text


def digest(request: Asked[Any], secret: str | None) -> str:
    """Return the SHA-256 of all that a request says, but for its key, however it was written.

    What holds its default is as good as unsaid: said out loud it is the same request, and so it is
    to a service that does not know the field yet. What is sensitive counts by its HMAC-SHA-256
    under the service's `secret`: a fast hash of a password would be as good as the password.
    """
    return _hashed(request, partial(_sealed, secret))


def digest_of_open(request: Asked[Any]) -> str:
    """Return the same of what is not sensitive alone."""
    return _hashed(request, lambda text: None)


def _hashed(request: Asked[Any], seal: Seal) -> str:
    said = _said(request, seal)
    said.pop("idempotency_key", None)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _said(value: Any, seal: Seal) -> Any:
    """Return a value as JSON, without what is left at its default."""
    if isinstance(value, tuple):
        return [_said(each, seal) for each in value]
    if not is_dataclass(value):
        return plain(value)
    secret, said = sensitive_fields(type(value)), {}
    for each in fields(value):
        held = getattr(value, each.name)
        if held != each.default:
            hidden = each.name in secret
            said[each.name] = seal(f"{each.name}={held}") if hidden else _said(held, seal)
    return said


def _sealed(secret: str | None, text: str) -> str:
    if not secret:
        raise RuntimeError("a service with sensitive arguments needs a secret to seal them with")
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
