"""Where a photograph's files lie, and how they are handed out."""

from uuid import UUID

from contracts.media.projects import File
from gateways.port import Blobs, key_of

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
}
EXTENSIONS = {content_type: extension for extension, content_type in CONTENT_TYPES.items()}
OTHER_NAMES = {"image/jpg": "image/jpeg", "image/heif": "image/heic"}
INCOMING = "incoming"


def incoming_key(workspace_id: UUID, project_id: UUID, image_id: UUID) -> str:
    """Return where an upload lies until it is confirmed: the only key that a link may write."""
    return f"{workspace_id}/{project_id}/{INCOMING}/{image_id}"


def is_incoming(key: str) -> bool:
    """Return whether an upload lies there that was not confirmed."""
    return key.split("/")[-2:-1] == [INCOMING]


def media_type(written: str) -> str:
    """Return the one name of a media type, however a client writes it."""
    lower = written.lower()
    return OTHER_NAMES.get(lower, lower)


def original_key(workspace_id: UUID, project_id: UUID, image_id: UUID, content_type: str) -> str:
    """Return where an original is kept."""
    return f"{workspace_id}/{project_id}/original/{image_id}.{EXTENSIONS[content_type]}"


def result_key(workspace_id: UUID, project_id: UUID, image_id: UUID, sha256: str) -> str:
    """Return where a result lies: named by its content, so that a retry never overwrites."""
    return f"{workspace_id}/{project_id}/result/{image_id}-{sha256[:16]}.jpg"


def handed_out(blobs: Blobs, ref: str) -> File:
    """Return what a reference names, with a link."""
    link = blobs.link(key_of(ref), content_type(ref))
    return File(ref=ref, url=link.url, expires_at=link.expires_at)


def content_type(ref: str) -> str:
    """Return the content type of a stored photograph, by its key's extension."""
    return CONTENT_TYPES[ref.rpartition(".")[2]]
