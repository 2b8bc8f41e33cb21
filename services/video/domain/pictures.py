"""Where the picture of a clip comes from, and our own copy of it, which lasts."""

from uuid import UUID

from chassis.domain import value


@value
class Picture:
    """Exactly one of three: an image of media, an own upload, an address elsewhere."""

    image_generation_id: UUID | None = None  # a photograph, or a version of one
    upload: str | None = None  # a blob
    address: str | None = None  # an address' SHA-256; it may hold a secret, and is kept elsewhere
    is_gone: bool = False  # media has deleted the image; our copy, if there is one, stays

    @property
    def name(self) -> str:
        """What tells it from all others, whatever has become of it."""
        if self.image_generation_id is not None:
            return f"image:{self.image_generation_id}"
        return f"upload:{self.upload}" if self.upload is not None else f"address:{self.address}"

    def is_of(self, image_generation_id: UUID) -> bool:
        """Return whether it still shows that image of media."""
        return self.image_generation_id == image_generation_id and not self.is_gone


@value
class Source:
    """Our own copy of a picture, and what media says of how it came to be, if it is media's."""

    name: str  # of the picture
    key: str  # the blob
    sha256: str
    image_version: int | None = None
    original_sha256: str | None = None
    engine: str | None = None
    model: str | None = None
    alteration: str | None = None  # none | technical | material
