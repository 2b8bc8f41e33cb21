"""Music tracks: those that films may have; system admins add and deactivate them."""

from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.asked import Command, Json, Listing, Written
from chassis.domain import value

Category = Literal["modern", "classical", "upbeat", "calm", "cinematic"]
Mood = Literal["energetic", "relaxing", "professional", "warm", "elegant"]


@value
class AudioToUpload:
    """A sound file: WAV, MP3, M4A, FLAC or Ogg."""

    content_type: str
    size_bytes: int
    sha256: str  # 64 hexadecimal digits in lower case


@value
class AudioUpload:
    """Where the sound is to be sent, with these headers, by `expires_at`."""

    method: str  # PUT
    url: str = field(repr=False)
    headers: Json
    expires_at: datetime


@value
class TrackAdded:
    """A track that waits for its sound; it is offered once that has come and was described."""

    id: UUID
    version: int
    upload: AudioUpload


@value
class AddMusicTrack(Command[TrackAdded]):
    """Add a track; its sound is sent to the link of the reply."""

    name: str
    category: Category
    mood: Mood
    file: AudioToUpload
    artist: str | None = None
    bpm: int | None = None
    license_type: str = "royalty-free"
    attribution: str | None = None
    music_track_id: UUID | None = None


@value
class DeactivateMusicTrack(Command[Written]):
    """Offer a track no more; films that have it keep it."""

    music_track_id: UUID


@value
class MusicLink:
    """A file of a track and a link by which anybody may read it for 15 minutes."""

    ref: str  # blob:<key>
    url: str = field(repr=False)
    expires_at: datetime


@value
class MusicTrack:
    """A track that is offered."""

    id: UUID
    name: str
    artist: str | None
    category: str
    mood: str | None
    audio_url: str
    duration_seconds: int
    bpm: int | None
    preview_url: str | None
    waveform_url: str | None
    license_type: str
    attribution: str | None
    is_active: bool
    created_at: datetime
    audio: MusicLink
    preview: MusicLink
    waveform: MusicLink


@value
class ListMusicTracks(Listing[MusicTrack]):
    """Return a page of the tracks that are offered, by name."""

    category: Category | None = None
    mood: Mood | None = None
