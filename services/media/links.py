"""Where a photograph's files lie, and how they are handed out."""

from contextlib import suppress
from uuid import UUID

from contracts.media.images import File
from gateways.port import Blobs, Listed, key_of, ref_of

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
}
EXTENSIONS = {content_type: extension for extension, content_type in CONTENT_TYPES.items()}
OTHER_NAMES = {"image/jpg": "image/jpeg", "image/heif": "image/heic"}
INCOMING, SENT = "incoming", "sent"
KEPT_IN = ORIGINAL, MASK, RESULT, PUBLISHED = "original", "mask", "result", "published"
THUMB_PX, PREVIEW_PX = 320, 1280  # longest sides of the small copies that each picture has
RENDITIONS = {THUMB_PX: 40_000, PREVIEW_PX: 250_000}  # and the most bytes that each may take


def incoming_key(workspace_id: UUID, project_id: UUID, image_id: UUID) -> str:
    """Return where an upload lies until it is confirmed: the only key that a link may write."""
    return f"{workspace_id}/{project_id}/{INCOMING}/{image_id}"


def is_passing(key: str) -> bool:
    """Return whether an upload lies there that was not confirmed, or a copy that was sent."""
    return key.split("/")[-2:-1] in ([INCOMING], [SENT])


def whose(key: str) -> tuple[str, UUID] | None:
    """Return in which room a kept file lies, and of what: an image, a version or a mask.

    None for what lies in no such room, or is called otherwise.
    """
    room, name = key.split("/")[2:3], key.rpartition("/")[2]
    with suppress(ValueError):
        if room and room[0] in KEPT_IN:
            return room[0], UUID(name[:36])
    return None


def media_type(written: str) -> str:
    """Return the one name of a media type, however a client writes it."""
    lower = written.lower()
    return OTHER_NAMES.get(lower, lower)


def original_key(workspace_id: UUID, project_id: UUID, image_id: UUID, content_type: str) -> str:
    """Return where an original is kept."""
    return f"{workspace_id}/{project_id}/{ORIGINAL}/{image_id}.{EXTENSIONS[content_type]}"


def mask_key(workspace_id: UUID, project_id: UUID, mask_id: UUID) -> str:
    """Return where a picture is kept that marks an area of a photograph."""
    return f"{workspace_id}/{project_id}/{MASK}/{mask_id}.png"


def result_key(
    workspace_id: UUID, project_id: UUID, image_id: UUID, version_id: UUID, sha256: str
) -> str:
    """Return where a result lies: named by its content, so that a retry never overwrites."""
    return f"{workspace_id}/{project_id}/{RESULT}/{image_id}/{version_id}-{sha256[:16]}.jpg"


def sent_prefix(workspace_id: UUID, project_id: UUID, call_id: UUID) -> str:
    """Return what the key begins with of what a provider is sent, while its call lasts."""
    return f"{workspace_id}/{project_id}/{SENT}/{call_id}"


def results_prefix(workspace_id: UUID, project_id: UUID) -> str:
    """Return what the keys of a project's results begin with."""
    return f"{workspace_id}/{project_id}/{RESULT}/"


def project_prefix(workspace_id: UUID, project_id: UUID) -> str:
    """Return what the keys of all files of a project begin with."""
    return f"{workspace_id}/{project_id}/"


def image_prefixes(workspace_id: UUID, project_id: UUID, image_id: UUID) -> tuple[str, ...]:
    """Return what the keys of a photograph's files begin with."""
    rooms = (INCOMING, ORIGINAL, RESULT, PUBLISHED)
    return tuple(f"{project_prefix(workspace_id, project_id)}{each}/{image_id}" for each in rooms)


def mask_prefixes(workspace_id: UUID, project_id: UUID, mask_id: UUID) -> tuple[str, ...]:
    """Return what the keys of a mask's file begin with, confirmed or not."""
    rooms = (INCOMING, MASK)
    return tuple(f"{project_prefix(workspace_id, project_id)}{each}/{mask_id}" for each in rooms)


def published_key(workspace_id: UUID, project_id: UUID, image_id: UUID, token_sha256: str) -> str:
    """Return where the copy of an original lies that is shown to anybody.

    It is named by its publication: whoever deletes an earlier one's deletes nothing of this.
    """
    return f"{workspace_id}/{project_id}/{PUBLISHED}/{image_id}-{token_sha256[:16]}.jpg"


def rendition_key(key: str, longest_px: int) -> str:
    """Return where a small copy of a picture lies, of `RENDITIONS`."""
    return _beside(key, str(longest_px))


def labelled_key(key: str) -> str:
    """Return where the copy of a result lies that says on it that it was altered."""
    return _beside(key, "labelled")


def _beside(key: str, what: str) -> str:
    return f"{stem(key)}-{what}.jpg"


def stem(key: str) -> str:
    """Return what the keys of a picture and of all that lies beside it begin with."""
    return key.rpartition(".")[0]


def lying(blobs: Blobs, key: str) -> Listed | None:
    """Return what lies under that key, without reading it; None where nothing does."""
    beside = blobs.listed(stem(key))
    return next((each for each in beside if each.key == key), None)


def handed_out(blobs: Blobs, ref: str) -> File:
    """Return what a reference names, with a link."""
    link = blobs.link(key_of(ref), content_type(ref))
    return File(ref=ref, url=link.url, expires_at=link.expires_at)


def thumb(blobs: Blobs, ref: str) -> File:
    """Return the smaller copy of the picture that a reference names, with a link."""
    return handed_out(blobs, ref_of(rendition_key(key_of(ref), THUMB_PX)))


def preview(blobs: Blobs, ref: str) -> File:
    """Return the larger copy of the picture that a reference names, with a link."""
    return handed_out(blobs, ref_of(rendition_key(key_of(ref), PREVIEW_PX)))


def content_type(ref: str) -> str:
    """Return the content type of a stored photograph, by its key's extension."""
    return CONTENT_TYPES[ref.rpartition(".")[2]]
