"""The small copies that each picture has beside it, for lists and pages."""

from collections.abc import Sequence

from gateways.copies import Copy, rendition
from gateways.pictures import Copied
from gateways.port import Blobs
from media.links import RENDITIONS, rendition_key


def ordered(source_type: str | None = None) -> tuple[Copy, ...]:
    """Return what is to be made of a picture, of which it is said how it came to be."""
    return tuple(rendition(px, most, source_type) for px, most in RENDITIONS.items())


def keep(blobs: Blobs, key: str, made: Sequence[Copied]) -> None:
    """Store what was `ordered` for the picture that lies, or will lie, under `key`."""
    for px, copy in zip(RENDITIONS, made, strict=True):
        blobs.put(rendition_key(key, px), copy.content)
