"""Names of files that every computer can save, made of what people call things."""

import re
from unicodedata import category, normalize

from media.domain.rooms import label

MOST_OF_AN_EXTENSION = 5  # "jpeg", "heic"
MOST = 100  # characters of what people wrote: a name has 255 bytes on most disks
# Windows takes none of these, a path is parted by some, and what shows nothing hides something.
REFUSED = re.compile(r'[<>:"/\\|?*]+')
ERASED = "[erased]"
UNNAMED = "Photo"


def safe(written: str) -> str:
    """Return what is left of a text in a file's name; it may be nothing."""
    seen = "".join(each if category(each)[0] != "C" else " " for each in normalize("NFC", written))
    words = " ".join(REFUSED.sub(" ", seen).split())
    return words[:MOST].strip(". ")


def entry_name(number: int, file_name: str, room_type: str | None) -> str:
    """Return the name of the so-and-so-many'th file of an archive: '001-Stue.jpg'.

    `file_name` is what the original was called. The room stands for what is not known any more.
    """
    known = "" if file_name == ERASED else file_name.replace("\\", "/").rpartition("/")[2]
    base, _, extension = known.rpartition(".")
    name = safe(base if base and len(extension) <= MOST_OF_AN_EXTENSION else known)
    room = label(room_type) if room_type else UNNAMED
    return f"{number:03}-{name or safe(room)}.jpg"


def archive_name(title: str, day: str) -> str:
    """Return the name of a project's archive: 'Storgata 1-2026-12-01.zip'."""
    return f"{safe(title) or UNNAMED}-{day}.zip"
