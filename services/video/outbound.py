"""What others hear of video: ids, business facts and the title of a film."""

from typing import Any

from chassis.hearing.forgetting import SubjectForgotten
from chassis.unit.store import Recorded
from contracts.auth.erasure import KeptOf
from contracts.forgetting import SubjectForgotten as Forgotten
from contracts.video import events as told
from video.domain.plan import KIND
from video.domain.video import FilmCompiled, StartRequested, VideoCreated, VideoFailed


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None."""
    id = recorded.subject
    match recorded.event:
        case VideoCreated(workspace_id=workspace_id, user_id=user_id, settings=settings):
            return told.VideoCreated(
                project_id=id, workspace_id=workspace_id, user_id=user_id, title=settings.title
            )
        case StartRequested(revision=revision, max_price_ore=max_price_ore):
            return told.ProjectStartRequested(
                project_id=id,
                project_kind=KIND,
                workspace_id=state.workspace_id,
                user_id=state.user_id,
                run=revision,
                title=state.settings.title,
                max_price_ore=max_price_ore,
            )
        case FilmCompiled(revision=revision, film=film, at=at):
            return told.ProjectCompleted(
                project_id=id,
                project_kind=KIND,
                workspace_id=state.workspace_id,
                user_id=state.user_id,
                revision=revision,
                title=state.settings.title,
                duration_seconds=film.duration_seconds,
                completed_at=at,
            )
        case VideoFailed(revision=revision, failed_count=failed_count, reason=reason):
            return told.ProjectFailed(
                project_id=id,
                project_kind=KIND,
                workspace_id=state.workspace_id,
                run=revision,
                failed_count=failed_count,
                reason=reason,
            )
        case SubjectForgotten(user_id=user_id, kept=kept):
            stays = tuple(KeptOf(what=each.what, until=each.until) for each in kept)
            return Forgotten(erasure_id=recorded.subject, user_id=user_id, kept=stays)
    return None
