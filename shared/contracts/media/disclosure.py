"""What was done to a photograph, said openly: kind of change, statement, the original beside it."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command, Written
from chassis.domain import value


@value
class SetAlteration(Command[Written]):
    """Correct what is said of a version's alteration; for admins."""

    image_generation_id: UUID
    alteration: str  # none | technical | material
    reason: str  # customer text


@value
class PublishedOriginal:
    """The address at which anybody may see the original, until it is revoked."""

    id: UUID
    version: int
    url: str = field(repr=False)


@value
class PublishOriginal(Command[PublishedOriginal]):
    """Show a photograph's original, without its metadata, at an address without end."""

    image_generation_id: UUID


@value
class RevokeOriginal(Command[Written]):
    """Show a photograph's original no more."""

    image_generation_id: UUID


@value
class Statement:
    """The sentence that goes with a picture."""

    nb: str
    en: str


@value
class ShownOriginal:
    """An original that is shown."""

    url: str = field(repr=False)
    published_at: datetime


@value
class Disclosure:
    """What was done to a version, and by what."""

    alteration: str  # none | technical | material
    statement: Statement
    digital_source_type: str  # an address of the IPTC's list
    engine: str | None
    model: str | None
    original: ShownOriginal | None


@value
class GetDisclosure(Asked[Disclosure]):
    """Return what is to be said of a version."""

    image_generation_id: UUID
