"""Where a photograph's files lie, and how they are handed out."""

from typing import Any, Protocol
from uuid import UUID

from gateways.port import key_of

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
EXTENSIONS = {content_type: extension for extension, content_type in CONTENT_TYPES.items()}


class Links(Protocol):
    """What makes signed links: a store of blobs."""

    def link(self, key: str, content_type: str) -> dict[str, Any]:
        """Return `{url, expires_at}`: whoever has it may read these bytes for 15 minutes."""
        ...


def original_key(workspace_id: UUID, project_id: UUID, image_id: UUID, content_type: str) -> str:
    """Return where an upload lies."""
    return f"{workspace_id}/{project_id}/original/{image_id}.{EXTENSIONS[content_type]}"


def result_key(workspace_id: UUID, project_id: UUID, image_id: UUID, sha256: str) -> str:
    """Return where a result lies: named by its content, so that a retry never overwrites."""
    return f"{workspace_id}/{project_id}/result/{image_id}-{sha256[:16]}.jpg"


def handed_out(blobs: Links, ref: str) -> dict[str, Any]:
    """Return `{ref, url, expires_at}` for a reference."""
    return {"ref": ref, **blobs.link(key_of(ref), content_type(ref))}


def content_type(ref: str) -> str:
    """Return the content type of a stored photograph, by its key's extension."""
    return CONTENT_TYPES[ref.rpartition(".")[2]]
