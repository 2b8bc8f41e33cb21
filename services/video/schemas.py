"""The requests video accepts: the contracts' fields, with the rules that hold at the door."""

from collections.abc import Sequence

from marshmallow import ValidationError
from marshmallow.validate import Length, Range, Regexp

from chassis.codec import request
from chassis.unit import feed
from chassis.unit.pages import LIMIT
from contracts import video
from video.domain.rooms import ROOM_TYPES

CLIP_SECONDS = (5, 10)
MAX_PRICE_ORE = 10**12


def clips(given: Sequence[video.NewClip]) -> None:
    """Refuse clips without one source, of unknown rooms or of another length."""
    wrong = {number: faults for number, clip in enumerate(given) if (faults := _faults(clip))}
    if wrong:
        raise ValidationError(wrong)


def _faults(clip: video.NewClip) -> dict[str, list[str]]:
    faults = {}
    if (clip.image_generation_id is None) == (clip.source_image_url is None):
        faults["image_generation_id"] = ["Exactly one source: this, or source_image_url."]
    if clip.room_type not in ROOM_TYPES:
        faults["room_type"] = ["Not a room type."]
    if clip.duration_seconds not in CLIP_SECONDS:
        faults["duration_seconds"] = ["5 or 10."]
    if clip.room_label is not None and not 1 <= len(clip.room_label) <= 100:
        faults["room_label"] = ["1 to 100 characters."]
    return faults


CreateVideo = request(
    video.CreateVideo,
    name=(Length(min=1, max=200), Regexp(r"\s*\S", error="All blank.")),
    description=Length(max=2_000),
    music_volume=Range(min=0, max=100),
    clips=clips,
)
StartVideo = request(video.StartVideo, max_price_ore=Range(min=0, max=MAX_PRICE_ORE))
GetVideo = request(video.GetVideo)
ListVideos = request(video.ListVideos, limit=LIMIT)
GetProgress = request(video.GetProgress)
EventsRead = request(feed.EventsRead)
Describe = request(feed.Describe)
