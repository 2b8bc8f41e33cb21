"""What the door asks of media's requests beyond their types."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from marshmallow.validate import OneOf, Range

from chassis.bounds import Size
from chassis.door.rules import fits, lines, text
from chassis.marshalling import Each, Rules
from contracts.media.disclosure import SetAlteration
from contracts.media.downloads import DownloadProject
from contracts.media.images import DeleteImages, EditImage, ListImages, RegenerateImage
from contracts.media.projects import (
    CreateProject,
    ListProjects,
    SetRoomType,
    StartProject,
    UpdateProject,
)
from contracts.media.uploads import ConfirmUploads, FileToUpload, RequestUploads
from gateways.pictures import MAX_BYTES
from media.domain.rooms import ROOM_TYPES
from media.domain.status import Status
from media.links import EXTENSIONS, media_type

SHA256 = re.compile("[0-9a-f]{64}")
ROOM_TYPE = OneOf(ROOM_TYPES)
LISTED = Size(100, least=1)
JUDGED_AT_ONCE = Size(10, least=1)  # more would outlast a call
MASK_TYPE = "image/png"
TAKEN_HOME_AT_ONCE = Size(50, least=1)
STATUS = OneOf(get_args(Status))
PROMPT = lines(2_000)
REASON = lines(500)
SIZE = f"1 to {MAX_BYTES} bytes."


def file_faults(file: FileToUpload) -> dict[str, list[str]]:
    """Return what is wrong with an announced file that can be no photograph."""
    faults = {}
    if not fits(file.file_name, 255):
        faults["file_name"] = ["1 to 255 characters, on one line."]
    taken = (MASK_TYPE,) if file.mask_of else tuple(EXTENSIONS)
    if media_type(file.content_type) not in taken:
        faults["content_type"] = [f"One of {', '.join(taken)}."]
    if not 1 <= file.size_bytes <= MAX_BYTES:
        faults["size_bytes"] = [SIZE if file.size_bytes else "The file is empty."]
    if not SHA256.fullmatch(file.sha256):
        faults["sha256"] = ["64 hexadecimal digits in lower case."]
    return faults


RULES: Mapping[type[Any], Rules] = {
    CreateProject: {"name": text(200), "room_type": ROOM_TYPE},
    UpdateProject: {"name": text(200), "room_type": ROOM_TYPE},
    ListProjects: {"status": STATUS},
    ListImages: {"status": STATUS, "room_type": ROOM_TYPE},
    RegenerateImage: {"room_type": ROOM_TYPE},
    EditImage: {"mode": OneOf(("remove", "add")), "prompt": PROMPT},
    DeleteImages: {"image_generation_ids": Size(10, least=1)},
    DownloadProject: {"image_generation_ids": TAKEN_HOME_AT_ONCE},
    SetAlteration: {"alteration": OneOf(("none", "technical", "material")), "reason": REASON},
    SetRoomType: {"image_ids": LISTED, "room_type": ROOM_TYPE},
    StartProject: {"max_price_ore": Range(min=0)},
    RequestUploads: {"files": (LISTED, Each(file_faults))},
    ConfirmUploads: {"image_ids": JUDGED_AT_ONCE},
}
