"""Own pictures: announced, sent straight to the store, confirmed; clips name them by their ref."""

from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Command, Json
from chassis.domain import value


@value
class FileToUpload:
    """A picture: JPEG, PNG, WebP or HEIC."""

    file_name: str
    content_type: str
    size_bytes: int
    sha256: str  # 64 hexadecimal digits in lower case


@value
class UploadLink:
    """Where an announced file is to be sent, with these headers, by `expires_at`."""

    upload_id: UUID
    method: str  # PUT
    url: str = field(repr=False)
    headers: Json
    expires_at: datetime


@value
class Uploads:
    """The links of announced files, in their order."""

    items: tuple[UploadLink, ...]


@value
class RequestUploads(Command[Uploads]):
    """Announce pictures; each is sent to its link."""

    files: tuple[FileToUpload, ...]  # 1 to 10


@value
class Confirmed:
    """What became of one file; `ref` is what a clip names it by."""

    upload_id: UUID
    status: Literal["taken", "missing", "refused"]
    error: str | None = None
    ref: str | None = None


@value
class Confirmation:
    """What became of each file, in the order asked."""

    items: tuple[Confirmed, ...]


@value
class ConfirmUploads(Command[Confirmation]):
    """Take the pictures that were sent; each is judged for itself."""

    upload_ids: tuple[UUID, ...]  # 1 to 10
