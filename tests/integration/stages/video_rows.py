"""The rows of video in a database of its own, filled by the events that its deciders decide on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import text

from chassis import ids
from chassis.codec import plain
from chassis.database import postgres, schema_steps
from chassis.domain import Decider
from chassis.identity import Actor, service_actor
from chassis.unit import rebuilding
from chassis.unit.calls import Call
from chassis.unit.handling import App
from chassis.unit.service import Service
from gateways.port import Link
from integration.stages.box_database import number_all
from integration.stages.rebuilds import DIFFERENT
from servers.postgres import Server
from unit.video.films import CLIPS, FILE, LOOK, PLANNING, SETTINGS, SOURCES, USER, WORKSPACE
from video.domain import film, music_track, piece, video_project
from video.domain.clips import Clip
from video.domain.film_messages import Begin, NoteFilm, PieceEnded
from video.domain.film_state import Film
from video.domain.pictures import Source
from video.domain.plan import Wanted, run_id, wanted_pieces
from video.domain.video_events import FilmFile
from video.domain.video_messages import (
    By,
    CreateVideo,
    Ended,
    NoteCleared,
    NoteCompileStarted,
    NoteFilmEnded,
    NoteSources,
    OpenRevision,
    Starting,
    StartVideo,
)
from video.projections import films, music_tracks, pieces, video_clips, video_projects
from video.tables import metadata

DECIDERS = (video_project.decider, film.decider, piece.decider, music_track.decider)
PROJECTIONS = (
    video_projects.projection,
    video_clips.projection,
    films.projection,
    pieces.projection,
    music_tracks.projection,
)
ROWS = Service(
    name="video",
    version="0.1.0",
    deciders=DECIDERS,
    projections=PROJECTIONS,
    outbound=lambda recorded, state: None,
)
NOW = datetime.fromisoformat("2026-05-01T12:00:00+00:00")
BY = By(user_id=USER, any_video=False)
PERSON = Actor(kind="person", id=str(USER), workspace_id=WORKSPACE, role="member")
STRANGER = replace(PERSON, id=str(UUID(int=4)), workspace_id=UUID(int=5))
ADMIN = Actor(kind="person", id=str(UUID(int=6)), is_system_admin=True)


class Links:
    """A store that gives links to whatever it is asked for."""

    def link(self, key: str, content_type: str) -> Link:
        return Link(url=f"https://store.example/{key}?{content_type}", expires_at=NOW)


@dataclass
class Rows:
    """Videos, as their streams and rows have them; `door`: what acts are given."""

    app: App
    url: str
    door: Any

    def decide(self, decider: Decider[Any, Any, Any], id: UUID, command: Any) -> Any:
        """Decide on a stream as video itself; return its state."""
        call = self.call(service_actor("video"))
        return self.app.attempt(call, lambda unit: unit.decide(decider, id, command).state)

    def call(self, actor: Actor = PERSON, at: datetime = NOW) -> Call:
        return Call(id=ids.fresh(), at=at, actor=actor, correlation_id="c")

    def ask(self, act: Any, asked: Any, actor: Actor = PERSON, at: datetime = NOW) -> Any:
        """Return what an act replies, as JSON."""
        call = self.call(actor, at)
        return plain(self.app.query(lambda db: act(db, self.door, call, asked)))

    def query(self, query: Any, *arguments: Any) -> Any:
        return self.app.query(lambda db: query(db, *arguments))

    def execute(self, statement: str, **parameters: Any) -> None:
        with self.app.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def job(self, kind: str, subject: UUID, **told: Any) -> None:
        """Let a job be claimed, which has told so."""
        row = "insert into jobs (id, kind, subject, args, meta, run_at, state, progress)"
        values = "values (:id, :kind, :subject, '{}', '{}', now(), 'claimed', :progress)"
        progress = Jsonb(told) if told else None
        self.execute(
            f"{row} {values}", id=uuid4(), kind=kind, subject=str(subject), progress=progress
        )

    def rebuilt_otherwise(self) -> list[Any]:
        """Return what a rebuild of all rows would make otherwise."""
        number_all(self.app)
        engine = postgres.engine(self.url, name="owner")
        with engine.begin() as connection:
            rebuilding.fill(connection, self.app.codec, PROJECTIONS)
            names = [each.table.name for each in PROJECTIONS]
            found = [connection.execute(text(DIFFERENT.format(name))).all() for name in names]
            connection.execute(text("drop schema rebuilt cascade"))
        engine.dispose()
        return [row for rows in found for row in rows]


@dataclass
class Story:
    """One video on its way; `own`: the clips that nobody else's video has."""

    rows: Rows
    id: UUID
    clips: tuple[Clip, ...]
    wanted: tuple[Wanted, ...]
    revision: int = 1

    @property
    def run(self) -> UUID:
        return run_id(self.id, self.revision)

    def tell(self, command: Any) -> Any:
        return self.rows.decide(video_project.decider, self.id, command)

    def tell_film(self, command: Any) -> Any:
        return self.rows.decide(film.decider, self.run, command)

    def start(self, token_sha256: str | None = None) -> None:
        """Have it begun: cleared at once."""
        start = Starting(
            by=BY, is_barred=False, needed_cents=0, budget_cents=0, progress_sha256=token_sha256
        )
        run = self.tell(StartVideo(start=start)).video.run
        self.tell(NoteCleared(workspace_id=WORKSPACE, run=run, is_barred=False))

    def film(self, sources: tuple[Source, ...] = SOURCES) -> None:
        """Have its film begun of these copies, with nothing there yet."""
        self.tell(NoteSources(revision=self.revision, sources=sources))
        begin = Begin(
            workspace_id=WORKSPACE,
            video_project_id=self.id,
            revision=self.revision,
            clips=self.clips,
            sources=sources,
            wanted=self.wanted,
            made=(),
            look=LOOK,
        )
        self.tell_film(begin)

    def end(self, *numbers: int, cause: str | None = None, cost: int = 0) -> None:
        """Have these pieces come out, or be lost for a cause."""
        for number in numbers:
            key = None if cause else f"piece {number}"
            ended = PieceEnded(
                piece_id=self.wanted[number].piece_id, key=key, cause=cause, cost_micro_usd=cost
            )
            self.tell_film(ended)

    def join(self) -> None:
        self.tell(NoteCompileStarted(revision=self.revision))

    def make(self, file: FilmFile = FILE) -> None:
        """Have the film be there."""
        made: Film = self.tell_film(NoteFilm(film=file)).film
        end = Ended(clips=made.ends, cost_micro_usd=made.cost_micro_usd)
        self.tell(NoteFilmEnded(revision=self.revision, end=end, film=file))

    def fail(self) -> None:
        """Note that its film is broken."""
        call = self.rows.call(service_actor("video"))
        broken = self.rows.app.attempt(call, lambda unit: unit.state(film.decider, self.run))
        end = Ended(clips=broken.film.ends, cost_micro_usd=broken.film.cost_micro_usd)
        ended = NoteFilmEnded(
            revision=self.revision, end=end, reason=broken.reason, cause=broken.cause
        )
        self.tell(ended)

    def made(self) -> None:
        """Go all the way to a film."""
        self.start()
        self.film()
        self.end(*range(len(self.wanted)))
        self.join()
        self.make()

    def open(self) -> None:
        """Open the next revision."""
        self.tell(OpenRevision(by=BY))
        self.revision += 1


def drafted(rows: Rows, **settings: Any) -> Story:
    """Return a draft of three clips with ids of their own."""
    clips = tuple(replace(each, id=uuid4()) for each in CLIPS)
    given = replace(SETTINGS, **settings)
    create = CreateVideo(workspace_id=WORKSPACE, user_id=USER, settings=given, clips=clips)
    id = uuid4()
    rows.decide(video_project.decider, id, create)
    planning = replace(PLANNING, settings=given, words={each.id: "words" for each in clips})
    return Story(rows=rows, id=id, clips=clips, wanted=wanted_pieces(planning, clips))


@contextmanager
def video_rows(server: Server) -> Iterator[Rows]:
    """Yield the rows of video in a new database, all empty."""
    name = f"video_rows_{uuid4().hex[:8]}"
    app_role = f"{name}_app"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for role in (name, app_role):
            admin.execute(f"create role {role} login password 'only-for-tests'".encode())
        admin.execute(f"create database {name} owner {name}".encode())
    url = server.url(name, "only-for-tests", name)
    owner = postgres.engine(url, name="owner")
    with owner.begin() as connection:
        schema_steps.upgrade(connection, name)
        metadata.create_all(connection)
    owner.dispose()
    engine = postgres.engine(server.url(app_role, "only-for-tests", name), name="video")
    door = SimpleNamespace(tools=SimpleNamespace(blobs=Links()))
    try:
        yield Rows(app=App(service=ROWS, engine=engine, clock=lambda: NOW), url=url, door=door)
    finally:
        engine.dispose()
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)".encode())
            for role in (name, app_role):
                admin.execute(f"drop role {role}".encode())
