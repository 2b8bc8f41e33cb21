"""What the door asks of media's requests beyond their types."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Range

from chassis.door.rules import text
from chassis.marshalling import Rules
from contracts.media.projects import CreateProject, SetRoomType, StartProject
from contracts.media.uploads import ConfirmUploads, FileToUpload, RequestUploads
from gateways.pictures import MAX_BYTES
from media.domain.rooms import ROOM_TYPES
from media.links import EXTENSIONS, media_type

SHA256 = re.compile("[0-9a-f]{64}")
ROOM_TYPE = OneOf(ROOM_TYPES)
IMAGES = Length(min=1, max=100)


def files(value: Sequence[FileToUpload]) -> None:
    """Refuse announced files that can be no photographs."""
    if not 1 <= len(value) <= 100:
        raise ValidationError("1 to 100 files.")
    for each in value:
        if not 1 <= len(each.file_name) <= 255:
            raise ValidationError("file_name: 1 to 255 characters.")
        if media_type(each.content_type) not in EXTENSIONS:
            raise ValidationError(f"content_type: one of {', '.join(EXTENSIONS)}.")
        if not 1 <= each.size_bytes <= MAX_BYTES:
            raise ValidationError(f"size_bytes: 1 to {MAX_BYTES}.")
        if not SHA256.fullmatch(each.sha256):
            raise ValidationError("sha256: 64 hexadecimal digits in lower case.")


RULES: Mapping[type[Any], Rules] = {
    CreateProject: {"name": text(200), "room_type": ROOM_TYPE},
    SetRoomType: {"image_ids": IMAGES, "room_type": ROOM_TYPE},
    StartProject: {"max_price_ore": Range(min=0)},
    RequestUploads: {"files": files},
    ConfirmUploads: {"image_ids": IMAGES},
}
