"""Password hashes: argon2id; the seed's bcrypt hashes verify once more and are then replaced."""

import hashlib

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

# OWASP's minimum for argon2id: 19 MiB, two passes, one lane
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
BCRYPT_BYTES = 72  # of a password: bcrypt has never looked at more
_NOBODYS = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, its parameters in it."""
    return _HASHER.hash(password)


def hashed_for(address: str, password: str) -> str:
    """Return the hash of a password that claims an address: always the same for the two.

    So one hash says whether it is any claim's, be there none or many. The account gets another.
    """
    salt = hashlib.sha256(f"claim {address}".encode()).digest()[: _HASHER.salt_len]
    return _HASHER.hash(password, salt=salt)


def matches(kept: str | None, password: str) -> bool:
    """Return whether the password is the one behind `kept`.

    For an unknown account (None) as much work is done as for a known one.
    """
    try:
        if kept is not None and kept.startswith(("$2a$", "$2b$", "$2y$")):
            return bcrypt.checkpw(password.encode()[:BCRYPT_BYTES], kept.encode())
        return _HASHER.verify(kept or _NOBODYS, password) and kept is not None
    except (VerificationError, ValueError):  # the latter: no hash at all
        return False


def outdated(kept: str) -> bool:
    """Return whether a hash that matched should be replaced by a stronger one."""
    return not kept.startswith("$argon2id$") or _HASHER.check_needs_rehash(kept)
