"""Fetching pictures from media's public door, and from nowhere else."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from chassis.errors import Rejected, Unavailable

MAX_BYTES = 50 * 1024 * 1024
TIMEOUT_S = 30
CHUNK = 1 << 16


def fetch(
    url: str, to: Path, *, door: str, sha256: str, size: int, check: Callable[[], None]
) -> None:
    """Write what `url` gives to the file `to`; `check` raises where the work was cancelled.

    Raises:
        Rejected: the address does not lie under `door`, the picture is larger than 50 MB, or the
            bytes are not the ones announced by `sha256` and `size`.
        Unavailable: no answer, another than 200, or not whole within 30 seconds.
    """
    if not url.startswith(f"{door.rstrip('/')}/"):
        raise Rejected("video.source_elsewhere", "pictures come from media alone")
    if size > MAX_BYTES:
        raise Rejected("video.source_too_large", "a picture has at most 50 MB")
    try:
        with requests.Session() as session:
            session.trust_env = False  # neither a proxy nor a password of this machine's user
            session.headers["Accept-Encoding"] = "identity"  # the bytes as they were hashed
            with session.get(
                url, stream=True, timeout=TIMEOUT_S, allow_redirects=False
            ) as response:
                if response.status_code != 200:
                    raise Unavailable(
                        "video.source_unavailable", f"media answered {response.status_code}"
                    )
                digest, length = _write(response, to, size, check)
    except (requests.RequestException, HTTPError) as error:
        raise Unavailable("video.source_unavailable", type(error).__name__) from None
    if length < size:
        raise Unavailable("video.source_unavailable", "media broke off")
    if (digest, length) != (sha256, size):
        raise Rejected("video.source_changed", "these are not the bytes that media announced")


def _write(
    response: requests.Response, to: Path, most: int, check: Callable[[], None]
) -> tuple[str, int]:
    """Write the body, as far as `most` and a chunk; return its SHA-256 and its length."""
    deadline = time.monotonic() + TIMEOUT_S
    digest, length = hashlib.sha256(), 0
    with to.open("wb") as sink:
        # as much as has come, or a trickle would keep us past the deadline
        while chunk := response.raw.read1(CHUNK):
            check()
            if time.monotonic() > deadline:
                raise Unavailable("video.source_unavailable", "media is too slow")
            digest.update(chunk)
            length += sink.write(chunk)
            if length > most:
                break
    return digest.hexdigest(), length
