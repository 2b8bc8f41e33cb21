"""Drafts: what a film is to be made of."""

from typing import Literal
from uuid import UUID

from chassis.asked import Command, Written
from chassis.domain import value


@value
class NewClip:
    """One clip names exactly one source: an image of media, or an address."""

    room_type: str
    image_generation_id: UUID | None = None
    source_image_url: str | None = None
    end_image_url: str | None = None
    room_label: str | None = None
    duration_seconds: int = 5  # 5 or 10
    transition_type: Literal["cut", "seamless"] = "seamless"  # into the next clip


@value
class CreateVideo(Command[Written]):
    """Make a draft in one's own workspace, with an id of one's choice or a new one."""

    name: str
    clips: tuple[NewClip, ...]
    description: str | None = None
    aspect_ratio: Literal["16:9", "9:16", "1:1"] = "16:9"
    music_track_id: UUID | None = None
    music_volume: int = 50  # percent
    generate_native_audio: bool = True
    video_project_id: UUID | None = None
