"""What follows for a video from what has happened to it."""

from dataclasses import replace

from video.domain.video_events import (
    CapRaised,
    ClipsChanged,
    CostNoted,
    Event,
    ImageForgotten,
    PaymentDemanded,
    RunEnded,
    SettingsChanged,
    SourcesTaken,
    StartCleared,
    StartRequested,
    StartWithdrawn,
)
from video.domain.video_state import Completed, Draft, Failed, Standing, Video


def after_run(video: Video, ended: RunEnded) -> Standing:
    """Return what a video is after a run, of which it knows by now."""
    match ended.outcome:
        case "completed":
            return Completed(video=video)
        case "failed":
            return Failed(video=video, reason=ended.reason or "")
        case _:  # cancelled, held: it may be changed, and started again
            return Draft(video=replace(video, then="start"))


def evolved(video: Video, event: Event) -> Video:
    """Return the video after what does not change which state it is in."""
    match event:
        case SettingsChanged(settings=settings):
            return replace(video, settings=settings)
        case ClipsChanged():
            return video.with_clips(event)
        case ImageForgotten(image_generation_id=id):
            return replace(video, clips=tuple(clip.without(id) for clip in video.clips))
        case StartRequested(run=run, then=then, progress_sha256=token, cap_cents=cap):
            asked = replace(video, run=run, then=then, clearance="requested")
            return replace(asked, progress_sha256=token, cap_cents=cap)
        case StartCleared():
            return replace(video, clearance="cleared")
        case PaymentDemanded():
            return replace(video, clearance="payment_required")
        case StartWithdrawn():
            return replace(video, clearance="none")
        case SourcesTaken(sources=sources):
            return video.with_sources(sources)
        case CostNoted(cost_micro_usd=cost):
            return video.charged(cost)
        case CapRaised(cap_cents=cap):
            return replace(video, cap_cents=cap)
        case _:
            raise AssertionError(f"{event} cannot happen to a video")
