"""What the door asks of video's requests beyond their types."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError
from marshmallow.validate import OneOf, Range

from chassis.bounds import Size
from chassis.door.rules import fits, fits_lines, lines, text
from chassis.marshalling import Each, Form, Rule, Rules
from contracts.video.clips import AddClip, UpdateClip
from contracts.video.costs import DiffCost
from contracts.video.drafts import (
    CreateFromStoryboard,
    CreateVideo,
    NewClip,
    SlotPicture,
    UpdateVideo,
)
from contracts.video.music import AddMusicTrack, AudioToUpload
from contracts.video.runs import RaiseCap, StartVideo
from contracts.video.uploads import ConfirmUploads, FileToUpload, RequestUploads
from gateways.pictures import MAX_BYTES
from video.domain.clips import CLIP_SECONDS
from video.domain.rooms import room_of
from video.links import AUDIO, MAX_AUDIO_BYTES, PICTURES, media_type

Faults = dict[str, list[str]]

MAX_ADDRESS = 2_000  # characters
MAX_LABEL, MAX_WORDS = 100, 500
MAX_PRICE_ORE = 10**12
MAX_CAP_CENTS = 10**8
SHA256 = re.compile("[0-9a-f]{64}")
SENT_AT_ONCE = Size(10, least=1)  # more would outlast a call


def picture_faults(asked: SlotPicture) -> Faults:
    """Return what is wrong with the picture of a clip, and with all that is said of it."""
    faults: Faults = {}
    if (asked.image_generation_id is None) == (asked.source_image_url is None):
        faults["image_generation_id"] = ["Exactly one source: this, or source_image_url."]
    if asked.end_image_generation_id is not None and asked.end_image_url is not None:
        faults["end_image_generation_id"] = ["This, or end_image_url."]
    if asked.duration_seconds not in CLIP_SECONDS:
        faults["duration_seconds"] = ["5 or 10."]
    for name in ("source_image_url", "end_image_url"):
        if not fits(getattr(asked, name) or "-", MAX_ADDRESS):
            faults[name] = [f"An address of at most {MAX_ADDRESS} characters."]
    if asked.room_label is not None and not fits(asked.room_label, MAX_LABEL):
        faults["room_label"] = [f"1 to {MAX_LABEL} characters, on one line."]
    if not fits_lines(asked.motion_prompt or "", MAX_WORDS):
        faults["motion_prompt"] = [f"At most {MAX_WORDS} characters."]
    return faults


def clip_faults(asked: NewClip) -> Faults:
    """Return what is wrong with a clip: its picture's faults, and an unknown room."""
    return {**picture_faults(asked), **_room_faults(asked.room_type)}


def _room_faults(room_type: str) -> Faults:
    return {"room_type": ["Not a room type."]} if room_of(room_type) is None else {}


def _clip(asked: NewClip) -> NewClip:
    if faults := clip_faults(asked):
        raise ValidationError({**faults})
    return asked


def _room(written: str) -> None:
    if room_of(written) is None:
        raise ValidationError("Not a room type.")


def file_faults(file: FileToUpload) -> Faults:
    """Return what is wrong with an announced file that can be no picture."""
    name = {} if fits(file.file_name, 255) else {"file_name": ["1 to 255 characters, on one line."]}
    return {**name, **_of_file(file, PICTURES, MAX_BYTES)}


def _of_file(
    file: FileToUpload | AudioToUpload, taken: Mapping[str, str], most_bytes: int
) -> Faults:
    faults: Faults = {}
    if media_type(file.content_type) not in taken:
        faults["content_type"] = [f"One of {', '.join(taken)}."]
    if not 1 <= file.size_bytes <= most_bytes:
        size = f"1 to {most_bytes} bytes."
        faults["size_bytes"] = [size if file.size_bytes else "The file is empty."]
    if not SHA256.fullmatch(file.sha256):
        faults["sha256"] = ["64 hexadecimal digits in lower case."]
    return faults


def _sound(file: AudioToUpload) -> AudioToUpload:
    if faults := _of_file(file, AUDIO, MAX_AUDIO_BYTES):
        raise ValidationError({**faults})
    return file


NAME = text(200)
ADDRESS = text(MAX_ADDRESS)
FILM: Mapping[str, Rule | tuple[Rule, ...]] = {
    "name": NAME,
    "description": lines(2_000),
    "music_volume": Range(min=0, max=100),
}

RULES: Mapping[type[Any], Rules] = {
    CreateVideo: {**FILM, "clips": Each(clip_faults)},
    CreateFromStoryboard: {**FILM, "slots": Each(picture_faults)},
    UpdateVideo: FILM,
    AddClip: {"clip": Form(_clip), "at": Range(min=0)},
    UpdateClip: {
        "source_image_url": ADDRESS,
        "end_image_url": ADDRESS,
        "room_type": _room,
        "room_label": text(MAX_LABEL),
        "duration_seconds": OneOf(CLIP_SECONDS),
        "motion_prompt": lines(MAX_WORDS),
    },
    DiffCost: {"clips": Each(clip_faults)},
    StartVideo: {"max_price_ore": Range(min=0, max=MAX_PRICE_ORE)},
    RaiseCap: {"cap_cents": Range(min=1, max=MAX_CAP_CENTS), "reason": text(200)},
    RequestUploads: {"files": (SENT_AT_ONCE, Each(file_faults))},
    ConfirmUploads: {"upload_ids": SENT_AT_ONCE},
    AddMusicTrack: {
        "name": NAME,
        "artist": NAME,
        "bpm": Range(min=20, max=400),
        "license_type": text(100),
        "attribution": text(500),
        "file": Form(_sound),
    },
}
