"""Finished photographs, to be taken home as one file."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked
from chassis.domain import value


@value
class Download:
    """A ZIP file, and the address at which it is to be had until then."""

    url: str = field(repr=False)
    expires_at: datetime
    file_name: str
    size: int  # bytes


@value
class DownloadProject(Asked[Download]):
    """Return a link to a project's current, finished photographs, or to these versions.

    With `label`, what is materially altered says so in a line on the picture.
    """

    project_id: UUID
    image_generation_ids: tuple[UUID, ...] | None = None  # 1 to 50
    label: bool = False
