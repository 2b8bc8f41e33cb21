"""`SECRET_KEYS`: what is read again is encrypted under them, and short codes are hashed.

Keys of Fernet, parted by commas. The first one makes, all of them read: so a key is made known
everywhere before it is the first, and goes when nothing is left that it has made.
"""

import hashlib
import hmac
import re
from typing import Annotated

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY = re.compile("[A-Za-z0-9_-]{43}=")


class SecretKeys:
    """The keys of `SECRET_KEYS`, the first one first."""

    def __init__(self, written: str) -> None:
        """Raise `ValueError` for what is no list of Fernet keys."""
        self._keys = tuple(each.strip() for each in written.split(","))
        if not all(map(KEY.fullmatch, self._keys)):
            raise ValueError("no key of Fernet")  # which would take what begins with one
        self._fernet = MultiFernet([Fernet(each) for each in self._keys])

    @property
    def current(self) -> str:
        """The fingerprint of the first key: what is kept of a row's key beside the row."""
        return fingerprint(self._keys[0])

    def sealed(self, text: str) -> str:
        """Return a text as it is kept, under the first key."""
        return self._fernet.encrypt(text.encode()).decode()

    def opened(self, sealed: str) -> str:
        """Return the text that was sealed under one of the keys."""
        return self._fernet.decrypt(sealed).decode()

    def resealed(self, sealed: str) -> str:
        """Return what was sealed under one of the keys, under the first."""
        return self._fernet.rotate(sealed).decode()

    def hashes(self, purpose: str, text: str) -> tuple[str, ...]:
        """Return keyed hashes (HMAC-SHA-256) of a text: under the first key, then the others.

        The first one is kept; one that was kept is looked for among all. Those of one purpose say
        nothing in another.
        """
        return tuple(
            hmac.new(_derived(each, purpose), text.encode(), hashlib.sha256).hexdigest()
            for each in self._keys
        )


def new_key() -> str:
    """Return another key."""
    return Fernet.generate_key().decode()


def fingerprint(key: str) -> str:
    """Return what tells a key from others, and nothing of it."""
    return _derived(key, "fingerprint").hex()[:16]


def _derived(key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())


def _list(written: str) -> None:
    """Take keys of Fernet, parted by commas; the refusal quotes none."""
    try:
        SecretKeys(written)
    except ValueError:
        raise ValueError(
            "is no list of keys, parted by commas: each 32 bytes in base64, URL-safe"
        ) from None


SecretKeyList = Annotated[str, _list]
