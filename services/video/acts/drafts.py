"""What is done about drafts: one is made of pictures of media, in one's own workspace."""

from functools import partial
from uuid import UUID

from chassis import ids
from chassis.asked import Written
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.identity import Actor
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.video.drafts import CreateVideo, NewClip
from video import kept
from video.domain import video, video_project
from video.domain.plan import Clip, Settings


def create(door: Door, call: Call, asked: CreateVideo) -> Written:
    """Make a draft; made before with the same content, it is left as it is.

    The caller's token says that there is a workspace; it may not have been heard of yet.
    Raises `Rejected` for pictures from elsewhere than media and for what a video's rules refuse.
    """
    return door.app.unit(call, partial(_create, asked, door.tools.engine.name), Written)


def _create(asked: CreateVideo, engine: str, unit: Unit) -> Written:
    workspace_id = own_workspace(unit.call.actor)
    id = asked.video_project_id or ids.derive(unit.call.id, "video_project")
    is_new = unit.state(video_project.decider, id) is None
    texts = _texts(id, asked)
    command = video.CreateVideo(
        workspace_id=workspace_id,
        user_id=unit.call.actor.user_id,
        settings=_settings(id, asked, engine),
        music_track_id=asked.music_track_id,
        same_texts=is_new or texts == kept.texts_of(unit.connection, texts),
    )
    decided = unit.decide(video_project.decider, id, command)
    if is_new:
        for row_id, values in texts.items():
            if values:
                unit.execute(keep(row_id, workspace_id, values))
    return decided.written


def own_workspace(actor: Actor) -> UUID:
    """Return the workspace of somebody who may act in one."""
    if actor.workspace_id is None:
        raise AssertionError("who has a role has it in a workspace")
    return actor.workspace_id


def _settings(id: UUID, asked: CreateVideo, engine: str) -> Settings:
    return Settings(
        title=asked.name,
        clips=tuple(_clip(_clip_id(id, at), each) for at, each in enumerate(asked.clips)),
        aspect_ratio=asked.aspect_ratio,
        music_volume=asked.music_volume,
        generate_native_audio=asked.generate_native_audio,
        engine=engine,
    )


def _clip(id: UUID, asked: NewClip) -> Clip:
    if asked.image_generation_id is None or asked.end_image_url is not None:
        raise Rejected("video.external_source_not_available", "clips show images of media")
    return Clip(
        id=id,
        image_generation_id=asked.image_generation_id,
        room_type=asked.room_type,
        duration_seconds=asked.duration_seconds,
        transition_type=asked.transition_type,
    )


def _clip_id(id: UUID, at: int) -> UUID:
    return ids.derive(id, "clip", at)


def _texts(id: UUID, asked: CreateVideo) -> dict[UUID, dict[str, str]]:
    """Return the customer's own words by row: they are kept beside the events, not in them."""
    texts = {id: {"description": asked.description} if asked.description else {}}
    for at, clip in enumerate(asked.clips):
        texts[_clip_id(id, at)] = {"room_label": clip.room_label} if clip.room_label else {}
    return texts
