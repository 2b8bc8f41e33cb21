"""Music: tracks are added by their sound, offered once it was heard, and taken back."""

from sqlalchemy import Connection

from chassis import ids
from chassis.asked import Page, Written
from chassis.door.edge import Door
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.video.music import (
    AddMusicTrack,
    AudioUpload,
    DeactivateMusicTrack,
    ListMusicTracks,
    MusicTrack,
    TrackAdded,
)
from video.domain import music_track
from video.domain.music_track import Add, Deactivate
from video.links import audio_key, handed_out, incoming_track_key, media_type
from video.projections import music_tracks


def add(door: Door, call: Call, asked: AddMusicTrack) -> TrackAdded:
    """Add a track and return where its sound is to be sent.

    The link is made outside the unit: a repeat of the call is given the same track, a fresh link.
    """
    content_type = media_type(asked.file.content_type)
    track_id = asked.music_track_id or ids.derive(call.id, "music_track")
    command = Add(
        name=asked.name,
        artist=asked.artist,
        category=asked.category,
        mood=asked.mood,
        bpm=asked.bpm,
        license_type=asked.license_type,
        attribution=asked.attribution,
        audio_key=audio_key(track_id, content_type),
    )
    added = door.app.handle(music_track.decider, track_id, command, call)
    key, file = incoming_track_key(track_id), asked.file
    link = door.tools.blobs.upload_link(key, content_type, file.size_bytes, file.sha256)
    sending = AudioUpload(
        method=link.method, url=link.url, headers=link.headers, expires_at=link.expires_at
    )
    return TrackAdded(id=added.id, version=added.version, upload=sending)


def deactivate(unit: Unit, asked: DeactivateMusicTrack) -> Written:
    """Offer a track no more; films that have it keep it."""
    return unit.decide(music_track.decider, asked.music_track_id, Deactivate()).written


def listed(db: Connection, door: Door, call: Call, asked: ListMusicTracks) -> Page[MusicTrack]:
    """Return a page of the tracks that are offered, by name, with links to their sound."""
    blobs = door.tools.blobs
    wanted = {"category": asked.category, "mood": asked.mood}
    return music_tracks.offered(db, asked, wanted).of(
        lambda **row: MusicTrack(
            **row,
            audio=handed_out(blobs, row["audio_url"]),
            preview=handed_out(blobs, row["preview_url"]),
            waveform=handed_out(blobs, row["waveform_url"]),
        )
    )
