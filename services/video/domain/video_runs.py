"""Decisions on a run: its pictures are copied, its film is made, or it is broken off."""

from datetime import datetime
from uuid import UUID

from video.domain.video_events import ClipEnd, CompileBegun, Event, RunEnded, SourcesTaken
from video.domain.video_messages import (
    Cancel,
    Command,
    Ended,
    Hold,
    NoteCompileStarted,
    NoteFilmEnded,
    NoteSources,
    NoteSourcesMissing,
)
from video.domain.video_state import Completed, Draft, Failed, Running, State, Video


def of_runs(video: State | None, command: Command) -> list[Event]:
    """Decide on what is heard of a run."""
    match video, command:
        case Running(), NoteSources() if command.revision == video.video.revision:
            # of none as well: who breaks the run off comes before this, or finds the film
            return [SourcesTaken(sources=command.sources)]
        case Running(), NoteSourcesMissing() if command.revision == video.video.revision:
            missing = {"reason": "sources_unavailable", "cause": command.cause}
            return [_ended(video.video, "failed", command.end, command.at, **missing)]
        case Running(), NoteCompileStarted() if (
            command.revision == video.video.revision and not video.joining
        ):
            return [CompileBegun(revision=command.revision)]
        case Running(), NoteFilmEnded() if command.revision == video.video.revision:
            return [_of_film(video.video, command)]
        case Running(), Cancel():
            return [cancelled(video.video, command.end, command.at)]
        case Running(), Hold() if not video.joining:
            return [_ended(video.video, "held", command.end, command.at)]
        case (
            Draft() | Running() | Completed() | Failed(),
            NoteSources() | NoteSourcesMissing() | NoteCompileStarted() | NoteFilmEnded(),
        ):
            return []
        case Draft() | Running() | Completed() | Failed(), Cancel() | Hold():
            return []
        case _:
            raise AssertionError(f"{command} needs a video")


def _of_film(video: Video, command: NoteFilmEnded) -> RunEnded:
    return RunEnded(
        revision=video.revision,
        run=video.run,
        outcome="completed" if command.film is not None else "failed",
        reason=command.reason,
        cause=command.cause,
        failed_count=command.failed_count,
        clips=command.end.clips,
        film=command.film,
        cost_micro_usd=command.end.cost_micro_usd,
        at=command.at,
    )


def cancelled(video: Video, end: Ended, at: datetime) -> RunEnded:
    """The run as it ends when somebody breaks it off."""
    return _ended(video, "cancelled", end, at)


def _ended(video: Video, outcome: str, end: Ended, at: datetime, **why: str) -> RunEnded:
    return RunEnded(
        revision=video.revision,
        run=video.run,
        outcome=outcome,
        reason=why.get("reason"),
        cause=why.get("cause"),
        failed_count=0,
        clips=end.clips or tuple(_nothing(id) for id in video.clip_ids),
        film=None,
        cost_micro_usd=end.cost_micro_usd,
        at=at,
    )


def _nothing(clip_id: UUID) -> ClipEnd:
    """What has become of a clip where there was no film yet."""
    return ClipEnd(clip_id=clip_id, clip_key=None, transition_key=None, cause=None)
