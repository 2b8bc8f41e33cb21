"""fal's webhook: is it fal's own, and which call is it about. Nothing else of it is believed.

What is signed (fal.ai/docs, Webhooks): the request's id, the user's, the time and the SHA-256 of
the body as it came, a line each, by Ed25519.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt import PyJWKSet
from jwt.exceptions import PyJWTError
from werkzeug.datastructures import Headers

from chassis.errors import Invalid, Unauthenticated, Unavailable
from gateways.addresses import Prefix, Refused, parsed
from gateways.fetch import fetch
from gateways.work_folder import scratch

TOLERANCE_S = 300
HEADERS = tuple(f"X-Fal-Webhook-{name}" for name in ("Request-Id", "User-Id", "Timestamp"))
SIGNATURE = "X-Fal-Webhook-Signature"
MAX_ID = 200  # characters; fal's are UUIDs
KEPT_S = 3_600  # fal allows a day; a new key of fal's is known within the hour
MAX_KEYS = 1 << 16  # bytes
PATIENCE_S = 5.0

Keys = Callable[[], Sequence[Ed25519PublicKey]]


def told(body: bytes, headers: Headers, keys: Keys, now: datetime) -> str:
    """Return the id of the request that a webhook, come `now`, is about.

    Raises:
        Unauthenticated: it is not signed by fal, or more than `TOLERANCE_S` seconds off.
        Invalid: it is, and names no request.
        Unavailable: fal's keys cannot be had; fal tells again for two hours.
    """
    request_id, user_id, stamp = (headers.get(name, "") for name in HEADERS)
    written = headers.get(SIGNATURE, "")
    if not re.fullmatch("[0-9A-Fa-f]{128}", written) or not re.fullmatch("[0-9]{1,12}", stamp):
        raise _not_signed()
    if abs(int(stamp) - now.timestamp()) > TOLERANCE_S:
        raise _not_signed()
    digest = hashlib.sha256(body).hexdigest()
    signed = "\n".join((request_id, user_id, stamp, digest)).encode()
    signature = bytes.fromhex(written)
    if not any(_verifies(key, signature, signed) for key in keys()):
        raise _not_signed()
    return _request_id(body)


class PublicKeys:
    """fal's keys, asked for at their address and kept for an hour."""

    def __init__(self, url: str, work: Path) -> None:
        """`work`: a folder for the file while it is read. Nobody is asked yet."""
        self._url, self._work = url, work
        self._keys: tuple[Ed25519PublicKey, ...] = ()
        self._until = 0.0
        self._asking = Lock()

    def __call__(self) -> tuple[Ed25519PublicKey, ...]:
        """Return the keys. Raises `Unavailable`: fal does not give them, or somebody asks now."""
        if time.monotonic() >= self._until:
            if not self._asking.acquire(blocking=False):
                raise _no_keys("they are being asked for")
            try:
                self._keys, self._until = self._fetched(), time.monotonic() + KEPT_S
            finally:
                self._asking.release()
        return self._keys

    def _fetched(self) -> tuple[Ed25519PublicKey, ...]:
        with scratch(self._work) as folder:
            file = folder / "jwks.json"
            try:
                at = parsed(self._url)
                host = Prefix(scheme=at.scheme, host=at.host, port=at.port, path="/")
                fetch(
                    self._url,
                    file,
                    ours=(host,),
                    max_bytes=MAX_KEYS,
                    timeout_s=PATIENCE_S,
                    check=lambda: None,
                )
                found = PyJWKSet.from_json(file.read_text("utf-8")).keys
            except (Refused, PyJWTError, ValueError) as error:
                raise _no_keys(type(error).__name__) from error
        keys = tuple(each.key for each in found if isinstance(each.key, Ed25519PublicKey))
        if not keys:
            raise _no_keys("none is of Ed25519")
        return keys


def _verifies(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _request_id(body: bytes) -> str:
    """Return the id by which the queue knows the call (`gateway_request_id` is a try of its)."""
    try:
        found = json.loads(body)["request_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, str) or not re.fullmatch(rf"[!-~]{{1,{MAX_ID}}}", found):
        raise Invalid("chassis.fal_webhook_unreadable", "this names no request")
    return found


def _not_signed() -> Unauthenticated:
    return Unauthenticated("chassis.fal_signature_invalid", "this is not signed by fal")


def _no_keys(reason: str) -> Unavailable:
    return Unavailable("chassis.fal_keys_unavailable", f"fal's keys cannot be had: {reason}")
