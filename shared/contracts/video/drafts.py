"""Drafts: what a film is to be, and how its clips are changed. Members change their own videos."""

from typing import Literal
from uuid import UUID

from chassis.asked import UNCHANGED, Asked, Command, Keyed, Page, Unchanged, Written
from chassis.domain import value

AspectRatio = Literal["16:9", "9:16", "1:1"]
Motion = Literal["calm", "normal"]
TransitionType = Literal["cut", "seamless"]


@value
class SlotPicture:
    """A picture for a slot, which knows its room; where it is to lead to another, one of that."""

    image_generation_id: UUID | None = None  # exactly one source: this, or the next
    source_image_url: str | None = None  # https, or the `ref` of an own upload
    room_label: str | None = None
    end_image_generation_id: UUID | None = None
    end_image_url: str | None = None
    duration_seconds: int = 5  # 5 or 10
    transition_type: TransitionType = "seamless"  # into the next clip
    motion_prompt: str | None = None  # own words, for an engine that reads them


@value
class NewClip(SlotPicture):
    """A clip: a picture, and the room that it shows."""

    room_type: str  # in English or Norwegian


@value
class CreateVideo(Command[Written]):
    """Make a draft in one's own workspace."""

    name: str
    clips: tuple[NewClip, ...]
    description: str | None = None
    aspect_ratio: AspectRatio = "16:9"
    music_track_id: UUID | None = None
    music_volume: int = 50  # percent
    generate_native_audio: bool = True
    motion: Motion = "calm"
    show_logo: bool = False  # the workspace's, over the whole film
    end_card: bool = False  # three seconds of the workspace's name, logo and colour
    video_project_id: UUID | None = None  # of one's choice, or a new one


@value
class CreateFromStoryboard(Command[Written]):
    """Make a draft of a storyboard: as many pictures as it has slots, in their order."""

    storyboard_id: str
    name: str
    slots: tuple[SlotPicture, ...]
    description: str | None = None
    aspect_ratio: AspectRatio = "16:9"
    music_track_id: UUID | None = None
    music_volume: int = 50  # percent
    generate_native_audio: bool = True
    motion: Motion = "calm"
    show_logo: bool = False
    end_card: bool = False
    video_project_id: UUID | None = None


@value
class UpdateVideo(Command[Written]):
    """Say what a draft is to be; what is not named stays."""

    video_project_id: UUID
    name: str | Unchanged = UNCHANGED
    description: str | None | Unchanged = UNCHANGED
    aspect_ratio: AspectRatio | Unchanged = UNCHANGED
    music_track_id: UUID | None | Unchanged = UNCHANGED
    music_volume: int | Unchanged = UNCHANGED
    generate_native_audio: bool | Unchanged = UNCHANGED
    motion: Motion | Unchanged = UNCHANGED
    show_logo: bool | Unchanged = UNCHANGED
    end_card: bool | Unchanged = UNCHANGED


@value
class Revised:
    """A video that is a draft, of this revision."""

    id: UUID
    version: int
    revision: int


@value
class NewRevision(Command[Revised]):
    """Open a video that has ended for changes; the film that is there stays."""

    video_project_id: UUID


@value
class DeleteVideo(Keyed[Written]):
    """Delete a video and its films; what was delivered of it is owed."""

    video_project_id: UUID


@value
class Slot:
    room_type: str
    duration_seconds: int


@value
class Storyboard:
    id: str
    name: str
    slots: tuple[Slot, ...]
    seconds: int


@value
class ListStoryboards(Asked[Page[Storyboard]]):
    """Return the storyboards that a film may follow: all on one page."""
