"""What was sent, judged. Kept are the very bytes that were judged, however often a link writes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from chassis.domain import value
from chassis.errors import Invalid, NotFound, Rejected, Unavailable
from gateways.pictures import Copied, Picture, pixels
from gateways.port import Blob, Blobs, blob_of
from gateways.work_folder import scratch
from media import renditions
from media.domain.image_events import Original
from media.domain.image_state import Image, Removed
from media.domain.project_events import Upload
from media.domain.project_state import Project
from media.equipment import Tools
from media.gateways.masks import mask_of
from media.links import RENDITIONS, incoming_key, mask_key, original_key, rendition_key


@value
class Refusal:
    """Why a file is not taken: it is 'missing', or it is there and 'refused'."""

    status: str
    error: str  # a code


GONE = Refusal(status="missing", error="media.image_not_found")


@value
class Mask:
    """A file that marks an area of a photograph."""

    of: UUID
    key: str
    width: int  # pixels
    height: int


Judged = Original | Mask | Refusal | None  # None for what was taken before


@value
class Known:
    """What is known of the files that are to be judged."""

    project: Project
    marked: Mapping[UUID, Image | Removed | None]  # the photographs that some of them mark


def judged(tools: Tools, project_id: UUID, given: Known, image_id: UUID) -> Judged:
    """Return what a file is, and keep it, or why it is none; None for one that was taken before.

    What is refused is deleted. Raises `Unavailable` where the store is away: nothing is decided.
    """
    project, upload = given.project, given.project.upload(image_id)
    if image_id in project.images:
        return None
    if upload is None:
        return GONE
    photograph = given.marked.get(upload.mask_of) if upload.mask_of else None
    if isinstance(photograph, Image) and photograph.has_mask(image_id):
        return None
    sent = incoming_key(project.workspace_id, project_id, image_id)
    with scratch(tools.judge.work) as folder:
        received = folder / "received"
        try:
            _receive(tools.blobs, sent, upload.size, received)
        except NotFound:
            return Refusal(status="missing", error="media.upload_missing")
        found: Original | Mask
        try:
            if upload.mask_of is None:
                found = _original(tools, project, project_id, upload, received)
            else:
                found = _mask(tools, photograph, project_id, upload, received)
        except Unavailable as busy:  # this machine is: the file is as good as it was
            return Refusal(status="refused", error=busy.code)
        except (Invalid, Rejected) as refusal:
            tools.blobs.delete(sent)
            return Refusal(status="refused", error=refusal.code)
        tools.blobs.put_file(found.key, received)
    return found


def _receive(blobs: Blobs, key: str, most: int, path: Path) -> None:
    """Write what lies there to a file, but hardly more than `most` bytes."""
    with path.open("wb") as to:
        for chunk in blobs.chunks(key):
            to.write(chunk)
            if to.tell() > most:
                break


def _original(
    tools: Tools, project: Project, project_id: UUID, upload: Upload, path: Path
) -> Original:
    key = original_key(project.workspace_id, project_id, upload.image_id, upload.content_type)
    came = _as_announced(key, upload, path)

    def keep(picture: Picture, made: Sequence[Copied]) -> None:
        _must_be(picture, upload)
        renditions.keep(tools.blobs, key, made)

    picture = tools.judge.inspect(key, came.sha256, path, renditions.ordered(), keep)
    return Original(
        key=key,
        content_type=picture.content_type,
        size=came.size,
        sha256=came.sha256,
        width=picture.width,
        height=picture.height,
    )


def _mask(
    tools: Tools, photograph: Image | Removed | None, project_id: UUID, upload: Upload, path: Path
) -> Mask:
    if not isinstance(photograph, Image) or upload.mask_of is None:
        raise Invalid("media.image_not_found")
    key = mask_key(photograph.workspace_id, project_id, upload.image_id)
    came = _as_announced(key, upload, path)
    picture = tools.judge.inspect(key, came.sha256, path)
    _must_be(picture, upload)
    if not photograph.has_shape(picture.width, picture.height):
        raise Invalid("media.mask_mismatch")
    drawn = pixels(path.read_bytes(), "media", tools.judge.work)
    mask_of(drawn, picture.width, picture.height)  # raises unless it marks something
    return Mask(of=upload.mask_of, key=key, width=picture.width, height=picture.height)


def _as_announced(key: str, upload: Upload, path: Path) -> Blob:
    came = blob_of(key, path)
    if (came.size, came.sha256) != (upload.size, upload.sha256):
        raise Invalid("media.upload_mismatch")
    return came


def _must_be(picture: Picture, upload: Upload) -> None:
    if picture.content_type != upload.content_type:
        raise Invalid("media.content_type_mismatch")


def delete_kept(tools: Tools, found: Original | Mask) -> None:
    """Delete what was kept of a file that found no room; sent again, it is another."""
    keys = [found.key]
    if isinstance(found, Original):
        tools.judge.forget(found.key, found.sha256)
        keys += [rendition_key(found.key, px) for px in RENDITIONS]
    for key in keys:
        tools.blobs.delete(key)
