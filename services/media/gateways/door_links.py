"""Links to media's own door, whichever store there is: an archive to take home, an original to see.

Their keys are those of the store's links: the first one signs, each verifies.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import Forbidden

from chassis.domain import value
from gateways.port import LINK, Link

DOWNLOADS, ORIGINALS = "/downloads", "/originals"
SIGNED = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}


@value
class Wanted:
    """What an archive holds, in that order, and under which name it is saved."""

    project_id: UUID
    version_ids: tuple[UUID, ...]
    label: bool
    file_name: str


class DoorLinks:
    """Makes these links and takes them apart."""

    def __init__(
        self, public_url: str, keys: tuple[str, ...], clock: Callable[[], datetime]
    ) -> None:
        """`public_url` is where the door is reached."""
        self._public_url, self._keys, self._clock = public_url, keys, clock
        self._signer = URLSafeSerializer(keys[::-1], "download", signer_kwargs=SIGNED)

    def download(self, wanted: Wanted) -> Link:
        """Return a link to an archive, for 15 minutes."""
        expires_at = self._clock() + LINK
        claims = {
            "project": wanted.project_id.hex,
            "versions": [each.hex for each in wanted.version_ids],
            "label": wanted.label,
            "name": wanted.file_name,
            "exp": int(expires_at.timestamp()),
        }
        token = self._signer.dumps(claims)
        text = token if isinstance(token, str) else token.decode()
        return Link(url=f"{self._public_url}{DOWNLOADS}/{text}", expires_at=expires_at)

    def wanted(self, token: str) -> Wanted:
        """Return what a link is for. Raises `Forbidden` for one that is not ours, or is over."""
        try:
            claims: dict[str, Any] = self._signer.loads(token)
        except BadData:
            raise Forbidden("this link is not one of ours") from None
        if claims["exp"] <= self._clock().timestamp():
            raise Forbidden("this link has expired")
        return Wanted(
            project_id=UUID(claims["project"]),
            version_ids=tuple(UUID(each) for each in claims["versions"]),
            label=claims["label"],
            file_name=claims["name"],
        )

    def token(self, image_id: UUID, publication: int) -> str:
        """Return the token of a photograph's so-and-so-many'th publication, 1 for the first."""
        return _token(self._keys[0], image_id, publication)

    def known_token(self, image_id: UUID, publication: int, token_sha256: str) -> str | None:
        """Return the token of that hash, whichever key made it; None where that one has gone."""
        tokens = (_token(key, image_id, publication) for key in self._keys)
        return next((each for each in tokens if sha256_of(each) == token_sha256), None)

    def original(self, token: str) -> str:
        """Return the address at which everybody sees an original, until it is revoked."""
        return f"{self._public_url}{ORIGINALS}/{token}"


def _token(key: str, image_id: UUID, publication: int) -> str:
    said = f"published original {image_id} {publication}".encode()
    return urlsafe_b64encode(hmac.digest(key.encode(), said, "sha256")).decode().rstrip("=")


def is_token(written: str) -> bool:
    """Return whether that may be the token of a publication: nobody is asked about what is none."""
    return re.fullmatch("[A-Za-z0-9_-]{43}", written) is not None


def sha256_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
