"""What settings of keys may be: a set of public keys, a signing key, and the two together."""

import json
from collections.abc import Callable
from functools import partial
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm

from chassis.door.tokens import AccessTokens, TokenIssuer

FORM = "PEM of Ed25519"


def public_set(written: str) -> None:
    """Take a JSON object of one key or more, key id -> PEM of an Ed25519 public key."""
    try:
        keys = json.loads(written)
    except ValueError:
        keys = None
    if not isinstance(keys, dict):
        raise ValueError("is no JSON object, key id -> PEM of a public key")
    if not keys:
        raise ValueError("holds no key: nobody could be believed")
    for key_id, pem in keys.items():
        _must_be_read(partial(AccessTokens, {key_id: pem}), f"{key_id!r} is no public key: {FORM}")


def signing(pem: str) -> None:
    """Take the PEM of an Ed25519 private key."""
    _must_be_read(partial(TokenIssuer, "", pem), f"is no private key: {FORM}")


def believed(pem: str, key_id: str, public_keys: str) -> None:
    """Take a signing key whose signatures these public keys verify, under this key id."""
    known = AccessTokens.from_json(public_keys).keys
    if key_id not in known:
        raise ValueError(
            f"signs as {key_id!r}, which PUBLIC_KEYS does not name: nobody believes it"
        )
    if TokenIssuer(key_id, pem).key.public_key() != known[key_id]:
        raise ValueError(f"is not the private key of {key_id!r} in PUBLIC_KEYS: nobody believes it")


def _must_be_read(reading: Callable[[], object], refusal: str) -> None:
    try:
        reading()
    except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        raise ValueError(refusal) from None


PublicKeys = Annotated[str, public_set]  # JSON: key id -> PEM, the current and the next
SigningKey = Annotated[str, signing]
