"""Files behind links, for the report."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

CONNECT_S, READ_S = 5, 60
CHUNK = 1 << 20  # bytes


def fetch(link: Mapping[str, Any], to: Path, sha256: str | None = None) -> None:
    """Write to a file what a link (`url`) leads to.

    Raises `requests`' errors where it cannot be fetched, and `ValueError` where it has not the
    digest that was announced.
    """
    digest = hashlib.sha256()
    with requests.get(link["url"], timeout=(CONNECT_S, READ_S), stream=True) as answer:
        answer.raise_for_status()
        with to.open("wb") as sink:
            for chunk in answer.iter_content(CHUNK):
                digest.update(chunk)
                sink.write(chunk)
    if sha256 is not None and digest.hexdigest() != sha256:
        raise ValueError(f"{to.name} is not the file that was announced")
