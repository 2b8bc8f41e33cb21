"""What happens to films: units over a video, its pieces and the texts of its customer."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis import ids
from chassis.blobs import Folder
from chassis.errors import Forbidden, Rejected
from chassis.identity import Actor
from chassis.personal import keep, personal
from chassis.unit.handling import Unit
from contracts import video as requests
from video.domain import customer, piece, video_project
from video.domain.piece import CompletePiece, FailPiece, Result, WantPiece
from video.domain.plan import Clip, Settings, Source, run_id
from video.domain.video import (
    CreateVideo,
    Generating,
    NotePieceFailed,
    NotePieceFinished,
    NoteSources,
    StartVideo,
    Video,
)


def create(unit: Unit, request: requests.CreateVideo, engine: str) -> dict[str, Any]:
    """Make a draft; made before with the same content, it is left as it is.

    Raises `Forbidden` for a system admin, `Rejected` for a workspace not heard of yet, for
    pictures from elsewhere than media and for what the rules of a video refuse.
    """
    workspace_id = unit.call.actor.workspace_id
    if workspace_id is None:
        raise Forbidden("video.no_workspace", "a system admin has no workspace of their own")
    if unit.state(customer.decider, workspace_id) is None:
        raise Rejected("video.workspace_unknown", "not heard of this workspace yet", retryable=True)
    id = request.video_project_id or ids.derive(unit.call.id, "video_project")
    is_new = unit.state(video_project.decider, id) is None
    texts = _texts(id, request)
    command = CreateVideo(
        workspace_id=workspace_id,
        user_id=unit.call.actor.user_id,
        settings=_settings(id, request, engine),
        music_track_id=request.music_track_id,
        same_texts=is_new or texts == _kept(unit, texts),
    )
    written = unit.decide(video_project.decider, id, command)
    if is_new:
        for row_id, values in texts.items():
            if values:
                unit.execute(keep(row_id, workspace_id, values))
    return written.reply()


def _settings(id: UUID, request: requests.CreateVideo, engine: str) -> Settings:
    return Settings(
        title=request.name,
        clips=tuple(_clip(_clip_id(id, at), each) for at, each in enumerate(request.clips)),
        aspect_ratio=request.aspect_ratio,
        music_volume=request.music_volume,
        generate_native_audio=request.generate_native_audio,
        engine=engine,
    )


def _clip(id: UUID, given: requests.NewClip) -> Clip:
    if given.image_generation_id is None or given.end_image_url is not None:
        raise Rejected("video.external_source_not_available", "clips show images of media")
    return Clip(
        id=id,
        image_generation_id=given.image_generation_id,
        room_type=given.room_type,
        duration_seconds=given.duration_seconds,
        transition_type=given.transition_type,
    )


def _clip_id(id: UUID, at: int) -> UUID:
    return ids.derive(id, "clip", at)


def _texts(id: UUID, request: requests.CreateVideo) -> dict[UUID, dict[str, str]]:
    """Return the customer's own words by row: they are kept beside the events, not in them."""
    texts = {id: {"description": request.description} if request.description else {}}
    for at, clip in enumerate(request.clips):
        texts[_clip_id(id, at)] = {"room_label": clip.room_label} if clip.room_label else {}
    return texts


def _kept(unit: Unit, texts: dict[UUID, dict[str, str]]) -> dict[UUID, dict[str, str]]:
    rows = unit.execute(
        select(personal).where(personal.c.row_id.in_([str(row_id) for row_id in texts]))
    ).all()
    return {
        row_id: {row.field: row.value for row in rows if row.row_id == str(row_id)}
        for row_id in texts
    }


def start(unit: Unit, request: requests.StartVideo) -> dict[str, Any]:
    """Ask for a video to be made once it is cleared; a start that is under way is left alone.

    Raises `Forbidden` for a member whose video it is not, `Rejected` where it has ended.
    """
    command = StartVideo(max_price_ore=request.max_price_ore)
    written = unit.decide(video_project.decider, request.video_project_id, command)
    state: Video = written.state
    if not _may_change(unit.call.actor, state):  # nothing is written before the unit's end
        raise Forbidden("video.not_your_video", "members start their own videos only")
    return written.reply(run_id=run_id(written.id, state.revision), clearance="requested")


def _may_change(actor: Actor, video: Video) -> bool:
    mine = actor.user_id == video.user_id
    return mine or actor.is_system_admin or actor.role in ("admin", "owner")


def generate(unit: Unit, id: UUID, revision: int, sources: tuple[Source, ...]) -> None:
    """Want all pieces of a video whose pictures are there; what was rendered before is taken."""
    note = NoteSources(revision=revision, sources=sources)
    video = unit.decide(video_project.decider, id, note).state
    if not isinstance(video, Generating):
        return
    unit.preload((piece.decider, each.piece_id) for each in video.wanted)
    for each in video.wanted:
        want = WantPiece(workspace_id=video.workspace_id, video_project_id=id, spec=each.spec)
        state = unit.decide(piece.decider, each.piece_id, want).state
        if isinstance(state, piece.Rendered):
            finished = NotePieceFinished(piece_id=each.piece_id, key=state.key)
            unit.decide(video_project.decider, id, finished)


def finish_piece(unit: Unit, piece_id: UUID, result: Result, attempts: int) -> None:
    """Record a rendered piece and tell every video that waits for it."""
    complete = CompletePiece(result=result, attempts=attempts)
    ended = unit.decide(piece.decider, piece_id, complete).state
    for id in ended.wanted_by:
        note = NotePieceFinished(piece_id=piece_id, key=result.key)
        unit.decide(video_project.decider, id, note)


def lose_piece(unit: Unit, piece_id: UUID, cause: str, attempts: int) -> None:
    """Record that a piece cannot be rendered and tell every video that waits for it."""
    ended = unit.decide(piece.decider, piece_id, FailPiece(cause=cause, attempts=attempts)).state
    for id in ended.wanted_by:
        note = NotePieceFailed(piece_id=piece_id, cause=cause)
        unit.decide(video_project.decider, id, note)


def shown(
    row: Mapping[str, Any], clips: Sequence[Mapping[str, Any]], blobs: Folder
) -> dict[str, Any]:
    """Return a video as it is replied: its row, its clips, and links once the film is there."""
    film = thumbnail = None
    if row["status"] == "completed":
        film = {**_link(row["final_video_url"], "video/mp4", blobs), **row["metadata"]["film"]}
        thumbnail = _link(row["thumbnail_url"], "image/jpeg", blobs)
    return {**row, "clips": clips, "film": film, "thumbnail": thumbnail}


def _link(ref: str, content_type: str, blobs: Folder) -> dict[str, Any]:
    return {"ref": ref, **blobs.link(ref.removeprefix("blob:"), content_type)}
