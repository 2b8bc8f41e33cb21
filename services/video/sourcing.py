"""What a clip is to show, as it is asked for: an image of media, an own picture, an address."""

import hashlib
from contextlib import suppress
from uuid import UUID

from chassis.errors import Rejected
from gateways.addresses import REASONS, Refused, is_global, parsed, require_foreign
from gateways.port import SCHEME, key_of
from video.domain.pictures import Picture


def picture_of(image_generation_id: UUID | None, written: str | None) -> Picture | None:
    """Return the picture that is named by an image of media, or by a `ref` or an address.

    None where neither is. Raises `Rejected("video.source_refused")`, with a word of the fetch's,
    for an address that is refused as it stands; what else is wrong with one, its fetch says.
    """
    if image_generation_id is not None:
        return Picture(image_generation_id=image_generation_id)
    if written is None:
        return None
    if written.startswith(SCHEME):
        return Picture(upload=key_of(written))
    _must_be_foreign(written)
    return Picture(address=digest(written))


def addresses(*written: object) -> dict[str, str]:
    """Return the addresses among what names pictures, by what stands for each in events."""
    texts = (each for each in written if isinstance(each, str) and not each.startswith(SCHEME))
    return {digest(each): each for each in texts}


def digest(address: str) -> str:
    """Return what stands for an address in events: its SHA-256."""
    return hashlib.sha256(address.encode()).hexdigest()


def _must_be_foreign(written: str) -> None:
    try:
        address = parsed(written)
        require_foreign(address)
        with suppress(ValueError):  # a name: where it leads is seen when it is fetched
            if not is_global(address.host):
                raise Refused("not_global")
    except Refused as refusal:
        text, details = REASONS[refusal.word], {"word": refusal.word}
        raise Rejected("video.source_refused", text, details=details) from None
