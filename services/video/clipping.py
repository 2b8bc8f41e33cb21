"""Clips as they are asked for: their pictures, their rooms, and the own words beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.asked import UNCHANGED
from chassis.domain import value
from chassis.errors import Invalid, NotFound, Rejected
from chassis.unit.deciding import Unit
from contracts.video.clips import UpdateClip
from contracts.video.drafts import NewClip
from video import kept
from video.domain.clips import Clip
from video.domain.pictures import Picture
from video.domain.rooms import room_of
from video.domain.video_state import Video
from video.sourcing import addresses, picture_of

Texts = dict[str, str | None]  # by field; None for what is not said


@value
class Asked:
    """A clip as it is to be, and what is kept of it beside the events."""

    clip: Clip
    texts: Texts
    pictures: tuple[Picture, ...]  # those that were set
    addresses: Mapping[str, str]  # of these, by what stands for them in events

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the pictures that were set."""
        return tuple(each.name for each in self.pictures)


def new_clip(id: UUID, asked: NewClip) -> Asked:
    """Return the clip that is asked for. Raises `Rejected("video.source_refused")`."""
    picture = _must_be(picture_of(asked.image_generation_id, asked.source_image_url))
    end = picture_of(asked.end_image_generation_id, asked.end_image_url)
    clip = Clip(
        id=id,
        picture=picture,
        end_picture=end,
        room_type=_room(asked.room_type, asked.room_label),
        duration_seconds=asked.duration_seconds,
        transition_type=asked.transition_type,
    )
    return Asked(
        clip=clip,
        texts={"room_label": asked.room_label, "motion_prompt": asked.motion_prompt or None},
        pictures=clip.pictures,
        addresses=addresses(asked.source_image_url, asked.end_image_url),
    )


def changed_clip(before: Clip, texts: Mapping[str, str], asked: UpdateClip) -> Asked:
    """Return the clip with what is named changed; `texts`: its own words as they are.

    Raises `Invalid` where two pictures are named for one place, `Rejected("video.source_refused")`.
    """
    set_ones = _set(asked)
    after: Texts = {"room_label": texts.get("room_label"), **_said(asked)}
    named = before.room_type if asked.room_type is UNCHANGED else asked.room_type
    clip = replace(before, room_type=_room(named, after["room_label"]), **set_ones, **_how(asked))
    if "motion_prompt" not in after:
        same_room = clip.room_type == before.room_type
        after["motion_prompt"] = texts.get("motion_prompt") if same_room else None
    return Asked(
        clip=clip,
        texts=after,
        pictures=tuple(each for each in set_ones.values() if each is not None),
        addresses=addresses(asked.source_image_url, asked.end_image_url),
    )


def _said(asked: UpdateClip) -> Texts:
    said = {"room_label": asked.room_label, "motion_prompt": asked.motion_prompt}
    return {field: text or None for field, text in said.items() if text is not UNCHANGED}


def _how(asked: UpdateClip) -> dict[str, Any]:
    how = {"duration_seconds": asked.duration_seconds, "transition_type": asked.transition_type}
    return {name: each for name, each in how.items() if each is not UNCHANGED}


def _set(asked: UpdateClip) -> dict[str, Any]:
    """Return the pictures that are named, by their place: None takes the one at the end away."""
    places = {
        "picture": ("image_generation_id", "source_image_url"),
        "end_picture": ("end_image_generation_id", "end_image_url"),
    }
    found = {}
    for place, fields in places.items():
        said = {each: getattr(asked, each) for each in fields}
        named = {name: each for name, each in said.items() if each is not UNCHANGED}
        given = {name: each for name, each in named.items() if each is not None}
        if len(given) > 1:
            raise _invalid(fields[0], f"This, or {fields[1]}.")
        if named:
            image, written = (given.get(each) for each in fields)
            found[place] = picture_of(image, written)
    return found


def _room(name: str, label: str | None) -> str:
    room = room_of(name, label)
    if room is None:
        raise AssertionError(f"{name} has passed the door")
    return room


def _must_be(picture: Picture | None) -> Picture:
    if picture is None:
        raise AssertionError("a clip without a picture has passed the door")
    return picture


def _invalid(field: str, text: str) -> Invalid:
    return Invalid("chassis.invalid_argument", details={"fields": {field: [text]}})


def one_of(video: Video, clip_id: UUID) -> Clip:
    """Return a clip of a video. Raises `NotFound`."""
    for clip in video.clips:
        if clip.id == clip_id:
            return clip
    raise NotFound("video.clip_not_found", "no such clip")


def keep(unit: Unit, video_id: UUID, video: Video, asked: Iterable[Asked]) -> None:
    """Keep what is asked for beside the events of a video, as that stands now.

    Raises `Rejected("video.upload_unknown")` for a picture that the workspace has not sent.
    """
    for each in asked:
        _must_be_there(unit, video.workspace_id, each.pictures)
        for statement in kept.written(each.clip.id, video.workspace_id, each.texts):
            unit.execute(statement)
        for picture in each.pictures:
            if picture.address is not None and picture.name not in video.sources:
                row_id = kept.address_row(video_id, picture.address)
                address = {"address": each.addresses[picture.address]}
                for statement in kept.written(row_id, video.workspace_id, address):
                    unit.execute(statement)


def _must_be_there(unit: Unit, workspace_id: UUID, pictures: Iterable[Picture]) -> None:
    keys = {each.upload for each in pictures if each.upload is not None}
    if kept.hold_uploads(unit.connection, workspace_id, keys) != keys:
        raise Rejected("video.upload_unknown", "no picture of this workspace has that ref")


def let_go(unit: Unit, video_id: UUID, before: Video, clips: Iterable[Clip]) -> None:
    """Forget the addresses that a video showed and no clip of these shows any more."""
    gone = _addresses(before.clips) - _addresses(clips)
    if gone:
        unit.execute(kept.forget(kept.address_row(video_id, each) for each in gone))


def _addresses(clips: Iterable[Clip]) -> set[str]:
    shown = (each.address for clip in clips for each in clip.pictures)
    return {each for each in shown if each is not None}
