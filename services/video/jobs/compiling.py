"""`compile_film`: the pieces of a film are joined into one, with a thumbnail."""

from contextlib import ExitStack
from functools import partial
from typing import Any

from chassis import codec
from chassis.errors import ServiceError
from chassis.jobs.jobs import Kind, Task
from chassis.unit.deciding import Unit
from gateways.work_folder import scratch
from video.domain import video_project
from video.domain.video import Film, NoteCompileFailed, NoteFilm
from video.gateways.compile import compile_film
from video.gateways.engine import Control
from video.jobs.equipment import Tools, rising


def kind(tools: Tools) -> Kind:
    """Return how films are joined."""
    return Kind(
        name="compile_film",
        run=partial(_compile, tools),
        finish=_compiled,
        give_up=_not_compiled,
        attempts=2,
        timeout_s=600,
        backoff_s=(5, 60),
    )


def _compile(tools: Tools, task: Task, control: Control) -> Any:
    with ExitStack() as held:
        folder = held.enter_context(scratch(tools.work.path))
        pieces = [held.enter_context(tools.blobs.local(key)) for key in task.args["pieces"]]
        out, thumbnail = folder / "film.mp4", folder / "thumbnail.jpg"
        made = compile_film(
            pieces,
            out,
            thumbnail,
            aspect_ratio=task.args["aspect_ratio"],
            music=None,
            music_volume=task.args["music_volume"],
            control=rising(tools, task, control),
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
