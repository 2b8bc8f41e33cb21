"""Finished photographs, as a film is made of them."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked
from chassis.domain import value


@value
class SourceLink:
    """A finished photograph's bytes, to be fetched within 15 minutes."""

    image_generation_id: UUID
    room_type: str
    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int  # bytes
    content_type: str
    # None from a media of before they were told
    version: int | None = None
    alteration: str | None = None  # none | technical | material
    engine: str | None = None
    model: str | None = None
    original_sha256: str | None = None


@value
class GetSourceLink(Asked[SourceLink]):
    """Return a link to a workspace's finished photograph; for video."""

    image_generation_id: UUID
    workspace_id: UUID
    version_id: UUID | None = None  # of that photograph; None: the current one
