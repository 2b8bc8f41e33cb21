"""Uploads: announced, sent straight to the store, confirmed."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Command, Json
from chassis.domain import value


@value
class FileToUpload:
    """A photograph, or a mask: white where the photograph is to change, black where it stays."""

    file_name: str
    content_type: str  # image/jpeg, image/png, image/webp or image/heic
    size_bytes: int
    sha256: str  # 64 hexadecimal digits in lower case
    mask_of: UUID | None = None  # a photograph: the file is a PNG that marks an area of it


@value
class UploadLink:
    """Where one announced file is to be sent, with these headers, by `expires_at`."""

    image_id: UUID
    method: str  # PUT
    url: str = field(repr=False)
    headers: Json
    expires_at: datetime


@value
class Uploads:
    """The links of announced files, in their order; id and version are the project's."""

    id: UUID
    version: int
    items: tuple[UploadLink, ...]


@value
class RequestUploads(Command[Uploads]):
    """Announce photographs; each is sent to its link.

    None is announced where one is at fault, an empty file, say: `fields.files` of the refusal
    names each that is by its index, and the others are taken when they are announced without it.
    """

    project_id: UUID
    files: tuple[FileToUpload, ...]


@value
class Confirmed:
    """What became of one file.

    The status of the image it is, 'mask', or 'missing' or 'refused' with a code.
    """

    image_id: UUID
    status: str
    error: str | None = None


@value
class Confirmation:
    """What became of each file; id and version are the project's."""

    id: UUID
    version: int
    items: tuple[Confirmed, ...]


@value
class ConfirmUploads(Command[Confirmation]):
    """Take the photographs that were sent; each is judged for itself."""

    project_id: UUID
    image_ids: tuple[UUID, ...]  # 1 to 10; images are listed in this order
