"""What was sent, judged. Kept are the very bytes that were judged, however often a link writes."""

from pathlib import Path
from uuid import UUID

from chassis.domain import value
from chassis.errors import Invalid, NotFound, Unavailable
from gateways.port import Blobs, blob_of
from gateways.work_folder import scratch
from media.domain.image import Original
from media.domain.project_messages import Upload
from media.domain.project_state import Project
from media.equipment import Tools
from media.links import incoming_key, original_key


@value
class Refusal:
    """Why a file is not taken: it is 'missing', or it is there and 'refused'."""

    status: str
    error: str  # a code


def judged(
    tools: Tools, project_id: UUID, state: Project, image_id: UUID
) -> Original | Refusal | None:
    """Return what a file is, and keep it, or why it is none; None for one that was taken before.

    What is refused is deleted. Raises `Unavailable` where the store is away: nothing is decided.
    """
    upload = state.upload(image_id)
    if image_id in state.images:
        return None
    if upload is None:
        return Refusal(status="missing", error="media.image_not_found")
    sent = incoming_key(state.workspace_id, project_id, image_id)
    key = original_key(state.workspace_id, project_id, image_id, upload.content_type)
    with scratch(tools.judge.work) as folder:
        received = folder / "received"
        try:
            _receive(tools.blobs, sent, upload.size, received)
        except NotFound:
            return Refusal(status="missing", error="media.upload_missing")
        try:
            original = _original(tools, key, upload, received)
        except Unavailable as busy:  # this machine is: the file is as good as it was
            return Refusal(status="refused", error=busy.code)
        except Invalid as refusal:
            tools.blobs.delete(sent)
            return Refusal(status="refused", error=refusal.code)
        tools.blobs.put_file(key, received)
    return original


def _receive(blobs: Blobs, key: str, most: int, path: Path) -> None:
    """Write what lies there to a file, but hardly more than `most` bytes."""
    with path.open("wb") as to:
        for chunk in blobs.chunks(key):
            to.write(chunk)
            if to.tell() > most:
                break


def _original(tools: Tools, key: str, upload: Upload, path: Path) -> Original:
    came = blob_of(key, path)
    if (came.size, came.sha256) != (upload.size, upload.sha256):
        raise Invalid("media.upload_mismatch")
    picture = tools.judge.inspect(key, came.sha256, path)
    if picture.content_type != upload.content_type:
        raise Invalid("media.content_type_mismatch")
    return Original(
        key=key,
        content_type=picture.content_type,
        size=came.size,
        sha256=came.sha256,
        width=picture.width,
        height=picture.height,
    )
