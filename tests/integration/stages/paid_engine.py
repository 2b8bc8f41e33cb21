"""media with fal's stand-in for its engine, on one clock: its door told over HTTP, jobs by turns.

Nothing waits: when nothing is due, the clock moves on to what is.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image

from fal.jobs import Job
from fal.stand_in import FalStandIn
from integration.stages import paid_turns
from integration.stages.paid_turns import PaidTurns, fal_and_door
from integration.stages.photographs import HIGH, WIDE, House, Studio, house, start, studio_on
from integration.stages.turns import Clock, Moving
from media.links import original_key
from servers.postgres import Server

ENHANCING, INPAINTING = 39_000, 30_000  # micro-dollars a picture
KINDS = (*paid_turns.KINDS, "forget_files")


class PaidEngine(PaidTurns):
    """media, and the fal that it asks."""

    def __init__(self, studio: Studio, fal: FalStandIn, clock: Moving) -> None:
        kinds = [each for each in studio.parts.kinds if each.name in KINDS]
        super().__init__(studio.parts.app, kinds, fal, clock)
        self.studio = studio
        self.blobs = studio.parts.door.tools.blobs

    def begun(self) -> House:
        """Return a photograph that has begun."""
        made = house(self.studio)
        where = made.workspace_id, UUID(made.project_id), UUID(made.image_ids[0])
        self.blobs.put(original_key(*where, "image/jpeg"), picture())
        return made

    def asked(self, made: House, method: str, **arguments: Any) -> Any:
        """Return what an admin is answered, whose token is new."""
        return self.fresh(made).call(method, **arguments)

    def fresh(self, made: House) -> House:
        """Return it for somebody whose token is new."""
        return replace(made, owner=self.studio.person(made.workspace_id, "admin"))

    def start(self, made: House) -> None:
        """Start a project, maybe once more."""
        start(made, self.fresh(made).owner)

    def calls(self, made: House) -> list[Any]:
        return self.calls_in(made.workspace_id)

    def jobs_of(self, made: House) -> list[Job]:
        """Return what fal has taken of a house's calls."""
        return self.jobs_for(self.calls(made))


def picture() -> bytes:
    """Return a JPEG of the size that a house's photographs have."""
    content = io.BytesIO()
    Image.new("RGB", (WIDE, HIGH), "#c8b496").save(content, "JPEG")
    return content.getvalue()


@contextmanager
def paid_engine(
    server: Server, folder: Path, of: Moving | None = None, /, **settings: str
) -> Iterator[PaidEngine]:
    """Yield media with ENGINE=fal on a database of its own, and its fal; `of`: their clock."""
    clock = of or Clock()
    with fal_and_door(clock) as (fal, web, asked):
        fal.state.paint = lambda job: picture()
        given = {
            "FAL_PRICE_NANO_BANANA_PRO_EDIT": str(ENHANCING),
            "FAL_PRICE_QWEN_IMAGE_EDIT_INPAINT": str(INPAINTING),
            **asked,
            **settings,
        }
        with studio_on(server, folder, clock, **given) as studio:
            web.leads_to = studio.parts.web
            yield PaidEngine(studio, fal, clock)
