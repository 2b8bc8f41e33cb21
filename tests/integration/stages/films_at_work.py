"""video at work on a database of its own, with people who make films of photographs nobody took.

Engines and media stand in at the rim: what comes out of a job is a word here, what is recorded of
it is video's own. Files are a few bytes at the keys that they have.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from chassis import codec, ids
from chassis.errors import ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, Worker
from chassis.unit.deciding import Unit
from embedded.direct import DirectPort
from gateways.port import Blobs
from integration.stages.at_work import AtWork, at_work
from servers.postgres import Server
from video import app as video
from video import starting
from video.domain import customer
from video.domain.answer import KeepAnswer
from video.domain.customer import HearStatus, NoteWorkspace
from video.domain.pictures import Picture, Source
from video.domain.piece_messages import Result
from video.domain.plan import Spec, piece_key, run_id, source_key
from video.domain.video_events import FilmFile
from video.jobs.compiling import Joined
from video.jobs.fetching import Fetched
from video.looks import Shown
from video.service import VideoService
from video.settings import Settings

T = TypeVar("T")
ROOMS = ("hallway", "living-room", "kitchen")
FETCH, RENDER, COMPILE = "fetch_sources", "render_piece", "compile_film"
OUTSIDE = (FETCH, RENDER, COMPILE)
ENDINGS = ("forget_files", "hold_work", "purge_workspace")
ALL = (*OUTSIDE, *ENDINGS)


@dataclass
class Films(AtWork):
    """video and its people; `outside`: by kind, or kind of piece, what the next attempts end in."""

    service = "video"
    facade = VideoService

    outside: dict[str, list[ServiceError | Callable[[Task], None]]] = field(default_factory=dict)
    made: list[Task] = field(default_factory=list)  # what was done outside, as it came

    def told(self, stream: str) -> list[str]:
        """Return what others hear of a stream, in its order: the events' names."""
        return [each["type"].partition(".")[2] for each in self.outbox(stream)]

    def forgotten(self) -> list[Any]:
        """Return what the service's own invariants find."""
        queries = [each.query for each in self.parts.app.service.invariants]
        return [row for query in queries for row in self.rows(query)]

    def work(self, *kinds: str) -> int:
        """Do all jobs of these kinds, all if none is named; return how many there were.

        Nobody is forgotten after any of them.
        """
        worker, count = self.worker(*kinds), 0
        assert self.forgotten() == []
        while worker.work():
            count += 1
            assert self.forgotten() == []
        return count

    def worker(self, *kinds: str) -> Worker:
        """Return who does the jobs of these kinds, of all if none is named."""
        known = [each for each in self.parts.kinds if each.name in (kinds or ALL)]
        return Worker(self.parts.app, [self._come(each) for each in known])

    def _come(self, kind: Kind) -> Kind:
        if kind.name not in OUTSIDE:
            return kind

        def run(task: Task, control: Control) -> Any:
            self.made.append(task)
            self._come_to_harm(task)
            return codec.plain(RESULTS[kind.name](self.blobs, task))

        return replace(kind, run=run, attempts=1)

    def _come_to_harm(self, task: Task) -> None:
        spec = task.args.get("spec", {})
        for name in (str(task.subject), f"{task.kind}:{spec.get('kind')}", task.kind):
            if self.outside.get(name):
                harm = self.outside[name].pop(0)
                if isinstance(harm, ServiceError):
                    raise harm
                harm(task)

    def hear_status(self, workspace_id: UUID, status: str) -> None:
        """Let a workspace be of that status."""

        def work(unit: Unit) -> None:
            met = NoteWorkspace(workspace_id=workspace_id, owner_user_id=None)
            unit.decide(customer.decider, workspace_id, met)
            unit.decide(customer.decider, workspace_id, HearStatus(status=status))

        self.decide(work)


def _fetched(blobs: Blobs, task: Task) -> Fetched:
    pictures = [codec.load(Picture, each) for each in task.args["pictures"]]
    workspace_id, sources = UUID(task.meta["workspace"]), []
    for each in pictures:
        sha256 = hashlib.sha256(each.name.encode()).hexdigest()
        blob = blobs.put(source_key(workspace_id, sha256, "jpg"), b"picture")
        sources.append(Source(name=each.name, key=blob.key, sha256=sha256, image_version=1))
    return Fetched(sources=tuple(sources), shown=Shown())


def _rendered(blobs: Blobs, task: Task) -> Result:
    spec = codec.load(Spec, task.args["spec"])
    blob = blobs.put(piece_key(UUID(task.meta["workspace"]), spec), b"piece")
    return Result(key=blob.key, sha256=blob.sha256, size=blob.size, duration_ms=spec.length_ms)


def _joined(blobs: Blobs, task: Task) -> Joined:
    pieces = task.args["pieces"]
    there = {each.key for each in blobs.listed("")}
    if missing := tuple(sorted({key for key in pieces if key not in there})):
        return Joined(missing=missing)
    name = f"{task.args['folder']}{task.subject}"
    film, still = (blobs.put(f"{name}.{suffix}", b"film") for suffix in ("mp4", "jpg"))
    parts = tuple(5_000 for _ in pieces)
    return Joined(
        film=FilmFile(
            key=film.key,
            sha256=film.sha256,
            size=film.size,
            thumbnail_key=still.key,
            thumbnail_sha256=still.sha256,
            thumbnail_size=still.size,
            duration_ms=sum(parts),
            duration_seconds=sum(parts) // 1000,
            parts_ms=parts,
        )
    )


RESULTS: Mapping[str, Callable[[Blobs, Task], Any]] = {
    FETCH: _fetched,
    RENDER: _rendered,
    COMPILE: _joined,
}


@dataclass
class Tour:
    """A film of somebody's, and what they may do with it."""

    films: Films
    workspace_id: UUID
    owner: DirectPort
    id: str

    @property
    def uuid(self) -> UUID:
        """Its id."""
        return UUID(self.id)

    def call(self, method: str, **arguments: Any) -> Any:
        return self.owner.call(method, video_project_id=self.id, **arguments)

    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("get_video")
        return found

    @property
    def status(self) -> str:
        """The seed's word for it."""
        return str(self.shown()["status"])

    def start(self, **arguments: Any) -> dict[str, Any]:
        """Start it; nobody has paid."""
        key = str(uuid4())
        started: dict[str, Any] = self.call("start_video", idempotency_key=key, **arguments)
        return started

    def answer(self, run: int, reason: str | None = None) -> None:
        """Let billing clear a run, or say why not."""
        given = KeepAnswer(workspace_id=self.workspace_id, run=run, reason=reason)
        self.films.decide(lambda unit: starting.answered(unit, self.uuid, given))

    def begin(self, run: int = 1) -> "Tour":
        """Start it, which billing clears; return it."""
        self.start()
        self.answer(run)
        return self

    def film_id(self, revision: int = 1) -> UUID:
        """Return the id of a revision's film."""
        return run_id(self.uuid, revision)

    def jobs(self, kind: str) -> list[Task]:
        """Return what was done outside for its workspace, of one kind."""
        mine = str(self.workspace_id)
        return [
            each for each in self.films.made if each.kind == kind and each.meta["workspace"] == mine
        ]


def tour(films: Films, rooms: tuple[str, ...] = ROOMS, of: Tour | None = None, **more: Any) -> Tour:
    """Return a draft of a film through these rooms; `of`: whose it is, and shows the same."""
    workspace_id = of.workspace_id if of else uuid4()
    owner = of.owner if of else films.person(workspace_id)
    clips = [
        {"image_generation_id": str(ids.derive(workspace_id, "image", n)), "room_type": room}
        for n, room in enumerate(rooms)
    ]
    asked = {"name": "Storgata 2", "clips": clips, "generate_native_audio": False, **more}
    return Tour(films, workspace_id, owner, owner.call("create_video", **asked)["id"])


@contextmanager
def films_on(
    server: Server, folder: Path, clock: Callable[[], datetime] = ids.now, /, **more: str
) -> Iterator[Films]:
    """Yield video on a database of its own; `more`: settings."""
    given = {"SOURCES": "https://media.example", **more}
    with at_work(Films, (Settings, video.build), server, folder, clock, given) as films:
        yield films
