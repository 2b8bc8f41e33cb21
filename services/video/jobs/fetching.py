"""`fetch_sources`: every picture of a run is copied, then its film begins, or goes on.

A picture that was copied for an earlier run is not asked for again.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.domain import value
from chassis.errors import Invalid, NotFound, Rejected, ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from clients.media import Media
from contracts.media.sources import SourceLink
from gateways.addresses import Prefix, Refused
from gateways.fetch import fetch
from gateways.pictures import inspect
from gateways.port import blob_of
from gateways.work_folder import scratch
from video import filming, kept, looks, planning
from video.domain import music_track, video_project
from video.domain.film_messages import Look, Track
from video.domain.pictures import Picture, Source
from video.domain.plan import source_key
from video.domain.video_messages import NoteSources, NoteSourcesMissing
from video.domain.video_state import Running, Video
from video.jobs.equipment import Tools, workspace
from video.kinds import FETCH_SOURCES
from video.links import PICTURES
from video.looks import Shown

MAX_BYTES = 50 * 1024 * 1024  # of a picture that media made
MAX_FOREIGN_BYTES = 25 * 1024 * 1024


@value
class Fetched:
    """What was copied: the pictures, and what is shown of the workspace, if that is asked for."""

    sources: tuple[Source, ...]
    shown: Shown


def job(video_id: UUID, video: Video) -> Job:
    """Return the job that a run begins with."""
    pictures = {each.name: each for clip in video.clips for each in clip.pictures}
    settings = video.settings
    args = {
        "revision": video.revision,
        "pictures": [codec.dump(pictures[name]) for name in video.missing],
        "aspect_ratio": settings.aspect_ratio,
        "show_logo": settings.show_logo,
        "end_card": settings.end_card,
    }
    return Job(kind=FETCH_SOURCES, subject=video_id, args=args)


def kind(tools: Tools) -> Kind:
    """Return how pictures are fetched."""
    return Kind(
        name=FETCH_SOURCES,
        run=partial(_fetch, tools),
        finish=_fetched,
        give_up=_not_fetched,
        attempts=5,
    )


def _fetch(tools: Tools, task: Task, control: Control) -> Any:
    """Copy every picture into our own blobs, so that whoever has it may lose it afterwards."""
    pictures = [codec.load(Picture, each) for each in task.args["pictures"]]
    sources = []
    for number, picture in enumerate(pictures):
        control.progress(100 * number // len(pictures), "fetching")
        with scratch(tools.work.path) as folder:
            sources.append(_copied(tools, task, picture, folder / "picture", control.check))
    shown = looks.fetched(tools, task, control.check)
    return codec.dump(Fetched(sources=tuple(sources), shown=shown))


def _copied(
    tools: Tools, task: Task, picture: Picture, to: Path, check: Callable[[], None]
) -> Source:
    if picture.image_generation_id is not None:
        return _of_media(tools, task, picture, picture.image_generation_id, to, check)
    if picture.upload is not None:
        _read(tools, picture.upload, to)
    else:
        _foreign(tools, task, picture, to, check)
    content_type = _content_type(tools, to)
    return _kept(tools, workspace(task), picture, to, PICTURES[content_type])


def _of_media(
    tools: Tools, task: Task, picture: Picture, id: UUID, to: Path, check: Callable[[], None]
) -> Source:
    media, workspace_id = Media(tools.peers("media")), workspace(task)
    link = media.source_link(image_generation_id=id, workspace_id=workspace_id)
    copied(link, to, tools.sources, check)
    stored = _kept(tools, workspace_id, picture, to, PICTURES.get(link.content_type, "jpg"))
    return Source(
        name=stored.name,
        key=stored.key,
        sha256=stored.sha256,
        image_version=link.version,
        original_sha256=link.original_sha256,
        engine=link.engine,
        model=link.model,
        alteration=link.alteration,
    )


def copied(
    link: SourceLink, to: Path, sources: tuple[Prefix, ...], check: Callable[[], None]
) -> None:
    """Copy what media's link leads to; raise `Rejected` for what no repeat would fetch."""
    try:
        fetch(link.url, to, ours=sources, max_bytes=MAX_BYTES, sha256=link.sha256, check=check)
    except Refused as refusal:
        raise _refused(refusal.word) from None


def _read(tools: Tools, key: str, to: Path) -> None:
    try:
        with to.open("wb") as file:
            file.writelines(tools.blobs.chunks(key))
    except NotFound:
        raise _refused("not_found") from None


def _foreign(
    tools: Tools, task: Task, picture: Picture, to: Path, check: Callable[[], None]
) -> None:
    """Fetch what lies at an address that somebody wrote."""
    row_id = kept.address_row(task.subject, picture.address or "")
    texts = tools.app.query(lambda db: kept.texts_of(db, [row_id]))
    address = texts[row_id].get("address")
    if address is None:  # forgotten with its workspace
        raise _refused("not_found")
    try:
        fetch(address, to, max_bytes=MAX_FOREIGN_BYTES, check=check)
    except Refused as refusal:
        raise _refused(refusal.word) from None


def _content_type(tools: Tools, path: Path) -> str:
    try:
        return inspect(path, "video", tools.work.path).content_type
    except Invalid as refusal:
        raise _refused(refusal.code.removeprefix("video.")) from None


def _kept(tools: Tools, workspace_id: UUID, picture: Picture, path: Path, suffix: str) -> Source:
    sha256 = blob_of("", path).sha256
    blob = tools.blobs.put_file(source_key(workspace_id, sha256, suffix), path)
    return Source(name=picture.name, key=blob.key, sha256=blob.sha256)


def _refused(word: str) -> Rejected:
    text = f"a picture cannot be fetched: {word}"
    return Rejected("video.source_refused", text, details={"word": word})


def _fetched(unit: Unit, task: Task, result: Any) -> None:
    """Note the copies, and begin the film or go on with it; addresses are needed no more."""
    fetched = codec.load(Fetched, result)
    note = NoteSources(revision=task.args["revision"], sources=fetched.sources)
    state = unit.decide(video_project.decider, task.subject, note).state
    if not isinstance(state, Running) or state.video.revision != note.revision:
        return
    kept.forget_addresses(unit, task.subject, fetched.sources)
    planned = planning.planning(unit.connection, state.video)
    filming.go_on(unit, task.subject, planned, _look(unit, state.video, fetched.shown))


def _look(unit: Unit, video: Video, shown: Shown) -> Look:
    settings = video.settings
    return Look(
        aspect_ratio=settings.aspect_ratio,
        native_audio=settings.generate_native_audio,
        music=_music(unit, settings.music_track_id),
        music_volume=settings.music_volume,
        logo_key=shown.logo_key,
        card_key=shown.card_key,
    )


def _music(unit: Unit, track_id: UUID | None) -> Track | None:
    """Return the track as it is now, whether it is offered still or not."""
    if track_id is None:
        return None
    track: music_track.MusicTrack = unit.state(music_track.decider, track_id)
    return track.snapshot(track_id)


def _not_fetched(unit: Unit, task: Task, error: ServiceError) -> None:
    revision = task.args["revision"]
    end = filming.left_broken(unit, task.subject, revision)
    note = NoteSourcesMissing(revision=revision, cause=error.code, end=end)
    unit.decide(video_project.decider, task.subject, note)
