"""Drafts: made, by hand or after a storyboard, and changed; a film that has ended is one again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any
from uuid import UUID

from chassis import ids
from chassis.asked import Page, Written, given
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.identity import Actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.video.drafts import (
    CreateFromStoryboard,
    CreateVideo,
    DeleteVideo,
    ListStoryboards,
    NewClip,
    NewRevision,
    Revised,
    Slot,
    Storyboard,
    UpdateVideo,
)
from video import clipping, kept, removing, starting
from video.clipping import Asked, Texts
from video.domain import music_track, video_messages, video_project
from video.domain.music_track import NO_MUSIC, Music
from video.domain.plan import Settings
from video.domain.storyboards import SLOT_SECONDS, STORYBOARDS
from video.domain.video_messages import By, MayChange, OpenRevision, Update
from video.domain.video_state import Video

NewFilm = CreateVideo | CreateFromStoryboard

SAME_NAMES = (
    *("aspect_ratio", "music_track_id", "music_volume", "generate_native_audio"),
    *("motion", "show_logo", "end_card"),
)


def create(door: Door, call: Call, asked: CreateVideo) -> Written:
    """Make a draft; made before with the same content, it is left as it is.

    The caller's token says that there is a workspace; it may not have been heard of yet. Raises
    `Rejected` where it is closed, and for what a video's rules refuse.
    """
    return _made(door, call, asked, asked.clips)


def create_from_storyboard(door: Door, call: Call, asked: CreateFromStoryboard) -> Written:
    """Make a draft likewise, whose rooms a storyboard names. Raises `Rejected` as that does."""
    board = STORYBOARDS.get(asked.storyboard_id)
    if board is None:
        raise Rejected("video.storyboard_unknown", "there is no such storyboard")
    if len(asked.slots) != len(board.room_types):
        details = {"slots": len(board.room_types)}
        raise Rejected("video.storyboard_slots", "each slot has one picture", details=details)
    pairs = zip(asked.slots, board.room_types, strict=True)
    return _made(
        door, call, asked, [NewClip(**asdict(slot), room_type=room) for slot, room in pairs]
    )


def _made(door: Door, call: Call, asked: NewFilm, clips: Sequence[NewClip]) -> Written:
    return door.app.unit(call, partial(_create, asked, clips, door.tools.engine), Written)


def _create(asked: NewFilm, clips: Sequence[NewClip], engine: str, unit: Unit) -> Written:
    workspace_id = own_workspace(unit.call.actor)
    must_not_be_over(unit, workspace_id)
    id = asked.video_project_id or ids.derive(unit.call.id, "video_project")
    is_new = unit.state(video_project.decider, id) is None
    made = [clipping.new_clip(ids.derive(id, "clip", at), each) for at, each in enumerate(clips)]
    texts = {id: _description(asked.description), **{each.clip.id: each.texts for each in made}}
    fields = {name: getattr(asked, name) for name in SAME_NAMES}
    command = video_messages.CreateVideo(
        workspace_id=workspace_id,
        user_id=unit.call.actor.user_id,
        settings=Settings(title=asked.name, engine=engine, **fields),
        clips=tuple(each.clip for each in made),
        music=_music(unit, asked.music_track_id),
        same_texts=is_new or are_kept(unit, texts),
    )
    decided = unit.decide(video_project.decider, id, command)
    if is_new:
        _keep(unit, id, decided.state.video, texts[id], made)
    return decided.written


def _keep(unit: Unit, id: UUID, video: Video, texts: Texts, made: Sequence[Asked] = ()) -> None:
    for statement in kept.written(id, video.workspace_id, texts):
        unit.execute(statement)
    clipping.keep(unit, id, video, made)


def update(unit: Unit, asked: UpdateVideo) -> Written:
    """Change what a film is to be; what is not named stays as it is."""
    id, fields = asked.video_project_id, given(asked)
    before = changing(unit, id)
    texts = _description(fields["description"]) if "description" in fields else {}
    settings = _changed(before.settings, fields)
    other_music = settings.music_track_id != before.settings.music_track_id
    command = Update(
        by=acting(unit.call.actor),
        settings=settings,
        music=_music(unit, settings.music_track_id) if other_music else NO_MUSIC,
        same_texts=are_kept(unit, {id: texts}),
    )
    decided = unit.decide(video_project.decider, id, command)
    _keep(unit, id, before, texts)
    return decided.written


def _changed(before: Settings, fields: Mapping[str, Any]) -> Settings:
    named = {name: fields[name] for name in SAME_NAMES if name in fields}
    return replace(before, title=fields.get("name", before.title), **named)


def _description(written: str | None) -> Texts:
    return {"description": written or None}


def _music(unit: Unit, track_id: UUID | None) -> Music:
    """Return what is known of the track that a film is to have."""
    if track_id is None:
        return NO_MUSIC
    track: music_track.MusicTrack | None = unit.state(music_track.decider, track_id)
    return Music(is_known=track is not None, is_active=track is not None and track.is_offered)


def are_kept(unit: Unit, texts: Mapping[UUID, Texts]) -> bool:
    """Return whether what is kept of these rows is that already."""
    there = kept.texts_of(unit.connection, texts)
    return all(there[row].get(name) == text for row in texts for name, text in texts[row].items())


def own_workspace(actor: Actor) -> UUID:
    """Return the workspace of somebody who may act in one."""
    if actor.workspace_id is None:
        raise AssertionError("who has a role has it in a workspace")
    return actor.workspace_id


def must_not_be_over(unit: Unit, workspace_id: UUID) -> None:
    """Raise `Rejected` for a workspace that is closed: nothing would let go of what is made."""
    if starting.is_over(unit, workspace_id):
        raise Rejected("video.workspace_suspended", "this workspace is closed")


def acting(actor: Actor) -> By:
    """Return who asks, as the rule of whose videos are whose sees them."""
    return By(user_id=actor.user_id, any_video=actor.role in ("admin", "owner"))


def changing(unit: Unit, video_id: UUID) -> Video:
    """Return a video that is the caller's to change, in whatever state.

    Raises `NotFound`, `Forbidden` for a member whose it is not, `Conflict` for another version.
    """
    question = MayChange(by=acting(unit.call.actor))
    video: Video = unit.may(video_project.decider, video_id, question).state.video
    return video


def open_revision(unit: Unit, asked: NewRevision) -> Revised:
    """Let a film that has ended be changed; what was made of it stays."""
    command = OpenRevision(by=acting(unit.call.actor))
    opened = unit.decide(video_project.decider, asked.video_project_id, command)
    return Revised(id=opened.id, version=opened.version, revision=opened.state.video.revision)


def delete(unit: Unit, asked: DeleteVideo) -> Written:
    """Delete a video with its films; its run has ended first, what was delivered is owed."""
    id = asked.video_project_id
    changing(unit, id)  # of the caller's version, before its run is ended
    return removing.video(unit, id, by=acting(unit.call.actor)).written


def storyboards(door: Door, call: Call, asked: ListStoryboards) -> Page[Storyboard]:
    """Return the storyboards that a film may follow."""
    items = (
        Storyboard(
            id=each.id,
            name=each.name,
            slots=tuple(
                Slot(room_type=room, duration_seconds=SLOT_SECONDS) for room in each.room_types
            ),
            seconds=each.seconds,
        )
        for each in STORYBOARDS.values()
    )
    return Page(items=tuple(items), next_cursor=None)
