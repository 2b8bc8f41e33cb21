"""The work of a film, a file a kind: fetch its pictures, render its pieces, join them."""

from collections.abc import Iterable
from typing import Any

from chassis import codec
from chassis.jobs.jobs import Kind
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.store import Recorded
from video.domain.piece import PieceWanted
from video.domain.video import CompileStarted, RunBegun, StartCleared, Video
from video.jobs import compiling, fetching, rendering
from video.jobs.equipment import Tools


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for."""
    match recorded.event:
        case StartCleared(revision=revision, begins=True) | RunBegun(revision=revision):
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


def kinds(tools: Tools) -> tuple[Kind, ...]:
    """Return the kinds of job that video does."""
    return fetching.kind(tools), rendering.kind(tools), compiling.kind(tools)
