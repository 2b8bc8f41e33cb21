"""video with fal's stand-in for its engine, on one clock: its door told over HTTP, jobs by turns.

Pictures are fetched from nowhere and films joined of nothing, as in `films_at_work`; what is asked
of fal, and becomes of its films, is video's own. The same is cropped or normalised once.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image
from pytest import MonkeyPatch

from chassis import codec
from chassis.errors import ServiceError
from chassis.identity import Actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from fal import films as answers
from fal.jobs import Job
from fal.stand_in import FalStandIn
from integration.stages import paid_turns
from integration.stages.films_at_work import COMPILE, FETCH, RESULTS, Films, Tour, films_on, tour
from integration.stages.paid_turns import PaidTurns, fal_and_door
from integration.stages.turns import Clock, Moving
from servers.postgres import Server
from video.gateways.normal import cropped, normalised
from video.jobs import asking

KINDS = (*paid_turns.KINDS, FETCH, COMPILE, "forget_files")
ROOMS = ("hallway", "kitchen")
A_PIECE = 350_000  # micro-dollars: five silent seconds
WIDE, HIGH = 600, 400  # of the photographs


class PaidFilms(PaidTurns):
    """video, and the fal that it asks."""

    def __init__(self, films: Films, fal: FalStandIn, clock: Moving) -> None:
        kinds = [_come(films, each) for each in films.parts.kinds if each.name in KINDS]
        super().__init__(films.parts.app, kinds, fal, clock)
        self.films, self.blobs = films, films.blobs

    def drafted(self, rooms: tuple[str, ...] = ROOMS, **more: Any) -> Tour:
        """Return a draft of a film."""
        return tour(self.films, rooms, **more)

    def begun(self, **more: Any) -> Tour:
        """Return a film that has begun."""
        return self.drafted(**more).begin()

    def fresh(self, film: Tour) -> Tour:
        """Return it for somebody whose token is new."""
        return replace(film, owner=self.films.person(film.workspace_id, "admin"))

    def calls(self, film: Tour) -> list[Any]:
        return self.calls_in(film.workspace_id)

    def jobs_of(self, film: Tour) -> list[Job]:
        """Return what fal has taken of a film's calls."""
        return self.jobs_for(self.calls(film))

    def events(self, film: Tour) -> list[Any]:
        """Return the type and data of what has happened to a video."""
        query = "select type, data from events where stream_id = :id order by version"
        return self.films.rows(query, id=f"video_project-{film.id}")

    def spent(self, film: Tour) -> int:
        """Return what a video has cost, in micro-dollars."""
        return sum(data.get("cost_micro_usd", 0) for _, data in self.events(film))

    def raise_cap(self, film: Tour, cap_cents: int) -> None:
        """Let it cost more, as a system admin does."""
        admin = Actor(kind="person", id=str(uuid4()), session_id=uuid4(), is_system_admin=True)
        of = {"video_project_id": film.id, "cap_cents": cap_cents, "reason": "it is a large house"}
        self.films.port(admin).call("raise_cap", **of)


def _come(films: Films, kind: Kind) -> Kind:
    if kind.name not in (FETCH, COMPILE):
        return kind

    def run(task: Task, control: Control) -> Any:
        made = RESULTS[kind.name](films.blobs, task)
        for each in made.sources if kind.name == FETCH else ():
            films.blobs.put(each.key, picture())
        return codec.plain(made)

    return replace(kind, run=run)


def picture() -> bytes:
    """Return a photograph, as a JPEG."""
    content = io.BytesIO()
    Image.new("RGB", (WIDE, HIGH), "#c8b496").save(content, "JPEG")
    return content.getvalue()


@contextmanager
def paid_films(
    server: Server, folder: Path, of: Moving | None = None, /, **settings: str
) -> Iterator[PaidFilms]:
    """Yield video with ENGINE=fal on a database of its own, and its fal; `of`: their clock."""
    clock = of or Clock()
    with fal_and_door(clock) as (fal, web, asked), made_once():
        fal.state.paint = answers.painting()
        with films_on(server, folder, clock, **asked, **settings) as films:
            web.leads_to = films.parts.web
            yield PaidFilms(films, fal, clock)


@contextmanager
def made_once() -> Iterator[None]:
    """Let what is cropped or normalised be there at once where the very same was before."""
    with MonkeyPatch.context() as rim:
        rim.setattr(asking, "cropped", _once(cropped))
        rim.setattr(asking, "normalised", _once(normalised))
        yield


def _once(make: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[object, ...], tuple[Any, bytes] | ServiceError] = {}

    def remembered(source: Path, out: Path, *more: Any, **how: Any) -> Any:
        said = {name: each for name, each in how.items() if name != "control"}
        asked = (source.read_bytes(), more, *sorted(said.items()))
        if asked not in known:
            try:
                known[asked] = make(source, out, *more, **how), out.read_bytes()
            except ServiceError as error:
                known[asked] = error
        found = known[asked]
        if isinstance(found, ServiceError):
            raise found
        made, content = found
        out.write_bytes(content)
        return made

    return remembered
