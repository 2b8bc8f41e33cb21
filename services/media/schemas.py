"""The requests media accepts: the contracts' fields, with the rules that hold at the door."""

import re
from collections.abc import Sequence

from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Range

from chassis.codec import request
from chassis.unit import feed
from chassis.unit.pages import LIMIT
from contracts import media
from media.domain.rooms import ROOM_TYPES
from media.gateways.pictures import MAX_BYTES

SHA256 = re.compile("[0-9a-f]{64}")
ROOM_TYPE = OneOf(ROOM_TYPES)
IMAGES = Length(min=1, max=100)


def name(value: str) -> None:
    """Refuse what is no name."""
    if not value.strip() or len(value) > 200:
        raise ValidationError("1 to 200 characters, not all blank.")


def files(value: Sequence[media.FileToUpload]) -> None:
    """Refuse announced files that can be no photographs."""
    if not 1 <= len(value) <= 100:
        raise ValidationError("1 to 100 files.")
    for each in value:
        if not 1 <= len(each.file_name) <= 255:
            raise ValidationError("file_name: 1 to 255 characters.")
        if not 1 <= each.size_bytes <= MAX_BYTES:
            raise ValidationError(f"size_bytes: 1 to {MAX_BYTES}.")
        if not SHA256.fullmatch(each.sha256):
            raise ValidationError("sha256: 64 hexadecimal digits in lower case.")


CreateProject = request(media.CreateProject, name=name, room_type=ROOM_TYPE)
RequestUploads = request(media.RequestUploads, files=files)
ConfirmUploads = request(media.ConfirmUploads, image_ids=IMAGES)
SetRoomType = request(media.SetRoomType, image_ids=IMAGES, room_type=ROOM_TYPE)
StartProject = request(media.StartProject, max_price_ore=Range(min=0))
GetProject = request(media.GetProject)
ListProjects = request(media.ListProjects, limit=LIMIT)
ListStyleTemplates = request(media.ListStyleTemplates)
ListRoomTypes = request(media.ListRoomTypes)
GetSourceLink = request(media.GetSourceLink)
EventsRead = request(feed.EventsRead)
Describe = request(feed.Describe)
