"""The work of a film: fetch its pictures, render its pieces, join them."""

import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.blobs import Folder
from chassis.domain import value
from chassis.errors import ServiceError
from chassis.jobs.jobs import Kind, Task
from chassis.running.parts import Peers
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.handling import App, Unit
from chassis.unit.store import Recorded
from video import films
from video.domain import video_project
from video.domain.piece import PieceWanted, Result
from video.domain.plan import Source, Spec, piece_key, source_key
from video.domain.video import (
    CompileStarted,
    Film,
    NoteCompileFailed,
    NoteFilm,
    NoteSourcesMissing,
    StartCleared,
    Video,
)
from video.gateways.compile import compile_film
from video.gateways.engine import Control, Engine
from video.gateways.fetch import fetch
from video.projections import progress


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for."""
    match recorded.event:
        case StartCleared(revision=revision):
            images = dict.fromkeys(clip.image_generation_id for clip in state.settings.clips)
            args: dict[str, Any] = {"revision": revision, "images": list(images)}
            yield Job(kind="fetch_sources", subject=recorded.subject, args=args)
        case PieceWanted(spec=spec):
            args = {"spec": codec.dump(spec)}
            yield Job(kind="render_piece", subject=recorded.subject, args=args)
        case CompileStarted(revision=revision, pieces=pieces):
            yield Job(
                kind="compile_film",
                subject=recorded.subject,
                args={"revision": revision, "pieces": pieces, **_look(state)},
            )


def _look(video: Video) -> dict[str, Any]:
    settings = video.settings
    return {"aspect_ratio": settings.aspect_ratio, "music_volume": settings.music_volume}


@value
class Tools:
    """What the work is done with."""

    app: App
    blobs: Folder
    engine: Engine
    peers: Peers
    media_url: str


class Rising:
    """A job's control whose percent never falls, not even where a second attempt starts anew."""

    def __init__(self, control: Control, percent: int) -> None:
        self.control, self.percent, self.check = control, percent, control.check

    def progress(self, percent: int, step: str) -> None:
        """Tell how far the job is, or was at its best."""
        self.percent = max(self.percent, percent)
        self.control.progress(self.percent, step)


def kinds(tools: Tools) -> tuple[Kind, ...]:
    """Return the kinds of job that video does."""
    return (
        Kind(
            name="fetch_sources",
            run=partial(_fetch, tools),
            finish=_fetched,
            give_up=_not_fetched,
            attempts=5,
        ),
        Kind(
            name="render_piece",
            run=partial(_render, tools),
            finish=_rendered,
            give_up=_not_rendered,
            attempts=2,
            timeout_s=300,
            backoff_s=(2, 30),
        ),
        Kind(
            name="compile_film",
            run=partial(_compile, tools),
            finish=_compiled,
            give_up=_not_compiled,
            attempts=2,
            timeout_s=600,
            backoff_s=(5, 60),
        ),
    )


def _fetch(tools: Tools, task: Task, control: Control) -> Any:
    """Copy every picture into our own blobs, so that media may lose it afterwards."""
    sources, images = [], task.args["images"]
    with tempfile.TemporaryDirectory() as folder:
        for number, image in enumerate(images):
            control.progress(100 * number // len(images), "fetching")
            link = tools.peers("media").call(
                "source_link", image_generation_id=image, workspace_id=str(task.workspace_id)
            )
            picture, sha256 = Path(folder) / "picture", link["sha256"]
            fetch(
                link["url"],
                picture,
                door=tools.media_url,
                sha256=sha256,
                size=link["size"],
                check=control.check,
            )
            tools.blobs.put_file(source_key(_workspace(task), sha256), picture)
            sources.append({"image_generation_id": image, "sha256": sha256})
    return sources


def _fetched(unit: Unit, task: Task, result: Any) -> None:
    sources = tuple(codec.load(Source, each) for each in result)
    films.generate(unit, task.subject, task.args["revision"], sources)


def _not_fetched(unit: Unit, task: Task, error: ServiceError) -> None:
    note = NoteSourcesMissing(revision=task.args["revision"], cause=error.code)
    unit.decide(video_project.decider, task.subject, note)


def _render(tools: Tools, task: Task, control: Control) -> Any:
    spec: Spec = codec.load(Spec, task.args["spec"])
    workspace_id, rising = _workspace(task), _rising(tools, task, control)
    picture = tools.blobs.path(source_key(workspace_id, spec.source_sha256))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "piece.mp4"
        if spec.end_sha256 is None or spec.end_room_type is None:
            made = tools.engine.clip(
                picture,
                out,
                room_type=spec.room_type,
                seconds=spec.seconds,
                aspect_ratio=spec.aspect_ratio,
                native_audio=spec.native_audio,
                control=rising,
            )
        else:
            made = tools.engine.transition(
                picture,
                tools.blobs.path(source_key(workspace_id, spec.end_sha256)),
                out,
                seconds=spec.seconds,
                aspect_ratio=spec.aspect_ratio,
                control=rising,
                rooms=(spec.room_type, spec.end_room_type),
            )
        blob = tools.blobs.put_file(piece_key(workspace_id, spec), out)
    result = Result(key=blob.key, sha256=blob.sha256, size=blob.size, duration_ms=made.duration_ms)
    return codec.dump(result)


def _rendered(unit: Unit, task: Task, result: Any) -> None:
    films.finish_piece(unit, task.subject, codec.load(Result, result), task.failures + 1)


def _not_rendered(unit: Unit, task: Task, error: ServiceError) -> None:
    films.lose_piece(unit, task.subject, error.code, task.failures + 1)


def _compile(tools: Tools, task: Task, control: Control) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        out, thumbnail = Path(folder) / "film.mp4", Path(folder) / "thumbnail.jpg"
        made = compile_film(
            [tools.blobs.path(key) for key in task.args["pieces"]],
            out,
            thumbnail,
            aspect_ratio=task.args["aspect_ratio"],
            music=None,
            music_volume=task.args["music_volume"],
            control=_rising(tools, task, control),
        )
        # named by its content too: what an attempt that was given up still writes replaces nothing
        run = f"{task.subject}-{task.args['revision']}"
        name = f"{task.workspace_id}/films/{run}-{made.sha256[:16]}"
        blob = tools.blobs.put_file(f"{name}.mp4", out)
        still = tools.blobs.put_file(f"{name}.jpg", thumbnail)
    film = Film(
        key=blob.key,
        sha256=blob.sha256,
        size=blob.size,
        thumbnail_key=still.key,
        duration_seconds=made.duration_seconds,
    )
    return codec.dump(film)


def _compiled(unit: Unit, task: Task, result: Any) -> None:
    note = NoteFilm(revision=task.args["revision"], film=codec.load(Film, result))
    unit.decide(video_project.decider, task.subject, note)


def _not_compiled(unit: Unit, task: Task, error: ServiceError) -> None:
    note = NoteCompileFailed(revision=task.args["revision"], cause=error.code)
    unit.decide(video_project.decider, task.subject, note)


def _workspace(task: Task) -> UUID:
    return UUID(task.meta["workspace"])  # every event of video has one


def _rising(tools: Tools, task: Task, control: Control) -> Rising:
    return Rising(control, tools.app.query(lambda connection: progress.told(connection, task.id)))
