"""`describe_track`: a track's sound is taken as it comes in, heard, and shown.

What is no sound, or never comes, is a track that nobody is offered.
"""

from functools import partial
from typing import Any
from uuid import UUID

from chassis import codec
from chassis.errors import Invalid, NotFound, Rejected, ServiceError, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.work_folder import scratch
from video.domain import music_track
from video.domain.music_track import Deactivate, Describe, TrackAdded
from video.gateways.tracks import described
from video.jobs.equipment import Tools
from video.kinds import DESCRIBE_TRACK
from video.links import MAX_AUDIO_BYTES, incoming_track_key, track_prefix


def job(track_id: UUID, added: TrackAdded) -> Job:
    """Return the job that a new track asks for."""
    return Job(kind=DESCRIBE_TRACK, subject=track_id, args={"audio_key": added.audio_key})


def kind(tools: Tools) -> Kind:
    """Return how a track is described; its sound may be sent for as long as its link holds."""
    return Kind(
        name=DESCRIBE_TRACK,
        run=partial(_describe, tools),
        finish=_described,
        give_up=_silent,
        attempts=8,
        timeout_s=120,
        backoff_s=(5, 15, 60, 300, 300, 300, 300),
    )


def _describe(tools: Tools, task: Task, control: Control) -> Any:
    key = task.args["audio_key"]
    _taken(tools, task.subject, key)
    prefix = track_prefix(task.subject)
    with scratch(tools.work.path) as folder, tools.blobs.local(key) as sound:
        preview, waveform = folder / "preview.m4a", folder / "waveform.png"
        try:
            seconds = described(sound, preview, waveform, control).seconds
        except Invalid as error:
            raise Rejected("video.not_audio", "it cannot be heard") from error
        kept = [
            tools.blobs.put_file(f"{prefix}{path.name}", path).key for path in (waveform, preview)
        ]
    return codec.dump(Describe(seconds=seconds, waveform_key=kept[0], preview_key=kept[1]))


def _taken(tools: Tools, track_id: UUID, key: str) -> None:
    """Keep what has come in; what we made ourselves lies there already."""
    incoming = incoming_track_key(track_id)
    try:
        if tools.blobs.copy(incoming, key).size > MAX_AUDIO_BYTES:
            tools.blobs.delete(key)
            raise Rejected("video.upload_mismatch", "a sound has at most 30 MB")
    except NotFound:
        try:
            tools.blobs.stat(key)
        except NotFound as error:
            raise Unavailable("video.upload_missing", "the sound has not come yet") from error
    else:
        tools.blobs.delete(incoming)


def _described(unit: Unit, task: Task, result: Any) -> None:
    unit.decide(music_track.decider, task.subject, codec.load(Describe, result))


def _silent(unit: Unit, task: Task, error: ServiceError) -> None:
    unit.decide(music_track.decider, task.subject, Deactivate(cause=error.code))
