"""Own pictures that were sent, judged. What is kept are the very bytes that were judged."""

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.domain import value
from chassis.errors import Invalid, NotFound, Rejected, Unavailable
from gateways.pictures import Judge
from gateways.port import Blobs, blob_of
from gateways.work_folder import scratch
from video.links import incoming_key

Upload = Row[Any]  # of `kept.own_upload`


@value
class Refusal:
    """Why a file is not taken: it is 'missing', or it is there and 'refused'.

    What is not `final` is no fault of the file: confirmed again it may be taken.
    """

    status: str
    error: str  # a code
    final: bool = False


UNKNOWN = Refusal(status="missing", error="video.upload_unknown")
MISSING = Refusal(status="missing", error="video.upload_missing")


def judged(judge: Judge, blobs: Blobs, upload: Upload | None) -> Refusal | None:
    """Keep the picture that was sent, or return why it is none; None for what is taken.

    What is refused is deleted. Raises `Unavailable` where the store is away: nothing is decided.
    """
    if upload is None:
        return UNKNOWN
    if upload.state == "taken":
        return None
    sent = incoming_key(UUID(upload.workspace_id), UUID(upload.id))
    with scratch(judge.work) as folder:
        received = folder / "received"
        try:
            _receive(blobs, sent, upload.size, received)
        except NotFound:
            return MISSING if upload.error is None else _refused(upload.error)
        try:
            _must_be_as_announced(judge, upload, received)
        except Unavailable as busy:  # this machine is: the file is as good as it was
            return Refusal(status="refused", error=busy.code)
        except (Invalid, Rejected) as refusal:
            blobs.delete(sent)
            return _refused(refusal.code)
        blobs.put_file(upload.key, received)
    return None


def _refused(code: str) -> Refusal:
    return Refusal(status="refused", error=code, final=True)


def _receive(blobs: Blobs, key: str, most: int, path: Path) -> None:
    """Write what lies there to a file, but hardly more than `most` bytes."""
    with path.open("wb") as to:
        for chunk in blobs.chunks(key):
            to.write(chunk)
            if to.tell() > most:
                break


def _must_be_as_announced(judge: Judge, upload: Upload, path: Path) -> None:
    came = blob_of(upload.key, path)
    if (came.size, came.sha256) != (upload.size, upload.sha256):
        raise Invalid("video.upload_mismatch")
    if judge.inspect(upload.key, came.sha256, path).content_type != upload.content_type:
        raise Invalid("video.upload_mismatch")
