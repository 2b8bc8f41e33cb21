"""A music track: added, described once its sound has come, offered until it is deactivated."""

from dataclasses import replace
from uuid import UUID

from chassis.domain import Decider, value
from chassis.errors import Rejected
from video.domain.film_messages import Track

CATEGORIES = ("modern", "classical", "upbeat", "calm", "cinematic")
MOODS = ("energetic", "relaxing", "professional", "warm", "elegant")


@value
class Music:
    """What is known of the track that a film names: whether it is offered."""

    is_known: bool = True
    is_active: bool = True


NO_MUSIC = Music()


@value
class Add:
    """Add a track; its sound comes to `audio_key`."""

    name: str
    artist: str | None
    category: str
    mood: str | None
    bpm: int | None
    license_type: str
    attribution: str | None
    audio_key: str


@value
class Describe:
    seconds: int
    waveform_key: str
    preview_key: str


@value
class Deactivate:
    cause: str | None = None  # an error's code, where nobody decided on it


@value
class TrackAdded:
    name: str
    artist: str | None
    category: str
    mood: str | None
    bpm: int | None
    license_type: str
    attribution: str | None
    audio_key: str


@value
class TrackDescribed:
    seconds: int
    waveform_key: str
    preview_key: str


@value
class TrackDeactivated:
    cause: str | None = None


@value
class MusicTrack:
    added: TrackAdded
    described: TrackDescribed | None = None
    is_active: bool = True
    workspace_id: None = None  # all choose from the same ones

    @property
    def is_offered(self) -> bool:
        """Whether a film may have it: it has been described, and was not taken back."""
        return self.is_active and self.described is not None

    def snapshot(self, track_id: UUID) -> Track:
        """Return what a film keeps of it."""
        return Track(
            track_id=track_id,
            name=self.added.name,
            license_type=self.added.license_type,
            attribution=self.added.attribution,
            audio_key=self.added.audio_key,
        )


Command = Add | Describe | Deactivate
Event = TrackAdded | TrackDescribed | TrackDeactivated


def decide(track: MusicTrack | None, command: Command) -> list[Event]:
    match track, command:
        case None, Add():
            return [_added(command)]
        case MusicTrack(), Add() if track.added == _added(command):
            return []
        case MusicTrack(), Add():
            raise Rejected("video.music_track_exists", "another track has that id")
        case MusicTrack(), Describe() if track.described is None and track.is_active:
            return [
                TrackDescribed(
                    seconds=command.seconds,
                    waveform_key=command.waveform_key,
                    preview_key=command.preview_key,
                )
            ]
        case MusicTrack(), Describe():
            return []
        case MusicTrack(), Deactivate() if not track.is_active:
            return []
        case MusicTrack(), Deactivate():
            return [TrackDeactivated(cause=command.cause)]
        case _:
            raise AssertionError(f"{command} needs a track")


def _added(command: Add) -> TrackAdded:
    return TrackAdded(
        name=command.name,
        artist=command.artist,
        category=command.category,
        mood=command.mood,
        bpm=command.bpm,
        license_type=command.license_type,
        attribution=command.attribution,
        audio_key=command.audio_key,
    )


def evolve(track: MusicTrack | None, event: Event) -> MusicTrack:
    match track, event:
        case None, TrackAdded():
            return MusicTrack(added=event)
        case MusicTrack(), TrackDescribed():
            return replace(track, described=event)
        case MusicTrack(), TrackDeactivated():
            return replace(track, is_active=False)
        case _:
            raise AssertionError(f"{event} cannot follow {track}")


decider = Decider(
    name="music_track",
    decide=decide,
    evolve=evolve,
    events=(TrackAdded, TrackDescribed, TrackDeactivated),
    creates=(Add,),
)
