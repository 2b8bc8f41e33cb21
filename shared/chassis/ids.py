"""Where ids and the time come from: the only place that asks the clock or chance."""

import secrets
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

ROOT = UUID("5c8f0cf1-6a3c-5d0e-9b1f-3f3b6c0d9a52")  # parent of names that have no other


def derive(parent: UUID, *names: object) -> UUID:
    """Return the id that `names` has below `parent` (uuid5): a repeat names the same thing."""
    return uuid5(parent, "/".join(str(name) for name in names))


def fresh() -> UUID:
    """Return a new random id, for a call that brought neither key nor correlation id."""
    return uuid4()


def token() -> str:
    """Return a secret of 256 random bits, URL-safe; only its hash may be stored."""
    return secrets.token_urlsafe(32)


def code() -> str:
    """Return six random digits: a secret for minutes and few tries."""
    return f"{secrets.randbelow(10**6):06}"


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)
