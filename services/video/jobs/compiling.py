"""`compile_film`: the pieces of a film are joined into one, with a thumbnail.

Where the blob of a piece is gone, the piece is made again, and the film joined then.
"""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.domain import value
from chassis.errors import NotFound, ServiceError, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.port import Blobs
from gateways.work_folder import scratch
from video import filming
from video.domain.film_messages import CompileStarted, FilmBegun, NoteCompileFailed, NoteFilm
from video.domain.video_events import FilmFile
from video.gateways.compile import Look, compile_film
from video.jobs.equipment import Tools
from video.kinds import COMPILE_FILM


@value
class Joined:
    """What came of it: a film, or the blobs that were not there."""

    film: FilmFile | None = None
    missing: tuple[str, ...] = ()


def job(film_id: UUID, begun: FilmBegun, started: CompileStarted) -> Job:
    """Return the job that joins a film."""
    look = begun.look
    args = {
        "pieces": list(started.pieces),
        "folder": films_prefix(begun.workspace_id, begun.video_project_id),
        "aspect_ratio": look.aspect_ratio,
        "ducked": look.native_audio,
        "music": None if look.music is None else look.music.audio_key,
        "music_volume": look.music_volume,
        "logo": look.logo_key,
        "card": look.card_key,
    }
    return Job(kind=COMPILE_FILM, subject=film_id, args=args)


def films_prefix(workspace_id: UUID, video_id: UUID) -> str:
    """Return below which the films of a video lie."""
    return f"{workspace_id}/films/{video_id}/"


def kind(tools: Tools) -> Kind:
    """Return how films are joined."""
    return Kind(
        name=COMPILE_FILM,
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
        pieces = [_local(held, tools.blobs, key) for key in task.args["pieces"]]
        missing = {
            key for key, path in zip(task.args["pieces"], pieces, strict=True) if path is None
        }
        if missing:
            return codec.dump(Joined(missing=tuple(sorted(missing))))
        film = _joined(tools, task, [each for each in pieces if each], held, folder, control)
    return codec.dump(Joined(film=film))


def _local(held: ExitStack, blobs: Blobs, key: str) -> Path | None:
    try:
        return held.enter_context(blobs.local(key))
    except NotFound:
        return None


def _joined(
    tools: Tools, task: Task, pieces: list[Path], held: ExitStack, folder: Path, control: Control
) -> FilmFile:
    out, thumbnail = folder / "film.mp4", folder / "thumbnail.jpg"
    made = compile_film(
        pieces, out, thumbnail, look=_look(held, tools.blobs, task), control=control
    )
    # named by its content too: what an attempt that was given up still writes replaces nothing
    name = f"{task.args['folder']}{task.subject}-{made.sha256[:16]}"
    blob = tools.blobs.put_file(f"{name}.mp4", out)
    still = tools.blobs.put_file(f"{name}.jpg", thumbnail)
    return FilmFile(
        key=blob.key,
        sha256=blob.sha256,
        size=blob.size,
        thumbnail_key=still.key,
        thumbnail_sha256=still.sha256,
        thumbnail_size=still.size,
        duration_ms=made.duration_ms,
        duration_seconds=made.duration_seconds,
        parts_ms=made.parts_ms,
    )


def _look(held: ExitStack, blobs: Blobs, task: Task) -> Look:
    args = task.args
    music, logo, card = (_beside(held, blobs, args[name]) for name in ("music", "logo", "card"))
    return Look(
        aspect_ratio=args["aspect_ratio"],
        music=music,
        music_volume=args["music_volume"],
        ducked=args["ducked"],
        logo=logo,
        card=card,
    )


def _beside(held: ExitStack, blobs: Blobs, key: str | None) -> Path | None:
    if key is None:
        return None
    try:
        return held.enter_context(blobs.local(key))
    except NotFound as error:
        raise Unavailable("video.music_or_look_missing", "a file of the film is gone") from error


def _compiled(unit: Unit, task: Task, result: Any) -> None:
    joined = codec.load(Joined, result)
    if joined.film is None:
        filming.missing(unit, task.subject, joined.missing)
    else:  # where nobody waits for it any more it stays: the next run may make the very same
        filming.joined(unit, task.subject, NoteFilm(film=joined.film))


def _not_compiled(unit: Unit, task: Task, error: ServiceError) -> None:
    filming.joined(unit, task.subject, NoteCompileFailed(cause=error.code))
