"""Where e-invoices are put for an access point's client to take: EHF files in a folder, or nowhere.

Sending them on is not ours.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from uuid import UUID

Put = Callable[[UUID, bytes], None]  # a document's id, and its EHF
Where = Literal["off", "folder"]


def opened(where: Where, place: str) -> Put | None:
    """Return what puts EHF files where the settings say; None: nowhere."""
    return folder(Path(place)) if where == "folder" else None


def folder(place: Path) -> Put:
    """Return what puts each EHF file into a folder, as `<document id>.xml`. It raises `OSError`.

    It is there whole or not at all; a repeat takes the place of the one before.
    """
    place.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(document_id: UUID, ehf: bytes) -> None:
        half = place / f".{document_id}.xml"  # no client takes what begins with a dot
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as sink:
            sink.write(ehf)
            sink.flush()
            os.fsync(sink.fileno())
        os.replace(half, place / f"{document_id}.xml")

    return put
