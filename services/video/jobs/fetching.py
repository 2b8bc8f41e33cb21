"""`fetch_sources`: every picture is copied from media, then the pieces of the film are wanted."""

from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.errors import Rejected, ServiceError
from chassis.jobs.jobs import Kind, Task
from chassis.unit.deciding import Unit
from clients.media import Media
from contracts.media.sources import SourceLink
from gateways.addresses import Prefix, Refused
from gateways.fetch import fetch
from gateways.work_folder import scratch
from video.domain import piece, video_project
from video.domain.piece import WantPiece
from video.domain.plan import Source, source_key
from video.domain.video import Generating, NotePieceFinished, NoteSources, NoteSourcesMissing
from video.gateways.engine import Control
from video.jobs.equipment import Tools, workspace

MAX_BYTES = 50 * 1024 * 1024  # of a picture


def kind(tools: Tools) -> Kind:
    """Return how pictures are fetched."""
    return Kind(
        name="fetch_sources",
        run=partial(_fetch, tools),
        finish=_fetched,
        give_up=_not_fetched,
        attempts=5,
    )


def _fetch(tools: Tools, task: Task, control: Control) -> Any:
    """Copy every picture into our own blobs, so that media may lose it afterwards."""
    media, workspace_id = Media(tools.peers("media")), workspace(task)
    sources, images = [], task.args["images"]
    with scratch(tools.work.path) as folder:
        picture = folder / "picture"
        for number, image in enumerate(images):
            control.progress(100 * number // len(images), "fetching")
            link = media.source_link(image_generation_id=UUID(image), workspace_id=workspace_id)
            _copy(link, picture, tools.sources, control)
            tools.blobs.put_file(source_key(workspace_id, link.sha256), picture)
            sources.append({"image_generation_id": image, "sha256": link.sha256})
    return sources


def _copy(link: SourceLink, to: Path, sources: tuple[Prefix, ...], control: Control) -> None:
    """Copy what media's link leads to; raise `Rejected` for what no repeat would fetch."""
    try:
        fetch(
            link.url,
            to,
            ours=sources,
            max_bytes=MAX_BYTES,
            sha256=link.sha256,
            check=control.check,
        )
    except Refused as refusal:
        details = {"word": refusal.word}
        raise Rejected("video.source_refused", str(refusal), details=details) from None


def _fetched(unit: Unit, task: Task, result: Any) -> None:
    """Want all pieces of the video; what was rendered before is taken."""
    sources = tuple(codec.load(Source, each) for each in result)
    note = NoteSources(revision=task.args["revision"], sources=sources)
    video = unit.decide(video_project.decider, task.subject, note).state
    if not isinstance(video, Generating):
        return
    unit.preload((piece.decider, each.piece_id) for each in video.wanted)
    for each in video.wanted:
        want = WantPiece(
            workspace_id=video.workspace_id, video_project_id=task.subject, spec=each.spec
        )
        state = unit.decide(piece.decider, each.piece_id, want).state
        if isinstance(state, piece.Rendered):
            finished = NotePieceFinished(piece_id=each.piece_id, key=state.key)
            unit.decide(video_project.decider, task.subject, finished)


def _not_fetched(unit: Unit, task: Task, error: ServiceError) -> None:
    note = NoteSourcesMissing(revision=task.args["revision"], cause=error.code)
    unit.decide(video_project.decider, task.subject, note)
