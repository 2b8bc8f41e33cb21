"""Where own pictures and music lie, and how music is handed out."""

from uuid import UUID

from contracts.video.music import MusicLink
from gateways.port import Blobs, key_of

INCOMING, SENT = "incoming", "sent"
MAX_AUDIO_BYTES = 30 * 1024 * 1024
PICTURES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
}
AUDIO = {
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
}
OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/x-flac": "audio/flac",
    "application/ogg": "audio/ogg",
}
CONTENT_TYPES = {extension: name for name, extension in {**PICTURES, **AUDIO}.items()}


def media_type(written: str) -> str:
    """Return the one name of a media type, however a client writes it."""
    lower = written.lower()
    return OTHER_NAMES.get(lower, lower)


def incoming_key(workspace_id: UUID, upload_id: UUID) -> str:
    """Return where a picture lies until it is confirmed: the only key that its link may write."""
    return f"{workspace_id}/{INCOMING}/{upload_id}"


def upload_key(workspace_id: UUID, upload_id: UUID, content_type: str) -> str:
    """Return where an own picture is kept."""
    return f"{workspace_id}/uploads/{upload_id}.{PICTURES[content_type]}"


def incoming_track_key(track_id: UUID) -> str:
    """Return where a track's sound lies until it is described."""
    return f"{INCOMING}/music/{track_id}"


def sent_prefix(workspace_id: UUID, call_id: UUID) -> str:
    """Return what the keys begin with of what a provider is sent, while its call lasts."""
    return f"{workspace_id}/{SENT}/{call_id}"


def is_passing(key: str) -> bool:
    """Return whether an upload lies there that was not taken yet, or what a provider was sent."""
    rooms = key.split("/")[:-1]
    return INCOMING in rooms or SENT in rooms


def is_copy(key: str) -> bool:
    """Return whether what lies there was copied, or drawn, for films of a workspace."""
    return key.split("/")[1:2] in (["sources"], ["looks"])


def workspace_of(key: str) -> UUID:
    """Return whose a copy is."""
    return UUID(key.partition("/")[0])


def track_prefix(track_id: UUID) -> str:
    """Return what the keys of a track's files begin with."""
    return f"music/{track_id}/"


def audio_key(track_id: UUID, content_type: str) -> str:
    """Return where a track's sound is kept."""
    return f"{track_prefix(track_id)}audio.{AUDIO[content_type]}"


def handed_out(blobs: Blobs, ref: str) -> MusicLink:
    """Return a file of a track, with a link."""
    link = blobs.link(key_of(ref), CONTENT_TYPES[ref.rpartition(".")[2]])
    return MusicLink(ref=ref, url=link.url, expires_at=link.expires_at)
