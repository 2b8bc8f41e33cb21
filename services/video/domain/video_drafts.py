"""Decisions on a draft: what its film is to be, and of which clips, in which order."""

from collections.abc import Sequence

from chassis.errors import Invalid, Rejected
from video.domain.clips import CLIPS, MAX_SECONDS, Clip, mirrored, moved, seconds
from video.domain.music_track import NO_MUSIC, Music
from video.domain.plan import Settings
from video.domain.prices import estimated_cost_cents
from video.domain.video_events import ClipsChanged, Event, SettingsChanged
from video.domain.video_messages import Command, Reorder, SetClips, Update
from video.domain.video_starts import of_starts
from video.domain.video_state import Completed, Draft, Failed, Running, State, Video


def of_drafts(video: State | None, command: Command) -> list[Event]:
    """Decide on how a draft is changed, which is free."""
    match video, command:
        case Draft(), Update() if command.settings == video.video.settings and command.same_texts:
            return []
        case Draft(), Update():
            must_be_offered(command.music)
            return [_changed(video.video, command.settings)]
        case Draft(), Reorder():
            return _reordered(video.video, command)
        case Draft(), SetClips():
            return _set(video.video, command)
        case Running() | Completed() | Failed(), Update() | SetClips() | Reorder():
            details = {"status": _status(video)}
            raise Rejected("video.not_editable", "only a draft is changed", details=details)
        case _:
            return of_starts(video, command)


def _status(video: Running | Completed | Failed) -> str:
    match video:
        case Running(joining=joining):
            return "compiling" if joining else "generating"
        case Completed():
            return "completed"
        case Failed():
            return "failed"


def must_be_a_film(clips: Sequence[Clip], music: Music) -> None:
    """Raise `Rejected` unless these clips make a film, under music that is offered."""
    must_be_offered(music)
    if not CLIPS[0] <= len(clips) <= CLIPS[1]:
        raise Rejected("video.clip_count", "a video has 2 to 20 clips")
    if seconds(clips) > MAX_SECONDS:
        raise Rejected("video.too_long", "all clips together last at most 100 seconds")


def must_be_offered(music: Music) -> None:
    """Raise `Rejected` for a track that nobody may choose."""
    if not music.is_known:
        raise Rejected("video.music_track_unknown", "there is no such music track")
    if not music.is_active:
        raise Rejected("video.music_track_inactive", "this music track is not offered any more")


def _changed(video: Video, settings: Settings) -> SettingsChanged:
    cents = estimated_cost_cents(settings, video.clips)
    return SettingsChanged(settings=settings, estimated_cost_cents=cents)


def _reordered(video: Video, command: Reorder) -> list[Event]:
    clips = {clip.id: clip for clip in video.clips}
    if len(command.clip_ids) != len(clips) or set(command.clip_ids) != set(clips):
        text = "not all clips that are there, each once: somebody may have changed them"
        raise Invalid("video.not_a_permutation", text)
    after = tuple(clips[id] for id in command.clip_ids)
    return [] if after == video.clips else [_clips(video, after, ())]


def _set(video: Video, command: SetClips) -> list[Event]:
    if command.clips == video.clips and command.same_texts and not command.anew:
        return []
    must_be_a_film(command.clips, NO_MUSIC)
    return [_clips(video, command.clips, command.anew)]


def _clips(video: Video, clips: tuple[Clip, ...], anew: tuple[str, ...]) -> ClipsChanged:
    """The clips as they stand from now on: where one is new or moved, its move is chosen."""
    rooms = {clip.id: clip.room_type for clip in video.clips}
    other = {clip.id for clip in clips if rooms.get(clip.id) != clip.room_type}
    after = mirrored(clips, moved(video.clips, clips) | other)
    removed = tuple(clip.id for clip in video.clips if clip.id not in {each.id for each in clips})
    return ClipsChanged(
        clips=after,
        removed=removed,
        estimated_cost_cents=estimated_cost_cents(video.settings, after),
        anew=anew,
    )
