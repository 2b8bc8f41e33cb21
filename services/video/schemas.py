"""What the door asks of video's requests beyond their types."""

from collections.abc import Mapping
from typing import Any

from marshmallow.validate import Range

from chassis.door import rules
from chassis.marshalling import Each, Rules
from contracts.video.drafts import CreateVideo, NewClip
from contracts.video.runs import StartVideo
from video.domain.rooms import ROOM_TYPES

CLIP_SECONDS = (5, 10)
MAX_ADDRESS = 2_000  # characters
MAX_PRICE_ORE = 10**12


def clip_faults(clip: NewClip) -> dict[str, list[str]]:
    """Return what is wrong with a clip: not one source, an unknown room, another length."""
    faults = {}
    if (clip.image_generation_id is None) == (clip.source_image_url is None):
        faults["image_generation_id"] = ["Exactly one source: this, or source_image_url."]
    if clip.room_type not in ROOM_TYPES:
        faults["room_type"] = ["Not a room type."]
    if clip.duration_seconds not in CLIP_SECONDS:
        faults["duration_seconds"] = ["5 or 10."]
    for name in ("source_image_url", "end_image_url"):
        if not rules.fits(getattr(clip, name) or "-", MAX_ADDRESS):
            faults[name] = [f"An address of at most {MAX_ADDRESS} characters."]
    if clip.room_label is not None and not rules.fits(clip.room_label, 100):
        faults["room_label"] = ["1 to 100 characters, on one line."]
    return faults


RULES: Mapping[type[Any], Rules] = {
    CreateVideo: {
        "name": rules.text(200),
        "description": rules.lines(2_000),
        "music_volume": Range(min=0, max=100),
        "clips": Each(clip_faults),
    },
    StartVideo: {"max_price_ore": Range(min=0, max=MAX_PRICE_ORE)},
}
