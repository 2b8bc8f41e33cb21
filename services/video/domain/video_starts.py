"""Decisions on a start: asked of billing, cleared, withdrawn; what was cleared before begins."""

from chassis.errors import Rejected
from video.domain.video_events import (
    Event,
    PaymentDemanded,
    RunBegun,
    StartCleared,
    StartRequested,
    StartWithdrawn,
)
from video.domain.video_messages import (
    Cancel,
    Command,
    CompileWithoutFailed,
    NoteCleared,
    NotePaymentRequired,
    RetryFailed,
    Starting,
    StartVideo,
)
from video.domain.video_runs import of_runs
from video.domain.video_state import Completed, Draft, Failed, Running, State, Video

PIECES = ("clips_failed", "over_budget")  # a run failed for want of some pieces


def of_starts(video: State | None, command: Command) -> list[Event]:
    """Decide on what is asked to begin, and on what billing says of it."""
    match video, command:
        case Draft() | Failed(), StartVideo() | RetryFailed() | CompileWithoutFailed() if (
            command.start.is_barred
        ):
            raise Rejected("video.workspace_suspended", "nothing is begun in this workspace")
        case Draft(), RetryFailed() | CompileWithoutFailed():
            raise Rejected("video.nothing_failed", "nothing has failed")
        case Failed(), CompileWithoutFailed() if video.reason not in PIECES:
            raise Rejected("video.nothing_failed", "no clip has failed")
        case Draft() | Failed(), StartVideo() | RetryFailed() if video.video.overruns(
            command.start
        ):
            details = _budget(video.video, command.start)
            raise Rejected("video.over_budget", "it would cost more than it may", details=details)
        case Draft() | Failed(), StartVideo() | RetryFailed() | CompileWithoutFailed() if (
            video.video.clearance == "requested"
        ):
            return []
        case Draft() | Failed(), StartVideo():
            return [_begins(video.video, command.start, "start")]
        case Failed(), RetryFailed():
            return [_begins(video.video, command.start, "retry")]
        case Failed(), CompileWithoutFailed():
            return [_begins(video.video, command.start, "drop")]
        case Running(), StartVideo():
            return []
        case Completed(), StartVideo():
            raise Rejected("video.already_ended", "this revision was made already")
        case Running() | Completed(), RetryFailed() | CompileWithoutFailed():
            raise Rejected("video.nothing_failed", "nothing has failed")
        case Draft() | Failed(), NoteCleared() if not video.video.is_run(command):
            return []
        case Draft() | Failed(), NoteCleared() if command.is_barred:
            return [StartCleared(run=command.run)]
        case Draft() | Failed(), NoteCleared():
            return [StartCleared(run=command.run), _waited(video.video)]
        case Draft() | Failed(), NotePaymentRequired() if (
            video.video.clearance == "requested" and video.video.is_run(command)
        ):
            return [PaymentDemanded(run=command.run, reason=command.reason)]
        case Draft() | Running() | Completed() | Failed(), NoteCleared() | NotePaymentRequired():
            return []
        case Draft(), Cancel() if video.video.is_waiting:
            return [StartWithdrawn()]
        case _:
            return of_runs(video, command)


def _budget(video: Video, start: Starting) -> dict[str, int]:
    cap = video.cap_of(start.budget_cents)
    return {"spent": video.spent_cents, "needed": start.needed_cents, "cap": cap}


def _begins(video: Video, start: Starting, then: str) -> Event:
    """What was cleared begins; all else is asked of billing, under the next run."""
    if video.clearance == "cleared":
        return RunBegun(
            revision=video.revision,
            progress_sha256=start.progress_sha256,
            then=then,
            cap_cents=video.cap_of(start.budget_cents),
            clip_ids=video.clip_ids,
        )
    return StartRequested(
        run=video.run + 1,
        revision=video.revision,
        max_price_ore=start.max_price_ore,
        progress_sha256=start.progress_sha256,
        then=then,
        cap_cents=video.cap_of(start.budget_cents),
    )


def _waited(video: Video) -> RunBegun:
    """What was asked for begins, as it was asked."""
    return RunBegun(
        revision=video.revision,
        progress_sha256=None,
        then=video.then,
        cap_cents=video.cap_cents,
        clip_ids=video.clip_ids,
    )
